"""Who may open what is about one member: fetch and authorize in one call, for pages and programs alike."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from timebank.actors import Actor, may_coordinate, may_read_own_hours, may_see_all_exchanges
from timebank.errors import NotPermittedError, NotVisibleError
from timebank.members.queries import find_actor_by_code


def get_visible(session: Session, actor: Actor, code: str) -> Actor:
    """Return the member of the actor's bank, whatever their standing. Raises NotVisibleError."""
    member = find_actor_by_code(session, actor.bank_id, code)
    if member is None:
        raise NotVisibleError(code)
    return member


def get_permitted(session: Session, actor: Actor, code: str, may: Callable[[Actor, Actor], bool]) -> Actor:
    """Return the member whom the rule `may(actor, member)` lets the actor act upon, such as `may_change_standing`.

    Raises NotVisibleError or NotPermittedError.
    """
    member = get_visible(session, actor, code)
    if not may(actor, member):
        raise NotPermittedError(code)
    return member


def may_read_hours(actor: Actor, member: Actor) -> bool:
    """Their own, or anybody's for those who look after the bank."""
    is_own = actor.bank_id == member.bank_id and actor.membership_id == member.membership_id
    return may_see_all_exchanges(actor) or (is_own and may_read_own_hours(actor))


def may_set_roles(actor: Actor, member: Actor) -> bool:
    """A coordinator, never their own."""
    return may_coordinate(actor) and actor.membership_id != member.membership_id
