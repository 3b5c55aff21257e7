"""Asking the DNS. A name without records gives an empty list; a DNS that does not answer raises NoAnswerError."""

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any, NamedTuple

import dns.exception
import dns.name
import dns.resolver
import dns.reversename
from dns.rdatatype import RdataType

#: Seconds until a question is given up, over all of its tries.
SECONDS = 5.0
#: Records of one name that are looked at; a name with more has its own troubles.
MOST_RECORDS = 50


class NoAnswerError(Exception):
    """The DNS gave no answer to this question, which says nothing about the name: the message says what happened."""


class NameServer(NamedTuple):
    """A server of the DNS to ask instead of this machine's own."""

    address: str
    port: int = 53


class MailHost(NamedTuple):
    """A server that takes e-mails for a domain; of several, those with the lowest number are tried first."""

    preference: int
    host: str


class Names:
    """Asks the servers that this machine asks, or the one that is given. Truncated answers are asked for by TCP."""

    def __init__(self, server: NameServer | None = None, *, seconds: float = SECONDS) -> None:
        """Take the server to ask. Without one and without /etc/resolv.conf every question raises NoAnswerError."""
        self._resolver = dns.resolver.Resolver(configure=False)
        if server is None:
            try:
                self._resolver = dns.resolver.Resolver()
            except dns.resolver.NoResolverConfiguration:
                self._resolver.nameservers = []
        else:
            self._resolver.nameservers, self._resolver.port = [server.address], server.port
        self._resolver.lifetime, self._resolver.timeout = seconds, seconds / 2

    def list_texts(self, name: str) -> Sequence[str]:
        """Return the TXT records of a name, each with its strings joined. Raises NoAnswerError."""
        return [b"".join(record.strings).decode("utf-8", "replace") for record in self._ask(name, RdataType.TXT)]

    def list_addresses(self, host: str) -> Sequence[str]:
        """Return the addresses of a host, of which one kind suffices; an address is its own. Raises NoAnswerError."""
        try:
            return [str(ip_address(host))]
        except ValueError:
            pass
        addresses, failure = list[str](), None
        for kind in (RdataType.A, RdataType.AAAA):
            try:
                addresses += [str(record.address) for record in self._ask(host, kind)]
            except NoAnswerError as error:
                failure = error
        if failure is not None and not addresses:
            raise failure
        return addresses

    def list_mail_hosts(self, domain: str) -> Sequence[MailHost]:
        """Return the MX records of a domain, in the order of trying; '' is no host. Raises NoAnswerError."""
        records = self._ask(domain, RdataType.MX)
        return sorted(MailHost(record.preference, _plain(record.exchange)) for record in records)

    def list_names(self, address: str) -> Sequence[str]:
        """Return the names that the reverse records of an address give it. Raises NoAnswerError."""
        reverse = dns.reversename.from_address(address).to_text()
        return [_plain(record.target) for record in self._ask(reverse, RdataType.PTR)]

    def _ask(self, name: str, kind: RdataType) -> Sequence[Any]:
        try:
            answer = self._resolver.resolve(f"{name.rstrip('.')}.", kind, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN:
            return []
        except dns.exception.Timeout as error:
            message = f"the DNS did not answer within {self._resolver.lifetime:g} seconds"
            raise NoAnswerError(message) from error
        except dns.resolver.NoNameservers as error:
            message = "no server of the DNS could answer (it failed, refused, or sent what cannot be read)"
            raise NoAnswerError(message) from error
        except (dns.exception.DNSException, UnicodeError, ValueError, OSError) as error:
            message = f"the DNS cannot be asked for it ({type(error).__name__})"
            raise NoAnswerError(message) from error
        return list(answer.rrset or ())[:MOST_RECORDS]


def _plain(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).rstrip(".")
