"""The disk is full: nothing is half written, the error page is served, and the form succeeds when there is room again.

Uses a small tmpfs, which takes the right to mount. Without it these tests are skipped with the reason, and only
SQLite's own limit of pages is tested.
"""

import subprocess
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.faults.killing import Reading
from tests.faults.own_postgresql import own_sqlite
from tests.faults.trouble import confirmed_once, says_calmly, waiting_confirmation
from tests.people import NOW, TODAY, settle, terms
from timebank.actors import Doing
from timebank.audit.checks import check_books
from timebank.banks.queries import find_bank
from timebank.bookkeeping.actions import NewEntry, post
from timebank.codes import spoken
from timebank.db import make_engine
from timebank.exchanges import actions
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import EntryKind, Line
from timebank.members.queries import find_actor_by_code
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions as trail

PIECE = 64 * 1024


@pytest.fixture
def small_disk(scratch_folder):
    """A filesystem of 48 MB in memory."""
    mounted = scratch_folder / "small"
    mounted.mkdir()
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(mounted)],  # noqa: S607 (wherever mount is)
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no small disk can be mounted here: {getattr(error, 'stderr', error)}")
    yield mounted
    subprocess.run(["umount", "--lazy", str(mounted)], check=True)  # noqa: S607 (wherever umount is)


@contextmanager
def filled(disk):
    """Fill the disk for the time of the block."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for piece in (PIECE, 1):
            with suppress(OSError):
                while file.write(bytes(piece)) == piece:
                    pass
    try:
        yield
    finally:
        filler.unlink()


def nothing_is_half(settings):
    with Reading(settings) as session:
        assert [check.name for check in check_books(session) if check.verdict is Verdict.WRONG] == []
        return session.scalar(text("SELECT count(*) FROM entry"))


def test_a_full_disk_under_the_embedded_database(small_disk, pair_on):
    settings = own_sqlite(small_disk)
    receiver, page, code = waiting_confirmation(pair_on(settings))
    entries = nothing_is_half(settings)
    with filled(small_disk):
        assert receiver.get("hours").status == 200, "reading goes on"
        refused = receiver.submit(page)
        says_calmly(refused)
        says_calmly(receiver.submit(refused, "Try again"))
        assert nothing_is_half(settings) == entries
    confirmed_once(receiver, refused, code)
    assert nothing_is_half(settings) == entries + 1


def test_a_full_disk_under_postgresql(small_disk, postgresql_of_ours, pair_on):
    """Tables are on the small disk, the write-ahead log is not: a server without room for its log would stop."""
    postgresql_of_ours.move_tables(small_disk)
    settings = postgresql_of_ours.settings
    _giver, receiver = pair_on(settings).browsers
    waiting = iter(_recorded(settings, 40))
    with filled(small_disk):
        page = receiver.get("hours")
        while page.status != 503:
            code = next(waiting)
            page = receiver.submit(receiver.get(f"exchanges/{code}/confirmation"))
        says_calmly(page)
        entries = nothing_is_half(settings)
        says_calmly(receiver.submit(page, "Try again"))
        assert nothing_is_half(settings) == entries
    confirmed_once(receiver, page, spoken(code))
    assert nothing_is_half(settings) == entries + 1


def _recorded(settings, count):
    """Record `count` exchanges for the second of the pair to confirm, which makes tables grow; return their codes."""
    engine = make_engine(settings.database_url)
    with Session(engine, info=settings.session_info, expire_on_commit=False) as session:
        bank = find_bank(session, "angus")
        rows = session.execute(text("SELECT code FROM membership ORDER BY number DESC LIMIT 2"))
        receiver, giver = (find_actor_by_code(session, bank.id, row.code) for row in rows.all())
        agreed = terms(giver, receiver, minutes=15)
        codes = [actions.record(session, bank, agreed, Doing(giver, NOW, f"r{n}")) for n in range(count)]
        session.commit()
    engine.dispose()
    return codes


def test_where_the_engine_has_no_more_pages_nothing_is_kept_and_the_same_entry_goes_through_later(sqlite):
    """SQLite's own limit, where no disk can be mounted."""
    with sqlite.session() as session:
        village = settle(session)
        session.commit()
    entry = NewEntry(
        bank_id=village.angus.id,
        key="full",
        kind=EntryKind.GIFT,
        lines=tuple(Line(village.ada.account_id, village.grace.account_id, 1) for _ in range(500)),
        occurred_on=TODAY,
        recorded_at=NOW,
        recorded_by=village.ada.membership_id,
        deed="test:full",
        words="A gift",
    )
    with sqlite.session() as session:
        pages = session.scalar(text("PRAGMA page_count"))
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
        with pytest.raises(OperationalError, match="database or disk is full"):
            post(session, entry)
        session.rollback()
        assert nothing_is_half(sqlite.settings) == 0
        session.execute(text(f"PRAGMA max_page_count = {pages * 100}"))
        trail.begin(session, Doing(village.ada, NOW), DeedName.RULES_CHANGED, Ref(Subject.BANK, "angus"))
        assert post(session, entry) == post(session, entry)
        session.commit()
    assert nothing_is_half(sqlite.settings) == 1
