"""A real SMTP server (aiosmtpd) that accepts, refuses, greylists, drops half-way or hangs, as a test sets it."""

import email
import socket
import ssl
from email.message import EmailMessage
from email.policy import default
from typing import TYPE_CHECKING, Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

if TYPE_CHECKING:
    from collections.abc import Callable

OK = "250 OK"


class MailServer:
    """What it answers to RCPT and DATA is set by `on_recipient` and `on_data`; None of a handler drops the line."""

    def __init__(
        self,
        *,
        starttls: ssl.SSLContext | None = None,
        over_tls: ssl.SSLContext | None = None,
        password: str | None = None,
        **options: object,
    ) -> None:
        """Take what it has for TLS, after STARTTLS or from the beginning, and the password that lets anybody in."""
        self.port = free_port()
        if password is not None:
            options["authenticator"] = lambda *signs: AuthResult(
                success=signs[4].password == password.encode(), handled=False
            )
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, ssl_context=over_tls, tls_context=starttls, **options
        )
        self.forget()

    def forget(self) -> None:
        """Take everything again, and forget what was taken."""
        self.taken: list[tuple[str, EmailMessage]] = []
        self.return_paths: list[str | None] = []
        self.on_recipient: Callable[[str], str] = lambda _address: OK
        self.on_data: Callable[[EmailMessage], str | None] = lambda _message: OK
        self.on_sender: Callable[[str], str] = lambda _address: OK
        self.raw: list[bytes] = []

    @property
    def url(self) -> str:
        """What TIMEBANK_MAIL is for it."""
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._controller.stop()

    async def handle_MAIL(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer to a sender."""
        answer = self.on_sender(address)
        if answer.startswith("250"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Answer to a recipient."""
        answer = self.on_recipient(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        """Take an e-mail, or not."""
        content: Any = envelope.content
        self.raw.append(content)
        message = email.message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        answer = self.on_data(message)
        if answer is None or answer.startswith("250"):
            self.taken.append((envelope.rcpt_tos[0], message))
            self.return_paths.append(envelope.mail_from)
        if answer is None:
            assert server.transport is not None
            server.transport.close()
            return OK
        return answer


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port
