"""Who may write to whom, and how much. Pure."""

from datetime import timedelta

from timebank.actors import Actor, may_broker, may_exchange

MOST_LETTERS = 2_000
#: So many messages of one member within an hour, and so many members they write to first within a day.
MOST_AN_HOUR, HOUR = 30, timedelta(hours=1)
MOST_NEW_A_DAY, DAY = 8, timedelta(days=1)


def may_write(actor: Actor) -> bool:
    """Return whether the actor writes messages: themselves, as a member or for the bank. Nobody writes for another."""
    return actor.hand is None and (may_exchange(actor) or may_broker(actor))


def may_write_to(actor: Actor, other: Actor) -> bool:
    """Return whether the actor may write to this member of the same bank, who can answer."""
    is_other = actor.bank_id == other.bank_id and actor.membership_id != other.membership_id
    return is_other and may_write(actor) and may_write(other)


def is_bounded(actor: Actor) -> bool:
    """Return whether the actor writes to so many first only: brokers write to whom they have to."""
    return not may_broker(actor)
