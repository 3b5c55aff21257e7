"""Whether a message to the return path was written by its reader, and may be answered (RFC 3834, 2). Pure."""

from collections.abc import Callable
from email.message import Message
from email.utils import parseaddr

#: Headers that programs and lists write, and mail programs of people do not.
_OF_PROGRAMS = (
    "List-Id",
    "List-Post",
    "List-Unsubscribe",
    "X-Autoreply",
    "X-Autorespond",
    "X-Auto-Response-Suppress",
    "X-Failed-Recipients",
    "X-Loop",
)
_PRECEDENCE_OF_PROGRAMS = frozenset({"bulk", "list", "junk", "auto_reply"})
#: Letters of a From header that are read.
_LONGEST = 1000


def is_written_by_reader(message: Message, is_reader: Callable[[str], bool]) -> bool:
    """Return whether a person wrote a message, from the address to which our e-mail went.

    Where the mail server does not say who sent it, nobody knows whether an answer would be answered by a program.
    """
    return_path = str(message.get("Return-Path", ""))
    if message.get_content_maintype() == "message" or message.get_content_type() == "multipart/report":
        return False
    if not parseaddr(return_path[:_LONGEST])[1] or any(name in message for name in _OF_PROGRAMS):
        return False
    submitted = str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    if submitted != "no" or str(message.get("Precedence", "")).strip().lower() in _PRECEDENCE_OF_PROGRAMS:
        return False
    senders = message.get_all("From", [])
    return len(senders) == 1 and is_reader(parseaddr(str(senders[0])[:_LONGEST])[1])
