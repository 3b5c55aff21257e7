"""The mailbox to which e-mails come back, by IMAP (RFC 3501)."""

import imaplib
import logging
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, TimeoutError  # noqa: A004 (of its pool)

from timebank import clock
from timebank.notices.return_paths import ReturnPath
from timebank.notices.returned_mail import MOST_BYTES
from timebank.variables import OWN_HOSTS
from timebank.worker.office import Office
from timebank.worker.returned import Outcome, take
from timebank.worker.trouble import place_of

_log = logging.getLogger(__name__)
#: Seconds after which a server that says nothing is given up on, and after which the rest waits for the next time.
TIMEOUT, LONGEST = 20, 120
#: So many messages are taken at a time.
MOST_MESSAGES = 200
_TLS_PORT, _PORT = 993, 143
#: What is done with a message afterwards: only what said something of our e-mails is deleted.
_DELETED = r"(\Seen \Deleted)"
_SEEN = r"(\Seen)"
_DONE_WITH = frozenset({Outcome.FAILED, Outcome.COUNTED, Outcome.STOPPED})


class MailboxError(Exception):
    """The server refused something; without its words, which can have people's data in them."""


class Mailbox:
    """A mailbox by imaps://user:password@host/INBOX, or by imap:// with STARTTLS."""

    def __init__(self, address: str) -> None:
        """Take the setting TIMEBANK_BOUNCES."""
        parts = urlsplit(address)
        self.host, self.over_tls = parts.hostname or "localhost", parts.scheme == "imaps"
        self.port = parts.port or (_TLS_PORT if self.over_tls else _PORT)
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.folder = unquote(parts.path.lstrip("/")) or "INBOX"

    def take_each(self, handle: Callable[[bytes], Outcome]) -> int:
        """Let `handle` take each message that nobody has read, and return how many it took.

        A message that the server does not give, or lets nobody mark, keeps no other from being taken: it is there the
        next time, and MailboxError is raised at the end. Raises OSError, or what `handle` raises, at once.
        """
        try:
            with self._opened() as server:
                return self._take_each(server, handle)
        except imaplib.IMAP4.error:
            raise MailboxError from None

    def _take_each(self, server: imaplib.IMAP4, handle: Callable[[bytes], Outcome]) -> int:
        ends_at, taken, refused = clock.ticks() + LONGEST, 0, 0
        deleted: list[str] = []
        for uid in _list_new(server):
            if taken == MOST_MESSAGES or clock.ticks() > ends_at:
                break
            try:
                outcome = _take_one(server, uid, handle)
            except imaplib.IMAP4.abort:
                raise
            except (MailboxError, imaplib.IMAP4.error):
                refused += 1
                continue
            taken += outcome is not None
            if outcome in _DONE_WITH:
                deleted.append(uid)
        if deleted and _can_delete_by_uid(server):  # else what others have marked would go too (RFC 4315)
            _ask(server.uid("EXPUNGE", ",".join(deleted)))
        if refused:
            _log.warning("%d messages in the mailbox of bounces could not be read or marked", refused)
            raise MailboxError
        return taken

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        """Connect, sign in and open the folder."""
        server = self._connect()
        try:
            if not self.over_tls and "STARTTLS" in server.capabilities:
                server.starttls(ssl.create_default_context())
            elif not self.over_tls and self.host not in OWN_HOSTS:
                raise MailboxError  # the password would be read on its way
            server.login(_quoted(self.user), self.password)
            _ask(server.select(_quoted(self.folder)))
            yield server
        finally:
            _close(server)

    def _connect(self) -> imaplib.IMAP4:
        if self.over_tls:
            context = ssl.create_default_context()
            return imaplib.IMAP4_SSL(self.host, self.port, ssl_context=context, timeout=TIMEOUT)
        return imaplib.IMAP4(self.host, self.port, timeout=TIMEOUT)


def _take_one(server: imaplib.IMAP4, uid: str, handle: Callable[[bytes], Outcome]) -> Outcome | None:
    """Take one message and mark it; return what came of it, None where somebody has deleted it meanwhile.

    Raises MailboxError or IMAP4.error for a refusal.
    """
    content = _fetch(server, uid)
    if content is None:
        return None
    outcome = handle(content)
    _ask(server.uid("STORE", uid, "+FLAGS.SILENT", _DELETED if outcome in _DONE_WITH else _SEEN))
    return outcome


def read_mailbox(office: Office) -> int:
    """Take what came back into the mailbox of the settings; return how many messages.

    A server that is away is logged, and asked again the next time. Where another thread of this process is reading,
    nothing is done.
    """
    path = office.return_path
    if not office.settings.bounces or path is None or not office.reading_mail.acquire(blocking=False):
        return 0
    try:
        return Mailbox(office.settings.bounces).take_each(lambda content: _take(office, path, content))
    except (MailboxError, OSError, UnicodeError) as error:
        _log.warning("the mailbox of bounces cannot be read: %s", type(error).__name__)
        return 0
    finally:
        office.reading_mail.release()


def _take(office: Office, path: ReturnPath, content: bytes) -> Outcome:
    """Take one message. One that makes the program fail keeps no other from being taken, if the database is there.

    Raises the DBAPIError or TimeoutError of a database that takes nothing: the messages wait for it.
    """
    try:
        return take(content, path, office.writing, office.watch())
    except (DBAPIError, TimeoutError) as error:
        if not isinstance(error, (DataError, IntegrityError)):
            raise
        _log.error("a returned message could not be taken: %s", place_of(error))
        return Outcome.NOTHING
    except Exception as error:  # noqa: BLE001 (as said above)
        _log.error("a returned message could not be taken: %s", place_of(error))
        return Outcome.NOTHING


def _close(server: imaplib.IMAP4) -> None:
    """End the session, or the connection where that is in no state to say so."""
    try:
        server.logout()
    except (imaplib.IMAP4.error, OSError):
        with suppress(OSError):
            server.shutdown()


def _can_delete_by_uid(server: imaplib.IMAP4) -> bool:
    """Return whether it can; many servers say so only to who has signed in."""
    return any(b"UIDPLUS" in line.upper().split() for line in _ask(server.capability()) if isinstance(line, bytes))


def _list_new(server: imaplib.IMAP4) -> list[str]:
    """Return the UIDs of the messages that nobody has read, oldest first."""
    lines = _ask(server.uid("SEARCH", "UNSEEN", "UNDELETED"))
    words = [word.decode("ascii", "replace") for line in lines if isinstance(line, bytes) for word in line.split()]
    return [word for word in words if word.isascii() and word.isdigit()]


def _fetch(server: imaplib.IMAP4, uid: str) -> bytes | None:
    """Return the beginning of a message; None where it is gone. It stays unread.

    What comes as a string on the line itself, or as NIL, is empty: a bounce has several lines, and comes as a literal.
    """
    lines = _ask(server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES}>)"))
    content = next((line[1] for line in lines if isinstance(line, tuple) and isinstance(line[1], bytes)), None)
    is_there = any(isinstance(line, bytes) and b"BODY[]" in line.upper() for line in lines)
    return b"" if content is None and is_there else content


def _ask(answer: tuple[str, Sequence[Any]]) -> Sequence[Any]:
    """Return the lines of an answer. Raises MailboxError for a refusal."""
    if answer[0] != "OK":
        raise MailboxError
    return answer[1]


def _quoted(text: str) -> str:
    """Return a quoted string (RFC 3501, 4.3)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
