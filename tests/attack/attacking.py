"""An attack: so many requests by everybody in turn, chosen by dice, and what was wrong with the answers."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.attack import aims
from tests.attack.attackers import Attacker, sign_in
from tests.attack.findings import Finding, Kind, judge
from tests.attack.wire import NoReplyError, Reply, Shot

#: What somebody does in their turn, and how often.
_TURNS = {
    "visit": 24,
    "question": 16,
    "form": 42,
    "odd body": 6,
    "elsewhere": 6,
    "answer": 6,
    "again": 3,
    "twice at once": 3,
}
#: Turns until somebody whom the site refused tries to sign in again.
_SIGN_IN_AGAIN = 8
_MOST_REFUSALS = 5
_KEPT_SENT = 50


@dataclass
class Report:
    """Counts of an attack, and the first finding of each fault."""

    statuses: Counter[str] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)
    signed_out: Counter[str] = field(default_factory=Counter)
    findings: dict[tuple[str, ...], Finding] = field(default_factory=dict)
    times: Counter[tuple[str, ...]] = field(default_factory=Counter)
    requests: int = 0
    seconds: float = 0
    is_cut_short: bool = False
    tell: Callable[[str], object] = str

    def add(self, finding: Finding) -> None:
        """Note a finding; of one fault the first is kept and told at once."""
        if finding.key not in self.findings:
            self.findings[finding.key] = finding
            self.tell(str(finding))
        self.times[finding.key] += 1

    def take(self, other: "Report") -> None:
        """Add the counts and findings of another attack."""
        self.statuses += other.statuses
        self.roles += other.roles
        self.signed_out += other.signed_out
        self.times += other.times
        self.requests += other.requests
        self.seconds += other.seconds
        self.is_cut_short = self.is_cut_short or other.is_cut_short
        for key, finding in other.findings.items():
            self.findings.setdefault(key, finding)

    @property
    def kinds(self) -> set[Kind]:
        """The kinds of all findings."""
        return {finding.kind for finding in self.findings.values()}


@dataclass
class Attack:
    """One attack on a site that is running; `seed` decides every choice that does not hang on the answers."""

    attackers: Sequence[Attacker]
    seed: str
    report: Report = field(default_factory=Report)
    turns: int = 0

    def run(self, requests: int) -> Report:
        """Go on until so many requests were sent, or one more where two go at once; Ctrl+C ends it early."""
        began = time.monotonic()
        try:
            while self.report.requests < requests:
                self._take_turn(self.attackers[self.turns % len(self.attackers)], self.turns)
                self.turns += 1
        except KeyboardInterrupt:
            self.report.is_cut_short = True
        self.report.seconds += time.monotonic() - began
        return self.report

    def _take_turn(self, attacker: Attacker, turn: int) -> None:
        at = f"{self.seed}/{turn}"
        dice = random.Random(at)  # noqa: S311 (dice, not secrets)
        if attacker.is_out and attacker.who:
            self._let_in(attacker, turn)
        (kind,) = dice.choices(list(_TURNS), list(_TURNS.values()))
        if kind == "visit":
            self._fire(attacker, aims.visit(attacker, dice), at)
        elif kind == "question":
            self._fire(attacker, aims.question(attacker, dice), at)
        elif kind == "elsewhere":
            self._fire(attacker, aims.elsewhere(attacker, dice), at)
        elif kind == "answer":
            self._answer(attacker, dice, at)
        elif kind == "form":
            self._send_form(attacker, dice, at, aims.submission)
        elif kind == "odd body":
            self._send_form(attacker, dice, at, aims.odd_body)
        else:
            self._send_again(attacker, dice, at, times=1 if kind == "again" else 2)

    def _let_in(self, attacker: Attacker, turn: int) -> None:
        if attacker.refusals >= _MOST_REFUSALS or (attacker.refusals and turn // len(self.attackers) % _SIGN_IN_AGAIN):
            self.report.signed_out[attacker.name] += 1
            return
        try:
            sign_in(attacker)
        except (NoReplyError, AssertionError):
            attacker.refusals += 1

    def _send_form(
        self,
        attacker: Attacker,
        dice: random.Random,
        at: str,
        aim: Callable[[aims.Form, random.Random], Shot],
    ) -> None:
        """Open a page with a form again, for its newest token and key, and send the form; or another of the page."""
        choice = attacker.next_form(dice)
        if choice is None:
            self._fire(attacker, aims.visit(attacker, dice), at)
            return
        target, form = choice
        reply = self._fire(attacker, Shot("GET", target), at)
        page = attacker.learn(target, reply) if reply else None
        newest = [other for other in page.forms if other.names == form.names] if page else []
        shot = aim(dice.choice(newest or [form]), dice)
        self._fire(attacker, shot, at)
        if shot.method == "POST":
            attacker.sent.append(shot)
            del attacker.sent[:-_KEPT_SENT]

    def _answer(self, attacker: Attacker, dice: random.Random, at: str) -> None:
        """Open a page of their own for its newest token, and answer what waits for a second keeper."""
        target = f"/{attacker.bank}/desk"
        reply = self._fire(attacker, Shot("GET", target), at)
        page = attacker.learn(target, reply) if reply else None
        shot = aims.answer(attacker.loot, page.forms[0], dice) if page and page.forms else None
        if shot is not None:
            self._fire(attacker, shot, at)

    def _send_again(self, attacker: Attacker, dice: random.Random, at: str, *, times: int) -> None:
        shot = aims.again(attacker, dice) or aims.visit(attacker, dice)
        with ThreadPoolExecutor(times) as threads:
            list(threads.map(lambda _number: self._fire(attacker, shot, at), range(times)))

    def _fire(self, attacker: Attacker, shot: Shot, at: str) -> Reply | None:
        """Send a request, judge its answer and learn from it; return the answer, None where there was none."""
        self.report.requests += 1
        self.report.roles[attacker.name] += 1
        try:
            reply = attacker.wire.send(shot)
        except NoReplyError as error:
            self.report.statuses["none"] += 1
            self.report.add(Finding(Kind.SILENT, str(error), attacker.name, shot, at))
            return None
        self.report.statuses[str(reply.status)] += 1
        for kind, details in judge(reply, attacker.unseen):
            self.report.add(Finding(kind, details, attacker.name, shot, at))
        if shot.method == "GET" and not shot.headers:
            attacker.learn(shot.target, reply)
        elif "location" in reply.headers:
            attacker.learn(reply.headers["location"], reply)
        return reply
