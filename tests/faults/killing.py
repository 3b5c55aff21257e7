"""Neighbours who record and confirm help while the server is killed repeatedly.

What was acknowledged must be stored; an unanswered form is stored wholly or not at all; and sending a form again is
idempotent. `test_killing.py` kills a few times, `benchmarks/faults.py` fifty.
"""

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.faults.site import Site
from tests.faults.wire import FarVisitor, NoAnswerError
from tests.people import Village, give_passwords, join, make_confirmed, settle
from tests.web.page import Form
from timebank.actors import Actor
from timebank.audit.checks import check_books
from timebank.config import Settings
from timebank.db import make_engine, snapshot
from timebank.ledger.checks import Verdict

PAIRS = 4
#: The number of answers before the next kill, and the most seconds of random delay after them.
ANSWERS_BETWEEN = (4, 24)
SECONDS_MORE = 0.05
_MOST_SECONDS = 60


@dataclass
class Figures:
    """Counts of a run. `unanswered` are forms without a response."""

    kills: int = 0
    acknowledged: int = 0
    unanswered: int = 0
    unanswered_but_done: int = 0
    lost: int = 0
    doubled: int = 0
    half: int = 0
    checks_wrong: int = 0

    @property
    def is_right(self) -> bool:
        """Whether nothing was lost, doubled, incomplete or wrong."""
        return not (self.lost or self.doubled or self.half or self.checks_wrong)


@dataclass
class Sent:
    """A form without a response yet; `subject` is a draft for 'recorded', an exchange for 'confirmed'."""

    verb: str
    subject: str
    browser: FarVisitor
    form: Form


@dataclass
class Pair:
    """Two neighbours, each with a browser, who record and confirm help alternately."""

    browsers: tuple[FarVisitor, FarVisitor]
    likes: tuple[str, str]
    recorded: set[str] = field(default_factory=set)
    confirmed: set[str] = field(default_factory=set)
    waiting: Sent | None = None
    turn: int = 0

    def work(self, stop: Event) -> None:
        """Record and confirm until the server does not answer or `stop` is set."""
        try:
            while not stop.is_set():
                self._take_turn()
        except NoAnswerError:
            pass

    def send_again(self) -> None:
        """Send an unanswered form again, twice: both responses must be equal."""
        if self.waiting is not None:
            sent = self.waiting
            code = self._send(sent)
            self.waiting = sent
            assert self._send(sent) == code

    def _take_turn(self) -> None:
        giver, receiver = self.browsers if self.turn % 2 == 0 else self.browsers[::-1]
        page = giver.done(giver.get(f"exchanges/{self.likes[self.turn % 2]}"), "Record the same again")
        page = giver.done(page, choice="today")
        draft = page.path.split("/")[-2]
        code = self._send(Sent("recorded", draft, giver, page.form))
        page = receiver.get(f"exchanges/{code}/confirmation")
        self._send(Sent("confirmed", code, receiver, page.form))
        self.turn += 1

    def _send(self, sent: Sent) -> str:
        """Send a form and assert that it is acknowledged; return the exchange's code."""
        self.waiting = sent
        answer = sent.browser.send(sent.form)
        assert answer.status == 303, answer
        code = str(answer.to).split("/")[-2].replace("-", "")
        (self.recorded if sent.verb == "recorded" else self.confirmed).add(code)
        self.waiting = None
        return code


def kill_under_load(
    settings: Settings,
    site: Site,
    kills: int,
    *,
    seed: int = 1,
    strike: Callable[[], object] | None = None,
    settled: Callable[[], bool] = lambda: True,
) -> Figures:
    """Kill the server `kills` times under load, and verify the database after each; return the counts.

    `strike` kills something else instead, and the site keeps running; `settled` returns whether all writing has ended.
    """
    counts, dice = Figures(), random.Random(seed)  # noqa: S311 (dice, not secrets)
    people = settle_pairs(settings)
    site.start()
    pairs = [sit_down(site, *two) for two in people]
    before = _count(settings)
    for _number in range(kills):
        _work_and_strike(pairs, dice, strike or site.kill)
        while not settled():
            time.sleep(0.05)
        counts.kills += 1
        counts.unanswered += sum(pair.waiting is not None for pair in pairs)
        _verify(settings, pairs, counts)
        if strike is None:
            site.start()
        for pair in pairs:
            pair.send_again()
    site.kill()
    _verify(settings, pairs, counts)
    counts.acknowledged = _answered(pairs)
    exchanges, entries = (after - first for after, first in zip(_count(settings), before, strict=True))
    counts.doubled = exchanges + entries - counts.acknowledged
    return counts


