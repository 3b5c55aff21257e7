"""E-mails: one to one reader, with its notices in plain text and in HTML without anything remote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import urlsplit

from flask import g, render_template, url_for
from flask_babel import gettext as _, ngettext

from timebank import codes
from timebank.emails import is_email, mailable
from timebank.notices.kinds import Topic
from timebank.notices.queries import DeliveryRow
from timebank.spelling import first_name
from timebank.telling.recipients import Recipient
from timebank.web.telling.words import Words

#: Letters of a subject: more are cut off on a phone.
LONGEST_SUBJECT = 60
_FACTORY = HeaderRegistry()
#: So many parsed headers of banks are kept.
_HEADERS = 256


@dataclass(frozen=True, slots=True)
class Sender:
    """Where e-mails come from: the address in From, and the site's own address."""

    email: str
    site: str


def compose(
    delivery: DeliveryRow, words: Sequence[Words], reader: Recipient, to: str, sender: Sender, now: datetime
) -> EmailMessage:
    """Return the e-mail of a delivery to the address `to`. `g.bank` is its bank; there is at least one notice's words.

    The Message-ID is derived from the delivery, so that one sent twice is shown once (RFC 5322, 3.6.4). What goes round
    the bank can be stopped by one click (RFC 8058); other e-mails have a link to where one chooses.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _subject(words, reader)
    message["From"] = _address_header("From", g.bank.name, sender.email)
    message["To"] = _address(reader.name, to)
    if is_email(g.bank.email):
        message["Reply-To"] = _address_header("Reply-To", g.bank.name, g.bank.email)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(delivery, sender.site)
    message["Auto-Submitted"] = _header("Auto-Submitted", "auto-generated")
    stop = url_for("notices.stop", token=delivery.stop_token, _external=True)
    if delivery.topic == Topic.ROUND_THE_BANK:
        message["List-Unsubscribe"] = f"<{stop}>"
        message["List-Unsubscribe-Post"] = _header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    content = {"words": words, "reader": reader, "stop": stop, "bank": g.bank, "subject": message["Subject"]}
    message.set_content(render_template("mail/mail.txt", **content))
    message.add_alternative(render_template("mail/mail.html", **content), subtype="html")
    return message


@lru_cache(maxsize=_HEADERS)
def _header(field: str, value: str) -> BaseHeader:
    """Return a header that many e-mails have: parsed once, since that takes longer than to render the e-mail."""
    return _FACTORY(field, value)


@lru_cache(maxsize=_HEADERS)
def _address_header(field: str, name: str, email: str) -> BaseHeader:
    """Return the header of a bank's address, likewise. Raises ValueError for an e-mail that cannot stand in one."""
    return _FACTORY(field, _address(name, email))


def _address(name: str, email: str) -> Address:
    """Return a name and an e-mail for a header. Raises ValueError for an e-mail that cannot stand in one.

    A name that looks like an encoded word (RFC 2047) would be decoded, with the line breaks that it may hold.
    """
    plain = "".join(sign if sign.isprintable() else " " for sign in name).replace("=?", "= ?")
    return Address(plain, addr_spec=mailable(email))


def message_id(delivery: DeliveryRow, site: str) -> str:
    """Return the Message-ID of a delivery, the same at each try."""
    name = f"{codes.in_letters(delivery.id)}.{codes.in_letters(delivery.bank_id)}"
    return f"<{name}@{urlsplit(site).hostname}>"


def _subject(words: Sequence[Words], reader: Recipient) -> str:
    """Return a subject that names nobody but, where several people share the address, the reader."""
    subject = words[0].subject
    if len(words) > 1:
        subject = ngettext("%(num)s thing for you to read", "%(num)s things for you to read", len(words))
    if reader.email_sharers:
        subject = _("For %(name)s: %(subject)s", name=first_name(reader.name), subject=subject)
    return " ".join(subject.split()).replace("=?", "= ?")[:LONGEST_SUBJECT]
