"""Requests to the attacked site over real connections, from this machine to this machine alone."""

import http.client
import ipaddress
import socket
import time
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

from timebank.app import LARGEST_FORM

#: Longer than what counts as a hang, so that a slow answer is still seen.
PATIENCE_SECONDS = 30


class NotOursError(Exception):
    """The address to attack is not one of this machine."""


class NoReplyError(Exception):
    """The server closed the connection without an answer, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A request, as it is sent but for the cookies."""

    method: str
    target: str
    body: bytes = b""
    content_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and how many seconds it took."""

    status: int
    seconds: float
    content_type: str
    headers: dict[str, str]
    text: str

    @property
    def is_page(self) -> bool:
        """Whether a browser renders it as HTML."""
        return self.content_type == "text/html"


@dataclass
class Wire:
    """A browser's connection with its cookies. `source` is the loopback address that the site sees."""

    port: int
    host: str = "127.0.0.1"
    source: str = ""
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse_foreign(self.host)

    def send(self, shot: Shot) -> Reply:
        """Send a request on a connection of its own. Raises NoReplyError."""
        began = time.monotonic()
        source = (self.source, 0) if self.source else None
        connection = http.client.HTTPConnection(self.host, self.port, PATIENCE_SECONDS, source_address=source)
        try:
            response = self._exchange(connection, shot)
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            if len(shot.body) > LARGEST_FORM and isinstance(error, ConnectionError):
                return Reply(413, time.monotonic() - began, "", {}, "")  # refused before all of it was sent
            message = f"{type(error).__name__}: {error}"
            raise NoReplyError(message) from error
        finally:
            connection.close()
        self._keep_cookies(response.headers.get_all("Set-Cookie", []))
        headers = {name.lower(): value for name, value in response.headers.items()}
        kind = response.headers.get_content_type() if "content-type" in headers else ""
        return Reply(response.status, time.monotonic() - began, kind, headers, content.decode(errors="replace"))

    def _exchange(self, connection: http.client.HTTPConnection, shot: Shot) -> http.client.HTTPResponse:
        connection.putrequest(shot.method, shot.target, skip_host="Host" in dict(shot.headers))
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies} if cookies else {}
        if shot.body or shot.method == "POST":
            headers |= {"Content-Length": str(len(shot.body)), "Content-Type": shot.content_type}
        for name, value in (headers | dict(shot.headers)).items():
            connection.putheader(name, value.encode("latin-1"))
        connection.endheaders(shot.body or None)
        return connection.getresponse()

    def _keep_cookies(self, lines: list[str]) -> None:
        for line in lines:
            try:
                self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
            except CookieError:
                continue


def refuse_foreign(host: str) -> None:
    """Raise NotOursError unless this is a loopback address; names are not looked up, but for localhost."""
    try:
        is_ours = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_ours = False
    if not is_ours:
        message = f"{host} is not an address of this machine alone: nothing else is attacked"
        raise NotOursError(message)


def loopback_sources(count: int) -> list[str]:
    """Return as many loopback addresses to come from; all are '' where the system has 127.0.0.1 only."""
    sources = [f"127.0.{1 + number // 200}.{1 + number % 200}" for number in range(count)]
    try:
        with socket.socket() as probe:
            probe.bind((sources[-1], 0))
    except OSError:
        return [""] * count
    return sources
