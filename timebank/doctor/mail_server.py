"""The server that takes our e-mails: its name in the DNS, TLS, its certificate, and whether it lets us send."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from timebank.doctor.names import Names, NoAnswerError
from timebank.doctor.rules import Condition, Diagnosis, in_words, not_checked, quote, warning, well, wrong
from timebank.emails import mailable
from timebank.variables import OWN_HOSTS
from timebank.worker.transports import SmtpTransport

#: Seconds until a server that says nothing is given up.
SECONDS = 10.0
_SOON = timedelta(days=14)
_MOST_ADDRESSES = 4
_REFUSED = 400


def examine_reverse_names(host: str, names: Names) -> Iterator[Diagnosis]:
    """Yield whether each public address of the mail server has a name that leads back to it (RFC 8601, 2.7.3)."""
    subject = f"PTR of {host}"
    try:
        addresses = [address for address in names.list_addresses(host) if ip_address(address).is_global]
    except NoAnswerError as error:
        yield not_checked(subject, f"{error}.")
        return
    if not addresses:
        yield not_checked(
            subject,
            "it has no public address, so the one that others see is not known here. It stands in an e-mail that you"
            " got, in the line 'Received: from'.",
        )
    for address in addresses[:_MOST_ADDRESSES]:
        try:
            yield _judge_reverse(address, names)
        except NoAnswerError as error:
            yield not_checked(f"PTR of {address}", f"{error}.")


def _judge_reverse(address: str, names: Names) -> Diagnosis:
    subject, found_names = f"PTR of {address}", names.list_names(address)
    advice = "If e-mails leave from this address, have whoever owns it set one; large providers refuse without."
    if not found_names:
        return warning(subject, f"the address has no name. {advice}")
    for name in found_names[:_MOST_ADDRESSES]:
        if any(ip_address(forward) == ip_address(address) for forward in names.list_addresses(name)):
            return well(subject, f"its name is {quote(name)}, which leads back to it.")
    return warning(subject, f"its name {quote(found_names[0])} does not lead back to it. {advice}")


def examine_server(
    transport: SmtpTransport,
    sender: str,
    now: datetime,
    *,
    context: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
) -> Iterator[Diagnosis]:
    """Connect as the worker does, and yield how that goes. No e-mail is sent, and no password without TLS."""
    host, port = transport.host, transport.port
    subject = f"mail server {host}:{port}"
    try:
        with _opened(transport, context or ssl.create_default_context(), seconds) as server:
            yield well(subject, "it answers.")
            yield _judge_encryption(server, transport, now)
            yield from _examine_sending(server, transport, sender)
    except ssl.SSLCertVerificationError as error:
        yield wrong(
            f"certificate of {host}",
            f"it is not valid: {error.verify_message.rstrip('.')}. No e-mail goes out before that is mended.",
        )
    except ssl.SSLError:
        other = "smtp:// and port 587" if transport.over_tls else "smtps:// and port 465"
        yield wrong(subject, f"TLS does not come about. Try {other} in TIMEBANK_MAIL, or ask whoever runs the server.")
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        yield wrong(
            subject, f"{_reason(error, seconds)}. Look at TIMEBANK_MAIL and the firewall; e-mails wait meanwhile."
        )


@contextmanager
def _opened(transport: SmtpTransport, context: ssl.SSLContext, seconds: float) -> Iterator[smtplib.SMTP]:
    """Connect as the worker does."""
    server = transport.dial(context, seconds)
    try:
        yield server
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
    finally:
        server.close()


def _reason(error: Exception, seconds: float) -> str:
    """Return why nothing came about, in words of ours: a server's own could be anything."""
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return f"it did not answer within {seconds:g} seconds"
    if isinstance(error, socket.gaierror | UnicodeError):
        return "this machine does not find the name in the DNS"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"it refuses the connection, with code {error.smtp_code}"
    if isinstance(error, smtplib.SMTPException):
        return "it broke off, or does not speak SMTP"
    return f"it cannot be reached ({type(error).__name__})"


def _judge_encryption(server: smtplib.SMTP, transport: SmtpTransport, now: datetime) -> Diagnosis:
    host = transport.host
    if not isinstance(server.sock, ssl.SSLSocket):
        if host in OWN_HOSTS:
            return well("TLS", "the mail server is on this machine and needs none.")
        return wrong(
            "TLS",
            "the server offers no STARTTLS, so e-mails can be read on their way, and no password is sent. Use another"
            " port or server.",
        )
    subject, ends_at = f"certificate of {host}", _ends_at(server.sock)
    if ends_at is None:
        return not_checked(subject, "it does not say until when it is valid.")
    left = ends_at - now
    if left < _SOON:
        return warning(subject, f"it ends in {in_words(left)}: have it renewed, or no e-mail goes out from then on.")
    return well(subject, f"it is valid for the name, for another {in_words(left)} ({server.sock.version()}).")


def _ends_at(connection: ssl.SSLSocket) -> datetime | None:
    certificate = connection.getpeercert() or {}
    ends = certificate.get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None


def _examine_sending(server: smtplib.SMTP, transport: SmtpTransport, sender: str) -> Iterator[Diagnosis]:
    """Sign in where there is a user, and say whose e-mail would come; then take that back."""
    if transport.user:
        is_secret = transport.keeps_secret(server)
        diagnosis = _sign_in(server, transport) if is_secret else not_checked("sign-in", "not without TLS.")
        yield diagnosis
        if not is_secret or diagnosis.condition is not Condition.WELL:
            return
    try:
        code, _words = server.mail(mailable(sender))
        server.rset()
    except (ValueError, smtplib.SMTPException, OSError):
        code = 0
    if not 0 < code < _REFUSED:
        why = f"code {code}" if code else "it broke off"
        yield wrong("sending", f"the server takes no e-mail from {quote(sender)} ({why}): ask whoever runs it.")
    else:
        yield well("sending", f"the server takes e-mails from {quote(sender)}. None was sent.")


def _sign_in(server: smtplib.SMTP, transport: SmtpTransport) -> Diagnosis:
    subject = "sign-in"
    try:
        server.login(transport.user, transport.password)
    except smtplib.SMTPAuthenticationError as error:
        return wrong(
            subject, f"the server refuses user or password of TIMEBANK_MAIL (code {error.smtp_code}): mend it."
        )
    except smtplib.SMTPNotSupportedError:
        return wrong(
            subject, "the server lets nobody sign in on this port: take the user out of TIMEBANK_MAIL, or use 587."
        )
    except UnicodeError:
        return wrong(subject, "user or password of TIMEBANK_MAIL have letters beyond ASCII, which cannot be sent.")
    except (smtplib.SMTPException, OSError):
        return wrong(subject, "the server broke off while we signed in: try again, or ask whoever runs it.")
    return well(subject, "the server takes user and password of TIMEBANK_MAIL.")
