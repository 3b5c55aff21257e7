"""A worker's office on each database, with a way out that keeps what was sent, or with a real SMTP server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask

from tests.conftest import Backend
from tests.people import Village
from tests.worker.gateway import Gateway
from tests.worker.server import MailServer
from timebank.app import create_app
from timebank.variables import TEXTS_BODY
from timebank.web.extensions import db
from timebank.worker.office import Office
from timebank.worker.text_transports import HttpTexts
from timebank.worker.transports import SmtpTransport

#: A Saturday morning, when e-mails go out.
MORNING = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
_APPS: dict[str, Flask] = {}


class KeptMail:
    """A way out that keeps what was sent, as (address, message). `before` is called as each is handed over."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, EmailMessage]] = []
        self.return_paths: list[str | None] = []
        self.before: Callable[[EmailMessage], object] = lambda _message: None

    @contextmanager
    def opened(self) -> Iterator["KeptMail"]:
        yield self

    def send(self, message: EmailMessage, to: str, return_path: str | None = None) -> None:
        self.before(message)
        self.return_paths.append(return_path)
        self.sent.append((to, message))

    def texts(self) -> list[str]:
        """The plain text of what was sent."""
        return [message.get_body(("plain",)).get_content() for _to, message in self.sent]  # type: ignore[union-attr]


class Watch:
    """The time of an office, which stands until it is moved."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **much: float) -> None:
        self.now += timedelta(**much)


@pytest.fixture
def app(backend: Backend) -> Iterator[Flask]:
    """The site that renders; its own connections end with the test, as the database is put back."""
    made = _APPS.get(backend.name)
    if made is None:
        made = _APPS[backend.name] = create_app(backend.settings)
    yield made
    if backend.name == "sqlite":
        with made.app_context():
            db.engine.dispose()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def mail() -> KeptMail:
    return KeptMail()


@pytest.fixture
def office(backend: Backend, village: Village, app: Flask, mail: KeptMail, watch: Watch) -> Office:
    return Office(backend.settings, backend.engine, app, mail, watch)


@pytest.fixture(scope="session")
def _mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def mail_server(_mail_server: MailServer) -> MailServer:
    """A real SMTP server, which accepts everything until a test changes that."""
    _mail_server.forget()
    return _mail_server


@pytest.fixture
def smtp_office(office: Office, mail_server: MailServer) -> Office:
    return Office(office.settings, office.engine, office.app, SmtpTransport(mail_server.url), office.watch)


@pytest.fixture(scope="session")
def _gateway() -> Iterator[Gateway]:
    with Gateway() as gateway:
        yield gateway


@pytest.fixture
def gateway(_gateway: Gateway) -> Gateway:
    """A real gateway for texts, which takes everything until a test changes that."""
    _gateway.posted.clear()
    _gateway.answer = lambda _body: 200
    return _gateway


@pytest.fixture
def text_office(office: Office, gateway: Gateway) -> Office:
    texts = HttpTexts(gateway.url, TEXTS_BODY, "a secret")
    return Office(office.settings, office.engine, office.app, office.transport, office.watch, texts)
