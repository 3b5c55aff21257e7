"""The text that asks whether recorded hours are right, and the words for an answer that came by text."""

from flask import g, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from timebank.exchanges.by_text import code_for
from timebank.exchanges.by_time import silence_counts_on
from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import find_exchange
from timebank.holders.queries import list_names
from timebank.notices.kinds import NoticeKind
from timebank.notices.queries import Told
from timebank.notices.texts import fits, plain
from timebank.spelling import first_name, isolated
from timebank.telling.recipients import Recipient
from timebank.web.filters import day_short, hours_in_words, hours_short, written_at
from timebank.web.telling.words import Link, Words, says


def ask_by_text(session: Session, exchange: Exchange, reader: Recipient) -> str | None:
    """Return the text that names both people, the day and how long, what silence means, and the code to answer with.

    None where the reader cannot answer by text, or it does not fit into one message: it is never cut.
    """
    if not reader.reach.text or exchange.occurred_on is None or not exchange.minutes:
        return None
    code = code_for(session, g.bank, exchange, reader.membership_id, reader.person_id, written_at())
    if code is None:
        return None
    sides = (exchange.giver_account_id, exchange.receiver_account_id)
    names = list_names(session, exchange.bank_id, sides)
    giver, receiver = (names[side].name for side in sides)
    day, hours = day_short(exchange.occurred_on), hours_short(exchange.minutes)
    counts_on = silence_counts_on(session, g.bank, exchange, written_at())
    silence = _("No answer before %(day)s counts as yes.", day=day_short(counts_on)) if counts_on else ""
    tries = [
        plain(f"{_says(g.bank.name, *people, day, hours, code)} {silence}".rstrip())
        for people in ((giver, receiver), (first_name(giver), first_name(receiver)))
    ]
    return next((text for text in tries if fits(text)), None)


def _says(bank: str, giver: str, receiver: str, day: str, hours: str, code: str) -> str:
    sentence = _(
        "%(bank)s: %(giver)s helped %(receiver)s on %(day)s, %(hours)s.",
        bank=bank,
        giver=isolated(giver),
        receiver=isolated(receiver),
        day=day,
        hours=hours,
    )
    question = _("Right? Text back Y %(code)s, or if it is not right N %(code)s.", code=code)
    return f"{sentence} {question}"


@says(NoticeKind.ANSWERED_BY_TEXT)
def of_answer(session: Session, notice: Told, _reader: Recipient) -> Words | None:
    """Return the words that confirm an answer by text, so that nobody answers in somebody's name unseen."""
    exchange = find_exchange(session, notice.bank_id, notice.subject.code)
    if exchange is None:
        return None
    page = Link(_("See the page"), url_for("exchanges.exchange", code=exchange.code, _external=True))
    unseen = _("If you did not send that text, please ring us.")
    if notice.facts.get("is_yes"):
        hours = hours_in_words(exchange.minutes or 0)
        sentence = _("You said yes by text, so %(hours)s have moved.", hours=hours)
        return Words(_("Thank you, your yes is written down"), (sentence, unseen), link=page)
    sentence = _("You said by text that these hours are not right. Nothing has moved, and we look at it with you.")
    return Words(_("Thank you, your no is written down"), (sentence, unseen), link=page)
