"""The words of digests: what is still open of what was chosen, what waits, one's hours, and one thing to do."""

from collections.abc import Mapping

from flask import g, url_for
from flask_babel import gettext as _, ngettext
from sqlalchemy.orm import Session

from timebank.announcements.queries import list_current
from timebank.bookkeeping.queries import get_account
from timebank.exchanges.queries import count_waiting_for
from timebank.listings.found import FoundLine, has_offers, list_found_of_codes
from timebank.notices.kinds import NoticeKind
from timebank.notices.queries import Told
from timebank.telling.recipients import Recipient
from timebank.web.filters import day_in_full, hours_in_words, today
from timebank.web.telling.words import Link, Section, Words, says


@says(NoticeKind.DIGEST)
def of_digest(session: Session, notice: Told, reader: Recipient) -> Words | None:
    """Return the words; None where nothing of it is open any more."""
    chosen = {name: _codes(notice.facts, name) for name in ("could_help", "asked", "offered")}
    lines = list_found_of_codes(
        session, notice.bank_id, [code for codes in chosen.values() for code in codes], today=today()
    )
    titles = {
        "could_help": _("You could help with"),
        "asked": _("Asked for near you"),
        "offered": _("New offers"),
    }
    sections = tuple(
        Section(titles[name], links)
        for name, codes in chosen.items()
        if (links := tuple(_link(lines[code]) for code in codes if code in lines))
    )
    announced = _announced(session, notice)
    if not sections and not announced:
        return None
    waiting = count_waiting_for(session, notice.bank_id, reader.account_id)
    return Words(
        _("News from your time bank"),
        (*announced, *_sentences(session, notice.bank_id, reader, waiting)),
        link=_one_thing(session, notice, reader, waiting, sections),
        sections=sections,
    )


def _announced(session: Session, notice: Told) -> list[str]:
    """Return the words of those announcements that still stand."""
    codes = _codes(notice.facts, "announced")
    return (
        [row.words for row in list_current(session, notice.bank_id, today=today()) if row.code in codes]
        if codes
        else []
    )


def _codes(facts: Mapping[str, object], name: str) -> list[str]:
    codes = facts.get(name)
    return [str(code) for code in codes] if isinstance(codes, list) else []


def _link(line: FoundLine) -> Link:
    where = line.area or _("anywhere")
    when = f", {day_in_full(line.wanted_on)}" if line.wanted_on else ""
    return Link(f"{line.title} ({where}{when})", url_for("listings.listing", code=line.code, _external=True))


def _sentences(session: Session, bank_id: int, reader: Recipient, waiting: int) -> list[str]:
    """Return what waits, and the hours to use; hours below zero are nothing for an e-mail."""
    sentences = []
    if waiting:
        sentences.append(ngettext("%(num)s thing waits for you.", "%(num)s things wait for you.", waiting))
    balance = get_account(session, bank_id, reader.account_id).balance
    if balance > 0:
        sentences.append(_("You have %(hours)s to use.", hours=hours_in_words(balance)))
    return sentences or [_("Here is what is new in %(bank)s.", bank=g.bank.name)]


def _one_thing(
    session: Session, notice: Told, reader: Recipient, waiting: int, sections: tuple[Section, ...]
) -> Link | None:
    """Return the one thing that a reader could do: answer what waits, help, offer something, or ask for something."""
    if waiting:
        return Link(_("See what waits for you"), url_for("home.home", _external=True))
    if _codes(notice.facts, "could_help") and sections:
        return Link(_("See how you could help"), sections[0].links[0].url)
    if not has_offers(session, notice.bank_id, reader.membership_id):
        return Link(_("Say what you like to do for others"), url_for("listings.add", kind="offer", _external=True))
    return Link(_("Ask for something small yourself"), url_for("listings.add", kind="request", _external=True))
