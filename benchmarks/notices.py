"""Benchmark of notices: e-mails sent to a local SMTP server, and the digests of one large bank.

    python -m benchmarks.notices [--notices N] [--members N] [--only DATABASE] [--json]

Notices: N members have something to be told. Gathering that, claiming, writing and sending their e-mails. The server
is aiosmtpd in a process of its own, which counts and forgets. Digests: a bank of N members with an offer each and 500
requests, whose digests are made and then sent; memory is by how much the process grows at the peak.

Goals: rate and memory of 10,000 notices are printed; digests of 35,000 members within 10 minutes on two cores, and
memory that does not grow with their number.
"""

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiosmtpd.controller import Controller
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from benchmarks import databases
from benchmarks.memory import growth, in_new_process
from benchmarks.neighbours import Size, fill
from tests.worker.server import free_port
from timebank.app import create_app
from timebank.config import Settings
from timebank.db import make_engine, opened
from timebank.listings.models import Listing
from timebank.members.models import Membership, Person
from timebank.notices.actions import tell
from timebank.notices.kinds import NoticeKind
from timebank.references import Ref, Subject
from timebank.worker.digesting import make_digests
from timebank.worker.office import Office
from timebank.worker.sending import send_what_is_due
from timebank.worker.transports import make_transport

Figures = dict[str, float]

OPENED = {"postgresql": databases.postgresql, "sqlite": databases.sqlite}
RESULTS = Path(__file__).parent / "results"
REQUESTS = 500
BATCH = 1_000
GOAL_SECONDS = 600.0
_FROM = "benchmark"


def main() -> None:
    """Measure on both databases, print and write the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--notices", type=int, default=10_000)
    options.add_argument("--members", type=int, default=35_000)
    options.add_argument("--only", choices=tuple(OPENED))
    options.add_argument("--json", action="store_true", help="print nothing but the figures as JSON")
    chosen = options.parse_args()
    report = {}
    for name in [chosen.only] if chosen.only else OPENED:
        with OPENED[name]() as settings:
            report[name] = in_new_process(measure, settings, chosen.notices, chosen.members)
        if not chosen.json:
            sys.stdout.write(
                f"{name}\n" + "".join(f"  {key:<28} {value:10.1f}\n" for key, value in report[name].items())
            )
    written = json.dumps(report, indent=2)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "notices.json").write_text(f"{written}\n")
    if chosen.json:
        sys.stdout.write(f"{written}\n")


def measure(settings: Settings, notices: int, members: int) -> Figures:
    """Return the figures of notifying so many members in one database."""
    bank_id = fill(settings, Size(members, 1, REQUESTS))
    _give_emails(settings)
    with _server() as port:
        settings = replace(settings, mail=f"smtp://127.0.0.1:{port}", demo=True)  # at any hour of the day
        engine = make_engine(settings.database_url)
        office = Office(settings, engine, create_app(settings), make_transport(settings.mail), _Monday())
        figures = _measure_notices(office, bank_id, notices) | _measure_digests(office, members)
        engine.dispose()
    return figures


class _Monday:
    """The watch of the office: the next Monday at nine, so that weekly digests are due."""

    def __init__(self) -> None:
        now = datetime.now(UTC)  # noqa: TID251 (a benchmark)
        self.now = (now + timedelta(days=7 - now.weekday())).replace(hour=9, minute=0, second=0, microsecond=0)

    def __call__(self) -> datetime:
        return self.now


def _measure_notices(office: Office, bank_id: int, number: int) -> Figures:
    with office.reading() as session:
        ids = list(session.scalars(select(Membership.id).where(Membership.bank_id == bank_id).limit(number)))
    for start in range(0, len(ids), BATCH):
        with office.writing() as session:
            subject = Ref(Subject.MEMBER, _FROM)
            members = ids[start : start + BATCH]
            tell(session, bank_id, members, NoticeKind.PASSWORD_CHANGED, subject, now=office.watch(), occasion=_FROM)
    with growth() as grown:
        seconds, processor, sent = _timed(office)
    return {
        "notices": sent,
        "notices_a_second": sent / seconds,
        "notices_cpu_ms": 1000 * processor / sent,
        "notices_growth_mb": grown.peak_mb,
    }


def _measure_digests(office: Office, members: int) -> Figures:
    with growth() as grown:
        began, processor_began = time.monotonic(), time.process_time()
        made = make_digests(office)
        making, making_processor = time.monotonic() - began, time.process_time() - processor_began
        seconds, processor, sent = _timed(office)
    return {
        "digest_members": members,
        "digests_made": made,
        "digests_sent": sent,
        "digests_making_s": making,
        "digests_sending_s": seconds,
        "digests_all_s": making + seconds,
        "digests_cpu_ms": 1000 * (making_processor + processor) / sent,
        "digests_growth_mb": grown.peak_mb,
    }


def _timed(office: Office) -> tuple[float, float, int]:
    """Send what is due; return the seconds by the clock, those of this process's processor, and how many were sent."""
    began, processor_began = time.monotonic(), time.process_time()
    ended = send_what_is_due(office)
    return time.monotonic() - began, time.process_time() - processor_began, ended["sent"]


def _give_emails(settings: Settings) -> None:
    """Give everybody an e-mail that is theirs, and let the listings be new on the Monday."""
    with opened(settings.owner_url) as engine, Session(engine, info=settings.session_info) as session:
        for person in session.scalars(select(Person)):
            person.email, person.email_is_proved = f"p{person.id}@example.org", True
        session.execute(update(Listing).values(listed_at=_Monday()() - timedelta(days=5)))
        session.commit()


class _Counter:
    """A handler that forgets."""

    async def handle_DATA(self, *_what: object) -> str:  # noqa: N802 (aiosmtpd's name)
        """Take it."""
        return "250 OK"


def _serve(port: int) -> None:
    Controller(_Counter(), hostname="127.0.0.1", port=port).start()
    multiprocessing.Event().wait()


@contextmanager
def _server() -> Iterator[int]:
    """Yield the port of a mail server in a process of its own."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(port,), daemon=True)
    process.start()
    time.sleep(2)
    try:
        yield port
    finally:
        process.kill()


if __name__ == "__main__":
    main()
