"""When recorded help that its other side has not answered is reminded of, confirmed by time, or left to brokers. Pure.

A bank chooses between the last two (`time_rule`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

#: Days after recording on which the other side is reminded: twice, before a broker is asked to look at it.
REMINDER_DAYS = (5, 10)
TO_DO_AFTER = timedelta(days=14)
#: Where hours are confirmed by time, a broker looks at what is still not confirmed after so long.
BY_TIME_UNTIL = timedelta(days=22)
#: Nobody is reminded of what has waited for longer, or asked about it by text: `expiry` ends it.
LONGEST_REMINDED = timedelta(days=60)
#: So long after the last reminder went out, silence counts as an answer.
_TIME_TO_ANSWER = timedelta(days=4)


class Due(StrEnum):
    """What is due for help that nobody has answered: nothing yet, confirming it by time, or a task for brokers."""

    NOTHING = "nothing"
    CONFIRMATION = "confirmation"
    TASK = "task"


def silence_counts_at(
    recorded_at: datetime, now: datetime, *, rule_since: datetime | None, reminders: Sequence[datetime]
) -> datetime | None:
    """Return the earliest moment at which silence can count as a yes, as things are now; None where it cannot.

    The arguments are those of `what_is_due`. A reminder that has not gone out yet goes out now at the earliest.
    """
    if rule_since is None or recorded_at < rule_since:
        return None
    last = max(reminders) if len(reminders) >= len(REMINDER_DAYS) else now
    counts_at = max(recorded_at + TO_DO_AFTER, last + _TIME_TO_ANSWER)
    return counts_at if now < counts_at < recorded_at + BY_TIME_UNTIL else None


def what_is_due(
    recorded_at: datetime, now: datetime, *, rule_since: datetime | None, reminders: Sequence[datetime]
) -> Due:
    """Return what is due for help that was recorded at a moment and has not been answered.

    `rule_since` is the moment since which the bank has confirmed by time (None: it does not). Help that was recorded
    before it is left to brokers, since its reminders did not say what silence means. `reminders` are the moments at
    which reminders reached the silent side: whoever could not be reached is not silent.
    """
    waited = now - recorded_at
    if waited < TO_DO_AFTER:
        return Due.NOTHING
    if rule_since is None or recorded_at < rule_since or waited >= BY_TIME_UNTIL:
        return Due.TASK
    if len(reminders) < len(REMINDER_DAYS) or now - max(reminders) < _TIME_TO_ANSWER:
        return Due.NOTHING
    return Due.CONFIRMATION
