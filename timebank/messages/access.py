"""Who may read a conversation: its two sides, and a broker to whom it was reported, who notes that on the trail."""

from datetime import date

from sqlalchemy.orm import Session

from timebank.actors import Actor, may_broker
from timebank.errors import NotPermittedError, NotVisibleError
from timebank.exchanges import access as exchanges
from timebank.listings import access as listings
from timebank.members.queries import find_actor_by_code
from timebank.messages.queries import find_sides
from timebank.messages.rules import may_write_to
from timebank.references import DeedName, Ref, Subject, parse
from timebank.tasks.queries import find_open_since
from timebank.tasks.rules import TaskKind
from timebank.trail.queries import list_deeds


def get_other(session: Session, actor: Actor, code: str) -> Actor:
    """Return the member with whom the actor has or may begin a conversation. Raises NotVisibleError."""
    other = find_actor_by_code(session, actor.bank_id, code)
    if other is None or other.membership_id == actor.membership_id:
        raise NotVisibleError(code)
    return other


def find_about(session: Session, actor: Actor, other: Actor, reference: str, today: date) -> Ref | None:
    """Return the listing or exchange that a message to the other may be about; None for what one of them may not see.

    `reference` is written as 'listing:K7M3Q2XZ'; `today` is the calendar day where the bank is.
    """
    about = parse(reference)
    if about is None or about.subject not in {Subject.LISTING, Subject.EXCHANGE}:
        return None
    try:
        for reader in (actor, other):
            if about.subject == Subject.LISTING:
                listings.get_visible(session, reader, about.code, today)
            else:
                exchanges.get_visible(session, reader, about.code)
    except NotVisibleError:
        return None
    return about


def get_reported(session: Session, actor: Actor, code: str) -> tuple[int, int]:
    """Return the two sides of a reported conversation, for a broker who is none of them.

    Raises NotVisibleError; NotPermittedError for a side, who reads it as one.
    """
    sides = find_sides(session, actor.bank_id, code)
    if sides is None or not may_broker(actor) or actor.hand is not None:
        raise NotVisibleError(code)
    if find_open_since(session, actor.bank_id, TaskKind.CONVERSATION_REPORTED, _subject(code)) is None:
        raise NotVisibleError(code)
    if actor.membership_id in sides:
        raise NotPermittedError(code)
    return sides


def has_noted_reading(session: Session, actor: Actor, code: str) -> bool:
    """Return whether the trail has that the actor reads the conversation since it was reported."""
    since = find_open_since(session, actor.bank_id, TaskKind.CONVERSATION_REPORTED, _subject(code))
    deeds = list_deeds(session, actor.bank_id, str(_subject(code)))
    return since is not None and any(
        deed.deed == DeedName.CONVERSATION_READ and deed.done_by == actor.membership_id and deed.done_at >= since
        for deed in deeds
    )


def may_answer(actor: Actor, other: Actor) -> bool:
    """Return whether the actor can write to the other now."""
    return may_write_to(actor, other)


def _subject(code: str) -> Ref:
    return Ref(Subject.CONVERSATION, code)
