"""What a message says that came to the return path: bounces (RFC 3464), complaints (RFC 5965), or nothing. Pure.

Bounces of qmail and its heirs (QSBMF, https://cr.yp.to/proto/qsbmf.txt) are read too. All else counts for nothing, such
as answers of programs (RFC 3834). Whoever has an e-mail of ours can send anything here: what is read of a message is
limited, and no exception leaves `read`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, message_from_string
from email.message import Message
from enum import StrEnum

from timebank.notices.replies import is_written_by_reader
from timebank.notices.return_paths import ReturnPath, ReturnToken

#: No more of a message is read: what a bounce says comes before the e-mail that it sends back.
MOST_BYTES = 128 * 1024
#: A token counts only for an e-mail that was sent this recently.
COUNTS_FOR = timedelta(days=30)
#: So many e-mails that were put off, within so many days, say that an address does not reach.
MOST_SOFT, SOFT_WITHIN = 5, timedelta(days=14)
#: Who writes back is answered once in so many days.
ANSWERED_EACH = timedelta(days=7)
#: Enhanced codes (RFC 3463, RFC 7505) that say that nothing reaches this address. Others say that a server, a sender or
#: an e-mail was refused; so may a code without an enhanced one.
NO_SUCH_MAILBOX = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})

_MOST_PARTS, _MOST_BLOCKS = 20, 50
#: The parser compares each line with the boundary of every part around it. A bounce, and the e-mail in it, have a few.
_MOST_BOUNDARIES = 50
_COMPLAINTS = frozenset({"abuse", "opt-out", "opt-out-list"})
#: The types of parts in which an e-mail is sent back, whole or only its headers.
_ORIGINALS = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"})
_OUR_ADDRESS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?![.\d])")
#: An enhanced code after a reply code, as servers say it: '550 5.1.1', '550-5.1.1', '550 #5.1.1'.
_IN_DIAGNOSTIC = re.compile(r"(?<!\d)[45]\d\d[ #-]{1,3}([45]\.\d{1,3}\.\d{1,3})(?![.\d])")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_QMAIL = re.compile(r"\s*Hi\. This is the ")
_QMAIL_RECIPIENT = re.compile(r"^<([^<>\n]{1,320})>:[ \t]*\n((?:(?!<|---)[^\n]*\S[^\n]*(?:\n|\Z)){0,20})", re.MULTILINE)
_QMAIL_STATUS = re.compile(r"\(#([45]\.\d{1,3}\.\d{1,3})\)")


class ReturnKind(StrEnum):
    """What came back, the mildest first.

    `delayed`: it may still arrive. `given_up`: the server tried for long. `refused` says nothing about the address.
    `no_such_mailbox`: nothing reaches it. `complaint`: its reader marked it as spam. `reply`: its reader wrote back.
    """

    DELAYED = "delayed"
    GIVEN_UP = "given_up"
    REFUSED = "refused"
    NO_SUCH_MAILBOX = "no_such_mailbox"
    COMPLAINT = "complaint"
    REPLY = "reply"


#: Each says little; several together say that an address does not reach.
SOFT = frozenset({ReturnKind.DELAYED, ReturnKind.GIVEN_UP})
_MILDEST_FIRST = (None, *ReturnKind)
_Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReturnedMail:
    """What a message says of the e-mail of `token`; `kind` is None where it counts for nothing."""

    token: ReturnToken
    kind: ReturnKind | None


def read(content: bytes, path: ReturnPath, recipient: str = "") -> ReturnedMail | None:
    """Return what a message says; None where it names no e-mail of ours.

    `recipient` is the envelope's recipient, where the mail server passes it on.
    """
    message = parse(content)
    try:
        return _read(message, path, recipient) if message is not None else None
    except Exception:  # noqa: BLE001 (the parser of the standard library raises many kinds on what nobody should write)
        return None


def parse(content: bytes) -> Message | None:
    """Return the message in some bytes; None where nothing can be made of them, or they would take seconds to read."""
    beginning = content[:MOST_BYTES]
    if beginning.lower().count(b"boundary") > _MOST_BOUNDARIES:
        return None
    try:
        return message_from_bytes(beginning)
    except Exception:  # noqa: BLE001 (as above; one nested too deeply is a RecursionError)
        return None


def _read(message: Message, path: ReturnPath, recipient: str) -> ReturnedMail | None:
    parts = _parts(message)
    is_report = message.get_content_type() == "multipart/report"
    status = _part_of(parts, "message/delivery-status", "message/global-delivery-status") if is_report else None
    feedback = _part_of(parts, "message/feedback-report") if is_report else None
    complaint = _complaint_in(feedback) if feedback is not None else {}
    token = path.find("\n".join((recipient, *_addresses(message), complaint.get("original-mail-from", ""))))
    token = token or path.find("\n".join(_return_paths(parts)))
    if token is None:
        return None
    if status is not None:
        return ReturnedMail(token, _kind_of_all([block for block in _blocks(status) if "action" in block], token, path))
    if feedback is not None:
        is_complaint = complaint.get("feedback-type", "").strip().lower() in _COMPLAINTS
        return ReturnedMail(token, ReturnKind.COMPLAINT if is_complaint else None)
    recipients = _of_qmail(message)
    if not recipients and is_written_by_reader(message, lambda email: path.is_for(token, email)):
        return ReturnedMail(token, ReturnKind.REPLY)
    return ReturnedMail(token, _kind_of_all(recipients, token, path))


def _parts(message: Message) -> Sequence[Message]:
    """Return the parts of a message, not of what is attached to it: a bounce passed on to us is none."""
    payload = message.get_payload()
    return [part for part in payload[:_MOST_PARTS] if isinstance(part, Message)] if isinstance(payload, list) else []


def _part_of(parts: Sequence[Message], *types: str) -> Message | None:
    return next((part for part in parts if part.get_content_type() in types), None)


def _addresses(message: Message) -> Iterator[str]:
    """Yield the headers in which a mail server names the recipient."""
    for name in _OUR_ADDRESS:
        yield from (str(value) for value in message.get_all(name, [])[:_MOST_BLOCKS])


def _return_paths(parts: Sequence[Message]) -> Iterator[str]:
    """Yield the return paths in the headers of what is sent back, whole or only its headers."""
    for part in parts:
        if part.get_content_type() in _ORIGINALS:
            for original in _messages_in(part)[:1]:
                yield from (str(value) for value in original.get_all("Return-Path", [])[:_MOST_BLOCKS])


def _messages_in(part: Message) -> Sequence[Message]:
    """Return the message in a part, or its blocks of fields. Some servers encode what RFC 2046 (5.2) lets nobody."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return [message_from_string(_text_of(part).lstrip())]
    inner = [message for message in payload if isinstance(message, Message)]
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() != "base64":
        return inner
    encoded = Message()
    encoded["Content-Transfer-Encoding"] = "base64"
    encoded.set_payload("".join(str(message.get_payload()) for message in inner))
    return [message_from_string(_text_of(encoded).lstrip())]


