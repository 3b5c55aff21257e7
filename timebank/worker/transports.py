"""How e-mails leave: by SMTP, into a folder, or not at all."""

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from timebank.emails import mailable
from timebank.notices.models import Failure
from timebank.notices.returned_mail import NO_SUCH_MAILBOX
from timebank.variables import OWN_HOSTS
from timebank.worker.dkim_signing import DkimSigner
from timebank.worker.trouble import place_of

_log = logging.getLogger(__name__)
#: Seconds after which a mail server that says nothing is given up on; longer after an e-mail was handed over, since it
#: may be sent on by then (RFC 5321, 4.5.3.2.6).
TIMEOUT, AFTER_DATA_TIMEOUT = 30, 600
_REFUSED, _PERMANENT = 400, 500
_SUBMISSION_PORT, _TLS_PORT = 587, 465


class SendingFailedError(Exception):
    """An e-mail was not taken; `kind` says why, without words of the server, which can have people's data in them."""

    def __init__(self, kind: Failure) -> None:
        super().__init__(kind)
        self.kind = kind


class NotNowError(SendingFailedError):
    """It may be taken later."""


class NoSuchMailboxError(SendingFailedError):
    """Nothing reaches this address."""


class RefusedError(SendingFailedError):
    """This e-mail is not taken, now or later; that says nothing about the address."""


class AwayError(SendingFailedError):
    """The server cannot be reached, or lets nobody send: no e-mail can go out at all for now."""


class Connection(Protocol):
    """An open way out."""

    def send(self, message: EmailMessage, to: str, return_path: str | None = None) -> None:
        """Send an e-mail to one address. It comes back to `return_path` ('' to nobody), or to its From (None).

        Raises a SendingFailedError.
        """


class Transport(Protocol):
    """A way out, opened once for many e-mails."""

    @contextmanager
    def opened(self) -> Iterator[Connection]:
        """Open it. Raises AwayError."""


def make_transport(mail: str, signer: DkimSigner | None = None) -> Transport | None:
    """Return the transport of the setting TIMEBANK_MAIL; None where no e-mail goes out. Only SMTP is signed."""
    if not mail:
        return None
    if mail.startswith("folder:"):
        return FolderTransport(Path(mail.removeprefix("folder:")))
    return SmtpTransport(mail, signer)


class FolderTransport:
    """E-mails as files, for trying things out: one that is sent again takes the place of the first."""

    def __init__(self, path: Path) -> None:
        """Take the folder; it is made when the first one is sent."""
        self.path = path

    @contextmanager
    def opened(self) -> Iterator["FolderTransport"]:
        """Yield itself."""
        yield self

    def send(self, message: EmailMessage, to: str, return_path: str | None = None) -> None:  # noqa: ARG002 (nothing comes back)
        """Write the message into the folder."""
        self.path.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").partition("@")[0].replace(".", "-")
        half = self.path / f"{name}.half"
        half.write_bytes(message.as_bytes())
        half.replace(self.path / f"{name}.eml")


class SmtpTransport:
    """A server that takes e-mails, by smtp:// (with STARTTLS where it offers that) or smtps://."""

    def __init__(self, address: str, signer: DkimSigner | None = None) -> None:
        """Take an address such as smtp://user:password@host:587, and what signs e-mails (None: nothing does)."""
        self.signer = signer
        self._context: ssl.SSLContext | None = None  # made once: reading all certificates takes as long as ten e-mails
        parts = urlsplit(address)
        self.host, self.over_tls = parts.hostname or "localhost", parts.scheme == "smtps"
        self.port = parts.port or (_TLS_PORT if self.over_tls else _SUBMISSION_PORT)
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")

    @contextmanager
    def opened(self) -> Iterator["_SmtpConnection"]:
        """Connect, and sign in where there is a user. Raises AwayError."""
        connection = _SmtpConnection(self)
        connection.connect()
        try:
            yield connection
        finally:
            connection.close()

    def connect(self) -> smtplib.SMTP:
        """Return a connection that is ready to send. Raises AwayError."""
        try:
            return self._connect()
        except smtplib.SMTPAuthenticationError:
            raise AwayError(Failure.SIGN_IN) from None
        except (smtplib.SMTPException, OSError):
            raise AwayError(Failure.CONNECTION) from None

    def dial(self, context: ssl.SSLContext, seconds: float) -> smtplib.SMTP:
        """Return an open connection, with TLS where the server offers it; nobody is signed in yet.

        `seconds` is its time-out. Raises SMTPException or OSError.
        """
        server = (
            smtplib.SMTP_SSL(self.host, self.port, timeout=seconds, context=context)
            if self.over_tls
            else smtplib.SMTP(self.host, self.port, timeout=seconds)
        )
        try:
            server.ehlo()
            if not self.over_tls and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
        except BaseException:
            server.close()
            raise
        return server

    def keeps_secret(self, server: smtplib.SMTP) -> bool:
        """Return whether nobody can read a password on its way: by TLS, or on this machine."""
        return isinstance(server.sock, ssl.SSLSocket) or self.host in OWN_HOSTS

    def _connect(self) -> smtplib.SMTP:
        self._context = self._context or ssl.create_default_context()
        server = self.dial(self._context, TIMEOUT)
        try:
            if self.user and not self.keeps_secret(server):
                raise AwayError(Failure.SIGN_IN)  # noqa: TRY301 (the connection is closed below)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


