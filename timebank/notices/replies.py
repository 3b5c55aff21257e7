"""Whether a message to the return path was written by its reader, and may be answered (RFC 3834, 2). Pure."""

import re
from collections.abc import Callable
from email.message import Message
from email.utils import parseaddr

#: Headers that programs and lists write, and mail programs of people do not; by how their names begin.
_OF_PROGRAMS = re.compile(
    r"list-|feedback-id$|x-([a-z]+-)*auto|x-(failed-recipients|loop|vacation|cron-|post-messageclass|fc-machinegenerated)"
    r"|x-ms-exchange-(inbox-rules-loop|generated-message-source)",
    re.IGNORECASE,
)
#: What people's mail programs say of themselves, if anything (RFC 3834, 5; Precedence has no standard).
_OF_PEOPLE = {
    "Auto-Submitted": frozenset({"no"}),
    "Precedence": frozenset({"normal", "first-class", "special-delivery"}),
    "X-Precedence": frozenset({"normal", "first-class", "special-delivery"}),
}
_COMMENT = re.compile(r"[;(].*", re.DOTALL)
#: What some mail servers write as the sender of what has none, such as Postfix where it pipes a message.
_NOBODY = frozenset({"mailer-daemon", "postmaster"})
#: Letters of a From header that are read.
_LONGEST = 1000


def is_written_by_reader(message: Message, is_reader: Callable[[str], bool]) -> bool:
    """Return whether a person wrote a message, from the address to which our e-mail went.

    Where the mail server does not say who sent it, nobody knows whether an answer would be answered by a program.
    """
    if message.get_content_maintype() == "message" or message.get_content_type() == "multipart/report":
        return False
    if not _is_somebody(str(message.get("Return-Path", ""))) or _is_of_program(message):
        return False
    senders = message.get_all("From", [])
    return len(senders) == 1 and is_reader(parseaddr(str(senders[0])[:_LONGEST])[1])


def _is_somebody(return_path: str) -> bool:
    """Return whether a return path leads to somebody."""
    local, _at, domain = parseaddr(return_path[:_LONGEST])[1].rpartition("@")
    return bool(local.strip('"') and domain) and local.lower() not in _NOBODY


def _is_of_program(message: Message) -> bool:
    """Return whether any header says that no person has sent a message."""
    if any(_OF_PROGRAMS.match(name) for name in message):
        return True
    if any("autoresponder" in str(value).lower() for value in message.get_all("Delivered-To", [])):
        return True
    return any(
        _COMMENT.sub("", str(value)).strip().lower() not in of_people
        for name, of_people in _OF_PEOPLE.items()
        for value in message.get_all(name, [])
    )
