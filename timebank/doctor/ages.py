"""How long ago what has to come again and again came last: seals, checks, e-mails, digests."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.audit.queries import find_newest_verdict
from timebank.backups_on_disk import is_any_ahead, newest_at
from timebank.banks.models import Bank
from timebank.bookkeeping.audit_queries import find_newest_recording
from timebank.bookkeeping.sealing.actions import find_unsealed_since
from timebank.bookkeeping.sealing.receipts import find_newest_seal_at
from timebank.digests.making import find_newest_look
from timebank.doctor.rules import Diagnosis, in_words, not_checked, warning, well, wrong
from timebank.notices.models import Failure
from timebank.notices.queries import Backlog, count_failures, find_backlog
from timebank.notices.rules import Way

#: The worker seals and sends each minute; so long after what waits, none can be at work.
_AT_WORK = timedelta(minutes=15)
#: What waits for the morning waits no longer than a night.
_NIGHT = timedelta(hours=12)
_CHECKED, _CHECKED_LONG_AGO = timedelta(hours=36), timedelta(days=7)
_BACKED_UP_LONG_AGO = timedelta(days=2)
_DIGESTS = timedelta(days=8)
_WEEK = timedelta(days=7)
#: Moments of this much after now are in the future, and no difference of two clocks.
_FUTURE = timedelta(minutes=1)
_START_WORKER = "Is 'timebank worker' running? Its log says what it could not do."
#: What each failure means for whoever runs the installation; of an unknown mailbox a broker has a task.
_MEANINGS = {
    Failure.AFTER_DATA: "the line broke after they were handed over",
    Failure.CONNECTION: "the mail server could not be reached",
    Failure.CONTENT: "their content was refused, as spam is: look at SPF, DKIM and DMARC",
    Failure.NO_SUCH_MAILBOX: "the mailbox does not exist, of which brokers have a task",
    Failure.NOT_DELIVERED: "the gateway took the text, and it did not arrive",
    Failure.NOT_SUPPORTED: "the address cannot be written in an e-mail",
    Failure.PROGRAM: "the program could not write or sign them: the worker's log has the line",
    Failure.RECIPIENT: "the server refused the recipient, as servers do that know no sender",
    Failure.RETURNED: "they came back, and not for want of a mailbox",
    Failure.SENDER: "the server refused our address: look at TIMEBANK_MAIL_FROM",
    Failure.SIGN_IN: "the server refused user or password of TIMEBANK_MAIL",
}
#: What the same mean for texts.
_OF_TEXTS = {
    Failure.AFTER_DATA: "the gateway did not answer after they were posted",
    Failure.CONNECTION: "the gateway could not be reached, or had trouble of its own",
    Failure.RECIPIENT: "the gateway did not take them: look at TIMEBANK_TEXTS_BODY",
    Failure.SIGN_IN: "the gateway refused TIMEBANK_TEXTS_SECRET",
}


@dataclass(frozen=True, slots=True)
class Ages:
    """The newest moments of an installation, and what waits or failed; None is never."""

    recorded_at: datetime | None = None
    unsealed_since: datetime | None = None
    sealed_at: datetime | None = None
    checked_at: datetime | None = None
    is_right: bool = True
    backlog: Backlog = field(default_factory=lambda: Backlog(0, None, 0))
    failures: Mapping[Failure, int] = field(default_factory=dict)
    digests_on: date | None = None
    failed_texts: Mapping[Failure, int] = field(default_factory=dict)


def read_ages(session: Session, now: datetime) -> Ages:
    """Return the ages of all banks together."""
    bank_ids = session.scalars(select(Bank.id).order_by(Bank.id)).all()
    checked_at, is_right = find_newest_verdict(session) or (None, True)
    return Ages(
        find_newest_recording(session),
        min(filter(None, (find_unsealed_since(session, bank_id) for bank_id in bank_ids)), default=None),
        find_newest_seal_at(session),
        checked_at,
        is_right,
        find_backlog(session, now, now - _WEEK),
        count_failures(session, Way.EMAIL, now - _WEEK),
        find_newest_look(session),
        count_failures(session, Way.TEXT, now - _WEEK),
    )


def judge_ages(ages: Ages, now: datetime, *, sends: bool, backups: Path | None = None) -> Iterator[Diagnosis]:
    """Yield an answer about each age; `sends` is whether e-mails go out, `backups` the worker's folder for them."""
    yield _judge_future(ages, now)
    yield _judge_seal(ages, now)
    yield _judge_check(ages, now)
    yield _judge_backlog(ages.backlog, now)
    yield _judge_failures("e-mails that failed in 7 days", ages.failures, _MEANINGS)
    yield _judge_failures("texts that failed in 7 days", ages.failed_texts, _MEANINGS | _OF_TEXTS)
    yield _judge_digests(ages.digests_on, now, sends=sends)
    yield not_checked("sweep", "it leaves no mark of its own; the worker that seals does it each hour.")
    yield judge_backup(backups, now)


