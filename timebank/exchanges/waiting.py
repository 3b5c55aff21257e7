"""What time brings to recorded help that its other side has not answered: reminders, a task, or that it is confirmed.

Pure. A bank chooses between the last two (product.md, 'who confirms').
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

#: Days after recording on which the other side is reminded: twice, before a broker is asked to look at it.
REMINDER_DAYS = (5, 10)
TO_DO_AFTER = timedelta(days=14)
#: Where hours are confirmed by time, a broker looks at what is still not confirmed after so long.
BY_TIME_UNTIL = timedelta(days=22)
#: So long after the last reminder went out, silence counts as an answer.
_TIME_TO_ANSWER = timedelta(days=4)


class Brought(StrEnum):
    """What time has brought: nothing yet, that silence counts as a yes, or a task for brokers."""

    NOTHING = "nothing"
    CONFIRMED = "confirmed"
    TASK = "task"


def brought_by_time(
    recorded_at: datetime, now: datetime, *, rule_since: datetime | None, reminders: Sequence[datetime]
) -> Brought:
    """Return what time has brought to help that was recorded then.

    `rule_since` is the moment since which the bank has confirmed by time (None: it does not). Help that was recorded
    before it is left to brokers, since nobody was told what their silence would mean. `reminders` are the moments at
    which reminders reached the silent side: whoever could not be reached is not silent.
    """
    waited = now - recorded_at
    if waited < TO_DO_AFTER:
        return Brought.NOTHING
    if rule_since is None or recorded_at < rule_since or waited >= BY_TIME_UNTIL:
        return Brought.TASK
    if len(reminders) < len(REMINDER_DAYS) or now - max(reminders) < _TIME_TO_ANSWER:
        return Brought.NOTHING
    return Brought.CONFIRMED