class _SmtpConnection:
    """A connection that is opened again where the server has closed it."""

    def __init__(self, transport: SmtpTransport) -> None:
        self.transport = transport
        self.server: smtplib.SMTP | None = None

    def connect(self) -> smtplib.SMTP:
        if self.server is None:
            self.server = self.transport.connect()
        return self.server

    def close(self) -> None:
        if self.server is not None:
            try:
                self.server.quit()
            except (smtplib.SMTPException, OSError):
                self.server.close()
            self.server = None

    def send(self, message: EmailMessage, to: str, return_path: str | None = None) -> None:
        """Send; a connection that broke is dropped, since nobody knows how far it got."""
        try:
            content, recipient = message.as_bytes(policy=SMTP), mailable(to)
        except (MessageError, ValueError):
            raise RefusedError(Failure.NOT_SUPPORTED) from None
        if self.transport.signer is not None:
            content = _signed(message, self.transport.signer)
        server = self.connect()
        comes_from = str(message["From"].addresses[0].addr_spec)
        self._say(server, recipient, comes_from if return_path is None else return_path)
        try:
            if server.sock is not None:
                server.sock.settimeout(AFTER_DATA_TIMEOUT)
            code, _words = server.data(content)
            if server.sock is not None:
                server.sock.settimeout(TIMEOUT)
        except smtplib.SMTPDataError as error:  # refused before the content was sent
            code = error.smtp_code
        except (smtplib.SMTPException, OSError):
            self._drop(server)
            raise NotNowError(Failure.AFTER_DATA) from None
        if code >= _REFUSED:
            self._reset()
            raise RefusedError(Failure.CONTENT) if code >= _PERMANENT else NotNowError(Failure.CONTENT)

    def _say(self, server: smtplib.SMTP, recipient: str, sender: str) -> None:
        """Say who writes to whom."""
        try:
            code, _words = server.mail(sender)
            if code >= _REFUSED:
                self._reset()
                raise AwayError(Failure.SENDER)
            code, words = server.rcpt(recipient)
        except (smtplib.SMTPException, OSError):
            self._drop(server)
            raise NotNowError(Failure.CONNECTION) from None
        if code >= _REFUSED:
            self._reset()
            raise _of_recipient(code, words)

    def _drop(self, server: smtplib.SMTP) -> None:
        server.close()
        self.server = None

    def _reset(self) -> None:
        """Forget a half-said e-mail, so that the next one can be said."""
        if self.server is not None:
            try:
                self.server.rset()
            except (smtplib.SMTPException, OSError):
                self.server.close()
                self.server = None


def _signed(message: EmailMessage, signer: DkimSigner) -> bytes:
    """Return a signed message. One that cannot be signed is not lost: it waits until somebody has mended that."""
    try:
        return signer.sign(message)
    except Exception as error:  # noqa: BLE001 (whatever the library raises)
        _log.error("an e-mail could not be signed: %s", place_of(error))
        raise NotNowError(Failure.PROGRAM) from None


def _of_recipient(code: int, words: bytes) -> SendingFailedError:
    """Return what a refused recipient means."""
    if code < _PERMANENT:
        return NotNowError(Failure.RECIPIENT)
    if words.split(b" ", 1)[0].decode("ascii", "replace") in NO_SUCH_MAILBOX:
        return NoSuchMailboxError(Failure.NO_SUCH_MAILBOX)
    return RefusedError(Failure.RECIPIENT)