def _work_and_strike(pairs: Sequence[Pair], dice: random.Random, strike: Callable[[], object]) -> None:
    """Let all pairs work concurrently until a random number of answers, and strike while they go on."""
    stop, enough = Event(), _answered(pairs) + dice.randint(*ANSWERS_BETWEEN)
    until = time.monotonic() + _MOST_SECONDS
    with ThreadPoolExecutor(len(pairs)) as threads:
        working = [threads.submit(pair.work, stop) for pair in pairs]
        while _answered(pairs) < enough and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(dice.uniform(0, SECONDS_MORE))
        strike()
        stop.set()
        for future in working:
            future.result()


def _answered(pairs: Sequence[Pair]) -> int:
    return sum(len(pair.recorded) + len(pair.confirmed) for pair in pairs)


def _verify(settings: Settings, pairs: Sequence[Pair], counts: Figures) -> None:
    """Compare the database with what the browsers received, and add the differences to the counts."""
    with Reading(settings) as session:
        states = {row.code: row.state for row in session.execute(text("SELECT code, state FROM exchange"))}
        keys = {row.key.removeprefix("exchange:") for row in session.execute(text('SELECT "key" FROM entry'))}
        sent = {row.code for row in session.execute(text("SELECT code FROM draft WHERE exchange_id IS NOT NULL"))}
        for pair in pairs:
            counts.lost += len(pair.recorded - set(states))
            counts.lost += len(
                {code for code in pair.confirmed if states.get(code) != "confirmed"} | pair.confirmed - keys
            )
            if pair.waiting is not None:
                done = keys if pair.waiting.verb == "confirmed" else sent
                counts.unanswered_but_done += pair.waiting.subject.replace("-", "") in done
        counts.half += session.scalar(text(_HALF)) or 0
        counts.checks_wrong += sum(check.verdict is Verdict.WRONG for check in check_books(session))


#: Exchanges without the step or trail row of their state, and entries without their two postings.
_HALF = """
SELECT (SELECT count(*) FROM exchange e WHERE e.state IN ('recorded', 'confirmed') AND NOT EXISTS (
            SELECT 1 FROM exchange_step s WHERE s.bank_id = e.bank_id AND s.exchange_id = e.id
            AND s.deed = CASE e.state WHEN 'recorded' THEN 'record' ELSE 'confirm' END))
     + (SELECT count(*) FROM exchange e WHERE e.state IN ('recorded', 'confirmed') AND NOT EXISTS (
            SELECT 1 FROM trail t WHERE t.bank_id = e.bank_id AND t.subject = 'exchange:' || e.code
            AND t.deed = CASE e.state WHEN 'recorded' THEN 'exchange.record' ELSE 'exchange.confirm' END))
     + (SELECT count(*) FROM entry e WHERE 2 <> (
            SELECT count(*) FROM posting p WHERE p.bank_id = e.bank_id AND p.entry_id = e.id))
"""


def _count(settings: Settings) -> tuple[int, int]:
    """Return the numbers of (exchanges, entries)."""
    with Reading(settings) as session:
        counts = [session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in ("exchange", "entry")]
    return counts[0], counts[1]


class Reading(Session):
    """A session that reads one snapshot, on its own engine."""

    def __init__(self, settings: Settings) -> None:
        self._engine = make_engine(settings.database_url)
        super().__init__(snapshot(self._engine), info=settings.session_info)

    def close(self) -> None:
        super().close()
        self._engine.dispose()


def settle_pairs(settings: Settings, pairs: int = PAIRS) -> Sequence[tuple[Actor, Actor, str, str]]:
    """Create pairs: (first, second, code of help by the first, code of help by the second), for recording it again."""
    engine = make_engine(settings.database_url)
    with Session(engine, info=settings.session_info, expire_on_commit=False) as session:
        village = settle(session)
        people = [join(session, village.angus, f"Neighbour{number} Pair") for number in range(pairs * 2)]
        give_passwords(session)
        settled = [
            (*two, *_help_each_other(session, village, *two)) for two in zip(people[::2], people[1::2], strict=True)
        ]
        session.commit()
    engine.dispose()
    return settled


def _help_each_other(session: Session, village: Village, first: Actor, second: Actor) -> tuple[str, str]:
    return (
        make_confirmed(session, village, first, second, minutes=15),
        make_confirmed(session, village, second, first, minutes=15),
    )


def sit_down(site: Site, first: Actor, second: Actor, *codes: str) -> Pair:
    """Sign both in, each on their own browser; `codes` are the exchanges to record again."""
    browsers = FarVisitor(site.port).sign_in(first), FarVisitor(site.port).sign_in(second)
    by_first, by_second = codes
    return Pair(browsers, (by_first, by_second))
