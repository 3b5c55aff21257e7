"""A server of the DNS on this machine, for tests: real answers by UDP and TCP, and every way of giving none."""

import socketserver
import struct
import threading
from enum import Enum
from typing import Any, Self

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rrset
from dns.rdataclass import IN
from dns.rdatatype import CNAME, RdataType, from_text as kind_of, to_text as name_of
from dns.rdtypes.ANY.TXT import TXT

from timebank.doctor.names import NameServer

_CHAIN = 20


class Trouble(Enum):
    """What the server does about a name instead of answering."""

    FAILS = "it answers SERVFAIL"
    REFUSES = "it answers REFUSED"
    SILENT = "it says nothing at all"
    GARBAGE = "it sends what is no message"
    TRUNCATES = "it answers by TCP only"


class LocalNameServer:
    """Answers as a resolver does, from what `add` was told: CNAMEs are followed, and other names do not exist."""

    def __init__(self) -> None:
        self.forget()
        server: dict[str, Any] = {"answer": self._answer}
        handlers = (type("Udp", (_Udp,), server), type("Tcp", (_Tcp,), server))
        self._tcp = _TcpServer(("127.0.0.1", 0), handlers[1])
        self._udp = _UdpServer(self._tcp.server_address, handlers[0])
        self._threads = [
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            for server in (self._udp, self._tcp)
        ]

    @property
    def address(self) -> NameServer:
        host, port = self._udp.server_address[:2]
        return NameServer(str(host), int(port))

    def forget(self) -> None:
        self._records: dict[tuple[str, str], list[dns.rdata.Rdata]] = {}
        self._troubles: dict[str, Trouble] = {}
        self.asked: list[str] = []

    def add(self, name: str, kind: str, *values: str) -> None:
        """Add records as zone files have them."""
        records = [dns.rdata.from_text("IN", kind, value) for value in values]
        self._records.setdefault((name, kind), []).extend(records)

    def add_text(self, name: str, *strings: str | bytes) -> None:
        """Add one TXT record of these strings, whatever bytes they have."""
        raw = [string.encode() if isinstance(string, str) else string for string in strings]
        self._records.setdefault((name, "TXT"), []).append(TXT(IN, RdataType.TXT, raw))

    def trouble(self, name: str, trouble: Trouble) -> None:
        self._troubles[name] = trouble

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for server in (self._udp, self._tcp):
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()

    def _answer(self, wire: bytes, *, by_udp: bool) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        self.asked.append(f"{name} {name_of(question.rdtype)} {'UDP' if by_udp else 'TCP'}")
        trouble = self._troubles.get(name)
        if trouble is Trouble.SILENT:
            return None
        if trouble is Trouble.GARBAGE:
            return wire[:2] + b"\xff" * 7
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if trouble in {Trouble.FAILS, Trouble.REFUSES}:
            response.set_rcode(dns.rcode.SERVFAIL if trouble is Trouble.FAILS else dns.rcode.REFUSED)
        elif trouble is Trouble.TRUNCATES and by_udp:
            response.flags |= dns.flags.TC
        else:
            self._fill(response, name, name_of(question.rdtype))
        return response.to_wire(max_size=65_535)

    def _fill(self, response: dns.message.Message, name: str, kind: str) -> None:
        for _link in range(_CHAIN):
            aliases = self._records.get((name, "CNAME"), [])
            if not aliases:
                break
            self._put(response, name, "CNAME", aliases)
            name = aliases[0].target.to_text(omit_final_dot=True)  # type: ignore[attr-defined]
        records = self._records.get((name, kind), [])
        if records:
            self._put(response, name, kind, records)
        elif not any(known == name for known, _kind in self._records):
            response.set_rcode(dns.rcode.NXDOMAIN)

    @staticmethod
    def _put(response: dns.message.Message, name: str, kind: str, records: list[dns.rdata.Rdata]) -> None:
        rrset = dns.rrset.from_rdata_list(dns.name.from_text(name), 60, records)
        if kind != "CNAME" or rrset not in response.answer:
            response.answer.append(rrset)
        assert kind_of(kind) in {rrset.rdtype, CNAME}


class _UdpServer(socketserver.ThreadingUDPServer):
    daemon_threads = True


class _TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class _Udp(socketserver.BaseRequestHandler):
    answer: Any

    def handle(self) -> None:
        wire, door = self.request
        reply = type(self).answer(wire, by_udp=True)
        if reply is not None:
            door.sendto(reply, self.client_address)


class _Tcp(socketserver.StreamRequestHandler):
    answer: Any

    def handle(self) -> None:
        head = self.rfile.read(2)
        if len(head) < 2:
            return
        reply = type(self).answer(self.rfile.read(struct.unpack("!H", head)[0]), by_udp=False)
        if reply is not None:
            self.wfile.write(struct.pack("!H", len(reply)) + reply)
