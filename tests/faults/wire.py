"""A browser over real HTTP connections: a response is complete, or NoAnswerError is raised."""

import http.client
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from tests.people import PASSWORD
from tests.web.visitor import Visitor
from timebank.actors import Actor

#: Longer than any lock timeout.
PATIENCE_SECONDS = 60
_AWAY = 503


class NoAnswerError(Exception):
    """The server closed the connection before it had answered, so the outcome is unknown."""


@dataclass
class Asked:
    path: str
    query_string: bytes


@dataclass
class Answer:
    """A response with the attributes of Flask's test client."""

    request: Asked
    status_code: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def mimetype(self) -> str:
        return self.headers.get_content_type()

    def get_data(self, *, as_text: bool) -> str:
        assert as_text
        return self.body.decode()


class Wire:
    """A browser's HTTP client with cookies. If `is_patient`, it retries responses with status 503."""

    def __init__(self, port: int, *, is_patient: bool = True) -> None:
        self.port = port
        self.is_patient = is_patient
        self.cookies: dict[str, str] = {}

    def get(self, address: str) -> Answer:
        return self._ask_patiently("GET", address, None)

    def post(self, address: str, data: dict[str, object]) -> Answer:
        return self._ask_patiently("POST", address, urlencode(data, doseq=True))

    def _ask_patiently(self, method: str, address: str, body: str | None) -> Answer:
        answer = self._ask(method, address, body)
        until = time.monotonic() + PATIENCE_SECONDS
        while self.is_patient and answer.status_code == _AWAY and time.monotonic() < until:
            time.sleep(0.05)
            answer = self._ask(method, address, body)
        return answer

    def _ask(self, method: str, address: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, address, body, headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswerError(str(error)) from error
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        parts = urlsplit(address)
        return Answer(Asked(parts.path, parts.query.encode()), response.status, response.headers, content)


class FarVisitor(Visitor):
    """A visitor whose browser uses real HTTP connections."""

    def __init__(self, port: int, bank: str = "angus", *, is_patient: bool = True) -> None:
        self.client = Wire(port, is_patient=is_patient)  # type: ignore[assignment]
        self.bank = bank

    def sign_in(self, actor: Actor) -> "FarVisitor":
        """Sign in by member number and password."""
        page = self.submit(self.get("sign-in"), "Sign in", who=str(actor.number), password=PASSWORD)
        assert page.status == 303, page
        return self