def judge_backup(folder: Path | None, now: datetime) -> Diagnosis:
    """Answer how old the newest backup in the worker's folder is, which does not say that it can be put back."""
    subject = "backup"
    if folder is None:
        return not_checked(
            subject, "without TIMEBANK_BACKUPS the worker makes none: look at the newest, and at a copy elsewhere."
        )
    try:
        made_at, is_ahead = newest_at(folder, now), is_any_ahead(folder, now)
    except OSError:
        return wrong(subject, "the folder of TIMEBANK_BACKUPS cannot be read: it has to belong to who runs the worker.")
    if made_at is None:
        return warning(subject, f"the worker has made none yet. {_START_WORKER}")
    if is_ahead:
        return warning(subject, "one is dated ahead of this machine's clock: look which is right, and rename the file.")
    words = f"the newest is from {_ago(made_at, now)}"
    if now - made_at > _BACKED_UP_LONG_AGO:
        return wrong(subject, f"{words}: the worker's log says why. {_START_WORKER}")
    return well(subject, f"{words}. Keep a copy elsewhere, with the keys, and try to put it back once in a while.")


def _judge_future(ages: Ages, now: datetime) -> Diagnosis:
    moments = [moment for moment in (ages.recorded_at, ages.sealed_at, ages.checked_at) if moment is not None]
    newest = max(moments, default=now)
    if newest - now > _FUTURE:
        return wrong(
            "clock of this machine",
            f"the books have a moment that is {in_words(newest - now)} ahead of it: set the clock by NTP before more is"
            " recorded, since moments are never corrected.",
        )
    return well("clock of this machine", "nothing in the books is in the future.")


def _judge_seal(ages: Ages, now: datetime) -> Diagnosis:
    subject, since, sealed = "seals", ages.unsealed_since, ages.sealed_at
    if since is not None and now - since > _AT_WORK:
        return wrong(subject, f"what was recorded {_ago(since, now)} is not sealed. {_START_WORKER}")
    if sealed is None:
        return well(subject, "none was made yet, and nothing waits for one longer than it may.")
    return well(subject, f"the newest is from {_ago(sealed, now)}, and nothing has waited longer than it may.")


def _judge_check(ages: Ages, now: datetime) -> Diagnosis:
    subject, checked = "check of the books", ages.checked_at
    if checked is None:
        return warning(subject, f"the books were never checked: run 'timebank check-books'. {_START_WORKER}")
    words = f"the last one was {_ago(checked, now)}"
    if not ages.is_right:
        return wrong(
            subject, f"{words}, and the books do not balance: run 'timebank check-books' and keep what it says."
        )
    if now - checked > _CHECKED_LONG_AGO:
        return wrong(subject, f"{words}: run 'timebank check-books'. {_START_WORKER}")
    if now - checked > _CHECKED:
        return warning(subject, f"{words}; the worker does it each night. {_START_WORKER}")
    return well(subject, f"{words}, and the books balanced.")


def _judge_backlog(backlog: Backlog, now: datetime) -> Diagnosis:
    subject, oldest = "worker", backlog.oldest_due_at
    if oldest is None or now - oldest <= _AT_WORK:
        return well(subject, "nothing that is due has waited long.")
    words = f"{backlog.due} notices and e-mails are due, the oldest since {in_words(now - oldest)}"
    if now - oldest <= _NIGHT:
        return warning(subject, f"{words}. At night they wait for the morning; by day: {_START_WORKER}")
    return wrong(subject, f"{words}. {_START_WORKER} Or the mail server is away.")


def _judge_failures(subject: str, failures: Mapping[Failure, int], meanings: Mapping[Failure, str]) -> Diagnosis:
    if not failures:
        return well(subject, "none.")
    rows = sorted(failures.items(), key=lambda row: (-row[1], row[0]))
    words = "; ".join(f"{number}: {meanings[failure]}" for failure, number in rows)
    return well(subject, f"{words}.") if set(failures) == {Failure.NO_SUCH_MAILBOX} else warning(subject, f"{words}.")


def _judge_digests(looked_on: date | None, now: datetime, *, sends: bool) -> Diagnosis:
    subject = "digests"
    if not sends:
        return not_checked(subject, "without TIMEBANK_MAIL none are made.")
    if looked_on is None:
        return not_checked(subject, "none was due yet.")
    days = (now.date() - looked_on).days
    words = f"the last ones were made on {looked_on:%d %B %Y}"
    if timedelta(days=days) > _DIGESTS:
        return warning(subject, f"{words}, unless everybody here chose monthly ones that is long ago. {_START_WORKER}")
    return well(subject, f"{words}.")


def _ago(moment: datetime, now: datetime) -> str:
    return f"{in_words(now - moment)} ago"
