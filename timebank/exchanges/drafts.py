"""Drafts of exchanges, one question a page, stored so that nothing typed is lost.

A draft is its member's own. Its code is the key that it is sent under, so sending it twice makes one exchange.
"""

import hmac
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Actor, Doing
from timebank.banks.models import Bank
from timebank.exchanges import actions, terms as conditions
from timebank.exchanges.models import Draft, Exchange
from timebank.exchanges.rules import MOST_DRAFTS, Side
from timebank.exchanges.terms import Terms
from timebank.listings.filling import next_day
from timebank.listings.models import Listing
from timebank.listings.queries import ListingLine
from timebank.listings.rules import ListingKind
from timebank.rows import get_locked

DRAFT_LIFE = timedelta(days=30)


class Purpose(StrEnum):
    """Whether the help has happened, or is to be agreed."""

    RECORD = "record"
    PROPOSE = "propose"


class Question(StrEnum):
    """One page each, in this order."""

    WHO = "who"
    WHAT = "what"
    KIND = "kind"
    WHEN = "when"
    HOW_LONG = "how-long"


def start(
    session: Session, actor: Actor, purpose: Purpose, side: Side, *, now: datetime, form_key: str | None = None
) -> Draft:
    """Return a new draft in which only the member's side is set.

    The same form again gives the draft that it began, as long as that was not sent. Of a member's drafts the newest
    are kept.
    """
    code = _code_of(session, actor, form_key) if form_key else codes.new_reference()
    begun = find(session, actor, code)
    if begun is not None and begun.sent_code is None:
        return begun
    draft = Draft(
        bank_id=actor.bank_id,
        code=code if begun is None else codes.new_reference(),
        member_id=actor.membership_id,
        purpose=purpose,
        side=side,
        started_at=now,
    )
    session.add(draft)
    session.flush()
    _forget_oldest(session, actor)
    return draft


def _code_of(session: Session, actor: Actor, form_key: str) -> str:
    """Return a code derived from the form's key, since beginning a draft is on no trail."""
    message = f"draft {actor.bank_id} {actor.membership_id} {form_key}".encode()
    return codes.reference_of(hmac.digest(session.info["books_key"], message, "sha256"))


def _forget_oldest(session: Session, actor: Actor) -> None:
    own = (Draft.bank_id == actor.bank_id, Draft.member_id == actor.membership_id, Draft.sent_code.is_(None))
    begun = session.scalars(select(Draft.code).where(*own).order_by(Draft.started_at.desc(), Draft.code)).all()
    if len(begun) > MOST_DRAFTS:
        session.execute(delete(Draft).where(*own, Draft.code.in_(begun[MOST_DRAFTS:])))


def clear_drafts(session: Session, *, now: datetime) -> int:
    """Delete the drafts of all banks that are older than a month; return their number."""
    done = session.execute(delete(Draft).where(Draft.started_at < now - DRAFT_LIFE))
    return int(cast("CursorResult[Any]", done).rowcount)


def start_like(
    session: Session, actor: Actor, exchange: Exchange, *, now: datetime, form_key: str | None = None
) -> Draft:
    """Return a draft with the answers of an exchange of the actor's own, without the day; see `start`."""
    side = exchange.snapshot().side_of(actor.account_id) or Side.GIVER
    draft = start(session, actor, Purpose.RECORD, side, now=now, form_key=form_key)
    if draft.other_account_id is not None:
        return draft
    draft.other_account_id = _other_account(exchange, actor)
    draft.what, draft.minutes, draft.category_id = exchange.what, exchange.minutes or None, exchange.category_id
    session.flush()
    return draft


def start_from_listing(session: Session, bank: Bank, listing: Listing, owner_account_id: int, doing: Doing) -> Draft:
    """Return a draft that answers a listing: whoever answers a request gives, whoever answers an offer receives.

    A request's day is its day. The same form again gives the same draft; see `start`.
    """
    side = Side.RECEIVER if listing.kind == ListingKind.OFFER else Side.GIVER
    draft = start(session, doing.by, Purpose.PROPOSE, side, now=doing.now, form_key=doing.form_key)
    if draft.other_account_id is not None:
        return draft
    draft.other_account_id, draft.what, draft.listing_id = owner_account_id, listing.title, listing.id
    draft.day = next_day(listing, clock.local_day(doing.now, bank.time_zone))
    session.flush()
    return draft


