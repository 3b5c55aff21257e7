"""A small real IMAP server (RFC 3501) with one mailbox, that refuses, hangs, drops the line or talks nonsense."""

import re
import socket
import socketserver
import ssl
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable

USER, PASSWORD = "office@example.org", 'a "b" \\c'


class ImapServer:
    """Its `messages` are (content, flags) by UID. `on` has what it does instead of answering a command.

    Empty messages are given as `inline` has it, on the line itself; those that are "gone" not at all.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, *, over_tls: bool = False) -> None:
        """Take a certificate for STARTTLS, or for TLS from the beginning."""
        self.tls, self.over_tls = tls, over_tls
        self.messages: dict[int, tuple[bytes, set[str]]] = {}
        self.on: dict[str, Callable[[_Line], None]] = {}
        self.said: list[str] = []
        self.encrypted: list[bool] = []
        self.capabilities = "UIDPLUS"
        self.inline: str | None = None
        self.ends = Event()
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Line, bind_and_activate=True)
        self._server.daemon_threads = True
        self._server.imap = self  # type: ignore[attr-defined]

    @property
    def url(self) -> str:
        """What TIMEBANK_BOUNCES is for it."""
        host = f"127.0.0.1:{self._server.server_address[1]}"
        return f"imap{'s' if self.over_tls else ''}://office%40example.org:a%20%22b%22%20%5Cc@{host}/INBOX"

    def put(self, *contents: bytes) -> None:
        """Put messages into the mailbox."""
        for uid, content in enumerate(contents, max(self.messages, default=0) + 1):
            self.messages[uid] = (content, set())

    def flags(self) -> list[set[str]]:
        """The flags of the messages that are still there."""
        return [flags for _content, flags in self.messages.values()]

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.ends.set()
        self._server.shutdown()
        self._server.server_close()


class _Line(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        self.imap: ImapServer = self.server.imap  # type: ignore[attr-defined]
        self.is_encrypted = self.has_signed_in = False
        if self.imap.over_tls and not self._encrypt():
            return
        if not self._is_left_alone("GREETING"):
            self.say("* OK ready")
            while (line := self.rfile.readline()) and self._answer(line.decode().rstrip("\r\n")):
                pass

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def _encrypt(self) -> bool:
        """Return whether who connects trusts our certificate."""
        assert self.imap.tls is not None
        try:
            self.request = self.imap.tls.wrap_socket(self.request, server_side=True)
        except OSError:
            return False
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        self.is_encrypted = True
        return True

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _is_left_alone(self, name: str) -> bool:
        if name not in self.imap.on:
            return False
        self.imap.on[name](self)
        return True

    def _answer(self, line: str) -> bool:
        tag, _space, command = line.partition(" ")
        name = command.removeprefix("UID ").partition(" ")[0]
        self.imap.said.append(name)
        self.tag, self.command = tag, command
        if self._is_left_alone(name):
            return True
        if name == "LOGIN":
            is_right = command == f'LOGIN "{USER}" "{PASSWORD.translate({92: chr(92) * 2, 34: chr(92) + chr(34)})}"'
            self.has_signed_in = is_right
            self.imap.encrypted.append(self.is_encrypted)
            self.say(f"{tag} OK in" if is_right else f"{tag} NO grace@example.org may not")
            return True
        if name == "STARTTLS":
            self.say(f"{tag} OK begin")
            return self._encrypt()
        if not hasattr(self, f"_{name.lower()}"):
            self.say(f"{tag} BAD {name}")
            return True
        self.do(command)
        return name != "LOGOUT"

    def do(self, command: str) -> None:
        """Do what a command asks for."""
        name = command.removeprefix("UID ").partition(" ")[0]
        getattr(self, f"_{name.lower()}")(command)
        self.say(f"{self.tag} OK done")

    def _capability(self, _command: str) -> None:
        more = self.imap.capabilities if self.has_signed_in else ""
        more += " STARTTLS" if self.imap.tls and not self.is_encrypted else ""
        self.say(f"* CAPABILITY IMAP4rev1 {more}".rstrip())

    def _select(self, command: str) -> None:
        assert command == 'SELECT "INBOX"'
        self.say(f"* {len(self.imap.messages)} EXISTS")

    def _search(self, command: str) -> None:
        assert command == "UID SEARCH UNSEEN UNDELETED"
        new = [str(uid) for uid, (_content, flags) in self.imap.messages.items() if not flags]
        self.say(f"* SEARCH {' '.join(new)}".rstrip())

    def _fetch(self, command: str) -> None:
        match = re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command)
        assert match, command
        content = self.imap.messages[int(match[1])][0][: int(match[2])]
        if not content and self.imap.inline is not None:
            if self.imap.inline != "gone":
                self.say(f"* {match[1]} FETCH (UID {match[1]} BODY[]<0> {self.imap.inline})")
            return
        self.say(f"* {match[1]} FETCH (UID {match[1]} BODY[]<0> {{{len(content)}}}")
        self.wfile.write(content)
        self.say(")")

    def _store(self, command: str) -> None:
        match = re.fullmatch(r"UID STORE (\d+) \+FLAGS\.SILENT \(([^)]*)\)", command)
        assert match, command
        self.imap.messages[int(match[1])][1].update(match[2].split())

    def _expunge(self, command: str) -> None:
        for uid in command.removeprefix("UID EXPUNGE ").split(","):
            assert r"\Deleted" in self.imap.messages.pop(int(uid))[1]

    def _logout(self, _command: str) -> None:
        self.say("* BYE")


def refuse(line: _Line) -> None:
    """Refuse, with somebody's address in the words."""
    line.say(f"{line.tag} NO grace@example.org may not")


def refuse_first(answer: str) -> "Callable[[_Line], None]":
    """Return what refuses a command about the message with the UID 1, and does it for all others."""

    def refuse_it(line: _Line) -> None:
        if line.command.split(" ")[2] == "1":
            line.say(f"{line.tag} {answer} grace@example.org may not")
        else:
            line.do(line.command)

    return refuse_it


def hang(line: _Line) -> None:
    """Say nothing until the test ends."""
    line.imap.ends.wait(30)


def drop(line: _Line) -> None:
    """Drop the line."""
    line.request.shutdown(socket.SHUT_RDWR)


def drop_half_way(line: _Line) -> None:
    """Drop the line in the middle of a message."""
    line.wfile.write(b"* 1 FETCH (UID 1 BODY[]<0> {1000}\r\nFrom: grace@example.org\r\n")
    drop(line)


def babble(line: _Line) -> None:
    """Talk nonsense."""
    line.say("* \x00 grace@example.org {")
