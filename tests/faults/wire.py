"""A browser at the far end of a real connection: it hears an answer wholly, or knows that it has heard none."""

import http.client
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from tests.people import PASSWORD
from tests.web.visitor import Visitor
from timebank.actors import Actor

#: Longer than any lock is waited for.
PATIENCE_SECONDS = 60
_AWAY = 503


class NoAnswerError(Exception):
    """The server went away before it had answered: nobody can know whether it did what it was asked."""


@dataclass
class Asked:
    path: str
    query_string: bytes


@dataclass
class Answer:
    """What Flask's test client would have given for the same answer."""

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
    """One browser's connection and cookies. One that is patient tries again while the books cannot be reached."""

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
            heard = connection.getresponse()
            kept = heard.read()
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswerError(str(error)) from error
        finally:
            connection.close()
        for line in heard.headers.get_all("Set-Cookie", []):
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        parts = urlsplit(address)
        return Answer(Asked(parts.path, parts.query.encode()), heard.status, heard.headers, kept)


class FarVisitor(Visitor):
    """Somebody with a browser, at the far end of a real connection."""

    def __init__(self, port: int, bank: str = "angus", *, is_patient: bool = True) -> None:
        self.client = Wire(port, is_patient=is_patient)  # type: ignore[assignment]
        self.bank = bank

    def sign_in(self, actor: Actor) -> "FarVisitor":
        """By member number and password, as everybody does."""
        page = self.submit(self.get("sign-in"), "Sign in", who=str(actor.number), password=PASSWORD)
        assert page.status == 303, page
        return self