def start_for(
    session: Session, actor: Actor, exchange: Exchange, *, now: datetime, form_key: str | None = None
) -> Draft:
    """Return a draft that records the help agreed in this exchange; see `start`."""
    draft = start_like(session, actor, exchange, now=now, form_key=form_key)
    if draft.exchange_id is not None:
        return draft
    extras = exchange.travel_minutes + exchange.preparation_minutes
    draft.exchange_id, draft.day = exchange.id, None
    draft.minutes = (exchange.agreed_minutes or 0) - extras or None
    draft.travel_minutes, draft.preparation_minutes = exchange.travel_minutes, exchange.preparation_minutes
    session.flush()
    return draft


def _other_account(exchange: Exchange, actor: Actor) -> int:
    gave = exchange.giver_account_id == actor.account_id
    return exchange.receiver_account_id if gave else exchange.giver_account_id


def find(session: Session, actor: Actor, code: str) -> Draft | None:
    """Return the actor's own draft with this code; None if there is none."""
    return session.scalar(
        select(Draft).where(Draft.bank_id == actor.bank_id, Draft.code == code, Draft.member_id == actor.membership_id)
    )


def choose_other(draft: Draft, account_id: int) -> None:
    """Change the other side. With anybody but the listing's owner, the draft no longer answers the listing."""
    if account_id != draft.other_account_id:
        draft.other_account_id, draft.listing_id = account_id, None


def choose_listing(draft: Draft, listing: ListingLine) -> None:
    """Answer what it was for: the help is of the listing's kind."""
    draft.listing_id, draft.category_id = listing.id, None


def choose_kind(draft: Draft, category_id: int) -> None:
    """Answer of which kind it was; what is recorded is then for no request."""
    draft.category_id = category_id
    if draft.purpose == Purpose.RECORD:
        draft.listing_id = None


def next_question(draft: Draft, *, asks_kind: bool = True) -> Question | None:
    """Return the first question without an answer; None if all are answered.

    The kind is known where the draft came of a listing or of an agreement. Without `asks_kind`, where the bank has no
    kinds, it is not asked.
    """
    kind = draft.category_id or draft.listing_id or draft.exchange_id
    answers: tuple[tuple[Question, object], ...] = (
        (Question.WHO, draft.other_account_id),
        (Question.WHAT, draft.what),
        (Question.KIND, kind if asks_kind else True),
        (Question.WHEN, draft.day),
        (Question.HOW_LONG, draft.minutes),
    )
    return next((question for question, answer in answers if answer is None), None)


def terms(draft: Draft, actor: Actor) -> Terms | None:
    """Return the draft as terms; None while an answer is missing."""
    if draft.other_account_id is None or draft.what is None or draft.day is None or draft.minutes is None:
        return None
    gives = draft.side == Side.GIVER
    giver, receiver = (
        (actor.account_id, draft.other_account_id) if gives else (draft.other_account_id, actor.account_id)
    )
    return Terms(
        giver,
        receiver,
        draft.what,
        draft.day,
        draft.minutes,
        travel_minutes=draft.travel_minutes or 0,
        preparation_minutes=draft.preparation_minutes or 0,
        listing_id=draft.listing_id,
        category_id=draft.category_id,
    )


def send(session: Session, bank: Bank, draft: Draft, terms: Terms, doing: Doing, *, slip: bool = False) -> str:
    """Send a whole draft to the other side; return the exchange's code. Raises what propose and record raise.

    The draft's code is the form's key, and a draft that somebody else has sent, such as a broker for the member, gives
    the exchange that came of it: one draft makes one exchange, whoever sends it and however often.
    """
    same_draft = (Draft.bank_id == draft.bank_id, Draft.code == draft.code)
    draft = get_locked(session, select(Draft).where(*same_draft))
    if draft.sent_code is not None and draft.sent_by != doing.doer_id:
        return draft.sent_code
    code = _send(session, bank, draft, terms, replace(doing, form_key=draft.code), slip=slip)
    draft.sent_code, draft.sent_by = code, doing.doer_id
    session.flush()
    return code


def _send(session: Session, bank: Bank, draft: Draft, terms: Terms, doing: Doing, *, slip: bool) -> str:
    if draft.purpose == Purpose.PROPOSE:
        return actions.propose(session, bank, terms, doing)
    if draft.exchange_id is None:
        return actions.record(session, bank, terms, doing, slip=slip)
    code = session.execute(
        select(Exchange.code).where(Exchange.bank_id == bank.id, Exchange.id == draft.exchange_id)
    ).scalar_one()
    actions.record_agreed(session, bank, code, doing, day=terms.day, minutes=terms.minutes, slip=slip)
    return code


def check_day(bank: Bank, draft: Draft, day: date, now: datetime) -> None:
    """Check the day of a draft. Raises what sending it would."""
    conditions.check_day(bank, day, now, to_come=draft.purpose == Purpose.PROPOSE)
