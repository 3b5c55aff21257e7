"""How e-mails leave: by SMTP, into a folder, or not at all."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from timebank.notices.models import Failure

#: Seconds after which a mail server that says nothing is given up on.
TIMEOUT = 30
_PERMANENT, _MAILBOX_UNKNOWN = 500, frozenset({550, 551, 553})
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

    def send(self, message: EmailMessage, to: str) -> None:
        """Send an e-mail to one address. Raises a SendingFailedError."""


class Transport(Protocol):
    """A way out, opened once for many e-mails."""

    @contextmanager
    def opened(self) -> Iterator[Connection]:
        """Open it. Raises AwayError."""


def make_transport(mail: str) -> Transport | None:
    """Return the transport of the setting TIMEBANK_MAIL; None where no e-mail goes out."""
    if not mail:
        return None
    if mail.startswith("folder:"):
        return FolderTransport(Path(mail.removeprefix("folder:")))
    return SmtpTransport(mail)


class FolderTransport:
    """E-mails as files, for trying things out: one that is sent again takes the place of the first."""

    def __init__(self, path: Path) -> None:
        """Take the folder; it is made when the first one is sent."""
        self.path = path

    @contextmanager
    def opened(self) -> Iterator["FolderTransport"]:
        """Yield itself."""
        yield self

    def send(self, message: EmailMessage, to: str) -> None:  # noqa: ARG002 (it stands in the message)
        """Write the message into the folder."""
        self.path.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").partition("@")[0].replace(".", "-")
        (self.path / f"{name}.eml").write_bytes(message.as_bytes())


class SmtpTransport:
    """A server that takes e-mails, by smtp:// (with STARTTLS where it offers that) or smtps://."""

    def __init__(self, address: str) -> None:
        """Take an address such as smtp://user:password@host:587."""
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
        except smtplib.SMTPAuthenticationError as error:
            raise AwayError(Failure.SIGN_IN) from error
        except (smtplib.SMTPException, OSError) as error:
            raise AwayError(Failure.CONNECTION) from error

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        server = (
            smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
            if self.over_tls
            else smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        )
        try:
            server.ehlo()
            if not self.over_tls and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
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

    def send(self, message: EmailMessage, to: str) -> None:
        """Send; a connection that broke is dropped, since nobody knows how far it got."""
        server = self.connect()
        try:
            server.send_message(message, to_addrs=[to])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise _of_recipient(code, words) from error
        except smtplib.SMTPSenderRefused as error:
            raise AwayError(Failure.SENDER) from error
        except smtplib.SMTPDataError as error:
            self._reset()
            raise (
                RefusedError(Failure.CONTENT) if error.smtp_code >= _PERMANENT else NotNowError(Failure.CONTENT)
            ) from error
        except (smtplib.SMTPNotSupportedError, UnicodeError, ValueError) as error:
            self._reset()
            raise RefusedError(Failure.NOT_SUPPORTED) from error
        except (smtplib.SMTPException, OSError) as error:
            server.close()
            self.server = None
            raise NotNowError(Failure.CONNECTION) from error

    def _reset(self) -> None:
        """Forget a half-said e-mail, so that the next one can be said."""
        if self.server is not None:
            try:
                self.server.rset()
            except (smtplib.SMTPException, OSError):
                self.server.close()
                self.server = None


def _of_recipient(code: int, words: bytes) -> SendingFailedError:
    """Return what a refused recipient means, by the code of RFC 5321 and the enhanced one of RFC 3463, if there is one.

    5.1.x says that the address is wrong, 5.7.x that policy refuses this e-mail.
    """
    if code < _PERMANENT:
        return NotNowError(Failure.RECIPIENT)
    enhanced = words.split(b" ", 1)[0]
    is_enhanced = enhanced.startswith(b"5.") and enhanced.replace(b".", b"").isdigit()
    is_unknown = enhanced.startswith(b"5.1.") if is_enhanced else code in _MAILBOX_UNKNOWN
    return NoSuchMailboxError(Failure.NO_SUCH_MAILBOX) if is_unknown else RefusedError(Failure.RECIPIENT)
