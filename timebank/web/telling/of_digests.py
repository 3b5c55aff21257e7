"""The words of digests: what is still open of what was chosen, what waits, one's hours, and one thing to do."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from flask import g, url_for
from flask_babel import gettext as _, ngettext
from sqlalchemy.orm import Session

from timebank.announcements.queries import list_current
from timebank.bookkeeping.queries import list_accounts
from timebank.exchanges.queries import count_waiting_for
from timebank.ledger.accounts import Account
from timebank.listings.found import FoundLine, list_found_of_codes, list_offering
from timebank.notices.kinds import NoticeKind
from timebank.notices.queries import Told
from timebank.telling.recipients import Recipient
from timebank.web.filters import day_in_full, hours_in_words, today
from timebank.web.telling.words import Link, Section, ToSay, Words, says_together

#: The facts of a digest that are codes of listings, in the order in which they are read.
_LISTED = ("could_help", "asked", "offered")


class _State(NamedTuple):
    """How things stand for some readers, read for all of them together: by code, by account, and by member."""

    lines: Mapping[str, FoundLine]
    announced: Mapping[str, str]
    waiting: Mapping[int, int]
    accounts: Mapping[int, Account]
    offering: Collection[int]


@says_together(NoticeKind.DIGEST)
def of_digests(session: Session, digests: Sequence[ToSay]) -> list[Words | None]:
    """Return the words of each; None where nothing of it is open any more."""
    state = _read_state(session, digests)
    return [_of_digest(state, notice, reader) for notice, reader in digests]


def _read_state(session: Session, digests: Sequence[ToSay]) -> _State:
    bank_id = digests[0][0].bank_id
    listed = {code for notice, _reader in digests for name in _LISTED for code in _codes(notice.facts, name)}
    announces = any(_codes(notice.facts, "announced") for notice, _reader in digests)
    account_ids = {reader.account_id for _notice, reader in digests}
    return _State(
        lines=list_found_of_codes(session, bank_id, listed, today=today()),
        announced={row.code: row.words for row in list_current(session, bank_id, today=today())} if announces else {},
        waiting=count_waiting_for(session, bank_id, account_ids),
        accounts=list_accounts(session, bank_id, account_ids),
        offering=list_offering(session, bank_id, {reader.membership_id for _notice, reader in digests}),
    )


def _of_digest(state: _State, notice: Told, reader: Recipient) -> Words | None:
    titles = {
        "could_help": _("You could help with"),
        "asked": _("Asked for near you"),
        "offered": _("New offers"),
    }
    sections = tuple(
        Section(titles[name], links)
        for name in _LISTED
        if (links := tuple(_link(state.lines[code]) for code in _codes(notice.facts, name) if code in state.lines))
    )
    to_read = set(_codes(notice.facts, "announced"))
    announced = [words for code, words in state.announced.items() if code in to_read]
    if not sections and not announced:
        return None
    return Words(
        _("News from your time bank"),
        (*announced, *_sentences(state, reader)),
        link=_one_thing(state, notice, reader, sections),
        sections=sections,
    )


def _codes(facts: Mapping[str, object], name: str) -> list[str]:
    codes = facts.get(name)
    return [str(code) for code in codes] if isinstance(codes, list) else []


def _link(line: FoundLine) -> Link:
    where = line.area or _("anywhere")
    when = f", {day_in_full(line.wanted_on)}" if line.wanted_on else ""
    return Link(f"{line.title} ({where}{when})", url_for("listings.listing", code=line.code, _external=True))


def _sentences(state: _State, reader: Recipient) -> list[str]:
    """Return what waits, and the hours to use; hours below zero are nothing for an e-mail."""
    sentences = []
    waiting, balance = state.waiting.get(reader.account_id, 0), state.accounts[reader.account_id].balance
    if waiting:
        sentences.append(ngettext("%(num)s thing waits for you.", "%(num)s things wait for you.", waiting))
    if balance > 0:
        sentences.append(_("You have %(hours)s to use.", hours=hours_in_words(balance)))
    return sentences or [_("Here is what is new in %(bank)s.", bank=g.bank.name)]


def _one_thing(state: _State, notice: Told, reader: Recipient, sections: tuple[Section, ...]) -> Link | None:
    """Return the one thing that a reader could do: answer what waits, help, offer something, or ask for something."""
    if state.waiting.get(reader.account_id):
        return Link(_("See what waits for you"), url_for("home.home", _external=True))
    if _codes(notice.facts, "could_help") and sections:
        return Link(_("See how you could help"), sections[0].links[0].url)
    if reader.membership_id not in state.offering:
        return Link(_("Say what you like to do for others"), url_for("listings.add", kind="offer", _external=True))
    return Link(_("Ask for something small yourself"), url_for("listings.add", kind="request", _external=True))