def _text_of(part: Message) -> str:
    """Return the text of a part, decoded where it was encoded for its transport."""
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def _complaint_in(feedback: Message) -> _Fields:
    """Return the fields of a complaint; some reports begin with a blank line."""
    return next((block for block in _blocks(feedback) if "feedback-type" in block), {})


def _blocks(part: Message) -> Iterator[_Fields]:
    """Yield the blocks of fields of a report, by their names in lower case."""
    blocks: list[Message] = []
    for block in _messages_in(part):
        blocks.append(block)
        rest = block.get_payload()  # of types that the parser does not know to have several blocks
        if isinstance(rest, str):
            blocks += [message_from_string(text.lstrip()) for text in re.split(r"\n\s*\n", rest)[:_MOST_BLOCKS]]
    for block in blocks[:_MOST_BLOCKS]:
        yield {name.lower(): str(value) for name, value in block.items()}


def _of_qmail(message: Message) -> Sequence[_Fields]:
    """Return the recipients of a bounce of qmail as the blocks of a delivery status; () for all other messages."""
    part = next(iter(_parts(message)), message)
    text = _text_of(part) if part.get_content_maintype() == "text" else ""
    if not _QMAIL.match(text):
        return ()
    above = text.replace("\r\n", "\n").partition("\n---")[0]
    return [_of_qmail_recipient(match) for match in list(_QMAIL_RECIPIENT.finditer(above))[:_MOST_BLOCKS]]


def _of_qmail_recipient(match: re.Match[str]) -> _Fields:
    status = _QMAIL_STATUS.search(match[2])
    return {"action": "failed", "final-recipient": match[1], "status": status[1] if status else ""}


def _kind_of_all(recipients: Sequence[_Fields], token: ReturnToken, path: ReturnPath) -> ReturnKind | None:
    """Return what happened to our e-mail: the mildest of what happened to its address, or else to all.

    Where an address passes e-mails on, only those are named to which it does; it reaches if one of them does.
    """
    ours = [recipient for recipient in recipients if _is_ours(recipient, lambda email: path.is_for(token, email))]
    kinds = [kind_of(recipient) for recipient in ours or recipients]
    return min(kinds, key=_MILDEST_FIRST.index, default=None)


def _is_ours(recipient: _Fields, is_ours: Callable[[str], bool]) -> bool:
    """Return whether one of a block's addresses is ours: 'rfc822; jean@example.org'."""
    for name in ("original-recipient", "final-recipient"):
        address = recipient.get(name, "").rpartition(";")[2].strip().strip("<>")
        plain = _XTEXT.sub(lambda match: chr(int(match[1], 16)), address)
        if is_ours(address) or is_ours(plain):
            return True
    return False


def kind_of(recipient: Mapping[str, str]) -> ReturnKind | None:
    """Return what the fields of one recipient say (RFC 3464, 2.3), by names in lower case; None where it arrived.

    Some servers say '5.0.0' and leave the code that means something in what the other server answered.
    """
    action = recipient.get("action", "").split("(")[0].strip().lower()
    if action == "delayed":
        return ReturnKind.DELAYED
    if action != "failed":
        return None
    match = _STATUS.match(recipient.get("status", ""))
    status = match[1] if match else ""
    if not status or status.endswith(".0.0"):
        answered = _IN_DIAGNOSTIC.search(recipient.get("diagnostic-code", ""))
        status = answered[1] if answered else status
    if status in NO_SUCH_MAILBOX:
        return ReturnKind.NO_SUCH_MAILBOX
    return ReturnKind.GIVEN_UP if status.startswith("4") else ReturnKind.REFUSED
