"""When and how somebody is notified: pure functions of their choice, what reaches them, and the time.

Times are aware moments; days and hours are those of a time zone (an IANA name).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from timebank.notices.kinds import CODES, FOR_SAFETY, TEXTED_CODES, URGENT, NoticeKind, Topic

#: Nobody is woken: what comes from the hour `QUIET_FROM` on waits for that of `MORNING`. Gathered ones go out then too.
QUIET_FROM, MORNING = 21, 8
#: Minutes until the next try, after each that failed for now; then every `LAST_WAIT`, until `GIVE_UP` has passed.
WAITS = (1, 5, 15, 60)
LAST_WAIT, GIVE_UP = timedelta(hours=4), timedelta(hours=72)


#: What has waited longer, since no worker ran or no e-mail could go out, is dropped: it is old news.
STALE = timedelta(days=14)


class Way(StrEnum):
    """The ways of being notified: by e-mail or text; by call or letter, which are tasks for brokers; or not at all."""

    EMAIL = "email"
    TEXT = "text"
    PHONE = "phone"
    LETTER = "letter"
    NONE = "none"


class Often(StrEnum):
    """How often: as soon as there is something, or gathered. `as_things_come` is for what goes round the bank alone."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    AS_THINGS_COME = "as_things_come"


@dataclass(frozen=True, slots=True)
class Choice:
    """How a member wants to be notified of one topic, and how often."""

    way: Way
    often: Often


#: What holds for who has not chosen; without an e-mail somebody is rung instead (see `way_for`).
USUAL = {
    Topic.ABOUT_YOU: Choice(Way.EMAIL, Often.AT_ONCE),
    Topic.ROUND_THE_BANK: Choice(Way.EMAIL, Often.WEEKLY),
}
#: What can be chosen of each topic. A gathered letter of what waits for an answer would come too late each month.
CHOICES = {
    Topic.ABOUT_YOU: (
        Choice(Way.EMAIL, Often.AT_ONCE),
        Choice(Way.EMAIL, Often.DAILY),
        Choice(Way.EMAIL, Often.WEEKLY),
        Choice(Way.TEXT, Often.AT_ONCE),
        Choice(Way.PHONE, Often.AT_ONCE),
        Choice(Way.LETTER, Often.AT_ONCE),
        Choice(Way.NONE, Often.AT_ONCE),
    ),
    Topic.ROUND_THE_BANK: (
        Choice(Way.EMAIL, Often.AS_THINGS_COME),
        Choice(Way.EMAIL, Often.DAILY),
        Choice(Way.EMAIL, Often.WEEKLY),
        Choice(Way.EMAIL, Often.MONTHLY),
        Choice(Way.LETTER, Often.MONTHLY),
        Choice(Way.NONE, Often.AT_ONCE),
    ),
}


@dataclass(frozen=True, slots=True)
class Reach:
    """What reaches somebody: an e-mail that works, or has one at all (`has_email`), a phone, and a letter.

    A letter reaches who has said where they live, in a bank that sends letters. A text reaches who has a mobile phone,
    in one that sends texts.
    `email_is_shared` by others who have shown that it is theirs too; `email_is_proved` to be this one's.
    """

    email: bool
    phone: bool
    letter: bool = False
    text: bool = False
    has_email: bool = False
    email_is_shared: bool = False
    email_is_proved: bool = False


def way_for(kind: NoticeKind, choice: Choice, reach: Reach) -> Way:
    """Return the way by which somebody gets this notice.

    What is for safety goes by e-mail wherever there is one, and else by a call or a letter. Where the chosen way does
    not reach somebody, the others are tried: letters last, which are slow, and by which nothing urgent goes. Texts say
    little and cost money: only who chose them gets any.
    A code goes by the way for which it was made alone, one that shows that an e-mail is theirs also where nothing has
    reached it before. What goes round the bank is sent by letter to who chose that, and else to proved e-mails of one
    person only; nobody is rung about it, or about what a broker has done for them.
    """
    if kind in TEXTED_CODES:
        return Way.TEXT if reach.text else Way.NONE
    if kind in CODES:
        return Way.EMAIL if reach.email or (kind is NoticeKind.EMAIL_CODE and reach.has_email) else Way.NONE
    if choice.way is Way.NONE and kind not in FOR_SAFETY:
        return Way.NONE
    if kind is NoticeKind.DIGEST:
        return _way_for_digest(choice, reach)
    reaches = {
        Way.EMAIL: reach.email,
        Way.TEXT: reach.text,
        Way.PHONE: reach.phone and kind is not NoticeKind.DONE_FOR_YOU,
        Way.LETTER: reach.letter and kind not in URGENT,
    }
    ways = [choice.way, Way.EMAIL, Way.PHONE, Way.LETTER]
    if kind in FOR_SAFETY:
        ways.insert(0, Way.EMAIL)
    return next((way for way in ways if reaches.get(way)), Way.NONE)


def _way_for_digest(choice: Choice, reach: Reach) -> Way:
    """Return the way of a digest: the chosen one, or none."""
    if choice.way is Way.LETTER:
        return Way.LETTER if reach.letter else Way.NONE
    is_theirs = reach.email and reach.email_is_proved and not reach.email_is_shared
    return Way.EMAIL if is_theirs else Way.NONE


def due_at(told_at: datetime, often: Often, time_zone: str, *, at_any_hour: bool = False) -> datetime:
    """Return when a notice goes out: at once outside the quiet hours, or with the next gathered ones.

    Gathered ones go out in the morning: of each day, of Mondays (ISO 8601 weeks), or of the first of the month.
    """
    local = told_at.astimezone(ZoneInfo(time_zone))
    if often is Often.AT_ONCE:
        return told_at if at_any_hour or not is_quiet(told_at, time_zone) else _next_morning(local)
    if often is Often.DAILY:
        return _next_morning(local)
    day = local.date() if local.hour < MORNING else local.date() + timedelta(days=1)
    if often is Often.WEEKLY:
        return _morning(day + timedelta(days=-day.weekday() % 7), local)
    first = day if day.day == 1 else (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return _morning(first, local)


def most_texts(texts_a_month: int, *, codes: bool) -> int:
    """Return up to how many texts in a month one more is sent. Codes go on after the bank's number, up to twice it."""
    return texts_a_month * 2 if codes else texts_a_month


def is_quiet(now: datetime, time_zone: str) -> bool:
    """Return whether it is a quiet hour, in which only notices that guard a membership are sent."""
    return not MORNING <= now.astimezone(ZoneInfo(time_zone)).hour < QUIET_FROM


def month_began(now: datetime, time_zone: str) -> datetime:
    """Return when the present month of a time zone began."""
    first = now.astimezone(ZoneInfo(time_zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    return first.astimezone(UTC)


def next_try_at(tries: int, failing_since: datetime, now: datetime) -> datetime | None:
    """Return when to try again after so many tries (from 1), the first in vain at `failing_since`; None to give up."""
    if now - failing_since >= GIVE_UP:
        return None
    return now + (timedelta(minutes=WAITS[tries - 1]) if tries <= len(WAITS) else LAST_WAIT)


def _next_morning(local: datetime) -> datetime:
    day = local.date() if local.hour < MORNING else local.date() + timedelta(days=1)
    return _morning(day, local)


def _morning(day: date, local: datetime) -> datetime:
    """Return the morning of a day, in the zone of `local`; an hour that a clock-change takes does not lie there."""
    return datetime.combine(day, time(MORNING), tzinfo=local.tzinfo)
