"""The signer remembers what it signed: seals and rows that were taken away, or a copy put back, are a fork."""

import json
import multiprocessing
import stat
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.people import NOW, make_confirmed
from tests.unguarded import edit
from timebank import clock
from timebank.bookkeeping.checking.forks import seals_go_on
from timebank.bookkeeping.sealing import memory
from timebank.bookkeeping.sealing.actions import seal
from timebank.bookkeeping.sealing.logs import begin_log
from timebank.bookkeeping.sealing.memory import Memory, Signed
from timebank.db import make_engine, snapshot
from timebank.ledger.checks import Verdict
from timebank.ledger.errors import SealNotRememberedError, SealsForkedError

SEALS = 3
#: What somebody with the database can take away or change, so that all that is left agrees with itself.
FORKS = {
    "all seals and leaves": ["DELETE FROM seal WHERE bank_id = {bank}", "DELETE FROM leaf WHERE bank_id = {bank}"],
    "the newest seal and its leaves": [
        "DELETE FROM leaf WHERE number >= (SELECT size FROM seal WHERE bank_id = {bank} AND number = 2)",
        "DELETE FROM seal WHERE bank_id = {bank} AND number = 3",
    ],
    "a seal in the middle, and those after it have its number": [
        "DELETE FROM seal WHERE bank_id = {bank} AND number = 2",
        "UPDATE seal SET number = 2 WHERE bank_id = {bank} AND number = 3",
    ],
    "a leaf that was sealed": ["UPDATE leaf SET hash = root FROM seal WHERE leaf.number = 0 AND seal.number = 1"],
}


def _seal(backend, village, now=NOW):
    with backend.session() as session:
        sealed = seal(session, village.angus.id, now=now)
        session.commit()
    return sealed


def _help(backend, village):
    with backend.session() as session:
        make_confirmed(session, village, village.ada, village.grace, what=f"Help number {clock.next_id()}")
        session.commit()


def _check(backend):
    with Session(snapshot(backend.engine), info=backend.settings.session_info) as session:
        session.execute(text("SELECT 1 FROM bank")).all()
        return seals_go_on(session)


def _file(backend, village):
    return backend.settings.seal_memory / str(village.angus.id)


@pytest.fixture
def sealed(backend, village):
    for number in range(SEALS):
        _help(backend, village)
        _seal(backend, village, NOW + timedelta(minutes=number))
    return village


def test_the_newest_seal_of_each_bank_is_remembered_beside_the_key(backend, sealed):
    content = json.loads(_file(backend, sealed).read_text())
    with backend.session() as session:
        newest = session.execute(text("SELECT number, checkpoint FROM seal ORDER BY number DESC")).first()
    assert content == {"signed": {"number": newest.number, "checkpoint": newest.checkpoint}, "signing": None}
    assert stat.S_IMODE(_file(backend, sealed).stat().st_mode) == 0o600
    assert stat.S_IMODE(_file(backend, sealed).parent.stat().st_mode) == 0o700
    assert (_check(backend).verdict, _check(backend).figure) == (Verdict.RIGHT, 1)


@pytest.mark.parametrize("statements", FORKS.values(), ids=FORKS)
def test_what_was_taken_away_is_a_fork_and_is_not_sealed_over(backend, sealed, statements):
    edit(backend.owner, [statement.format(bank=sealed.angus.id) for statement in statements])
    (finding,) = _check(backend).findings
    assert (finding.table, finding.row) == ("seal", f"{sealed.angus.id}/{SEALS}")
    assert finding.problem.startswith("fork: the books do not go on from this seal, of ")
    if (
        "leaf SET hash" not in statements[0]
    ):  # the seal's peaks go on from what was signed; `seals_match` names the leaf
        _help(backend, sealed)
        with backend.session() as session, pytest.raises(SealsForkedError):
            seal(session, sealed.angus.id, now=NOW + timedelta(hours=1))


def test_changed_peaks_are_not_sealed_over(backend, sealed):
    edit(backend.owner, ["UPDATE seal SET peaks = root WHERE number = 3"])
    _help(backend, sealed)
    with backend.session() as session, pytest.raises(SealsForkedError):
        seal(session, sealed.angus.id, now=NOW + timedelta(hours=1))


def test_a_seal_that_was_rolled_back_is_no_fork(backend, sealed):
    _help(backend, sealed)
    with backend.session() as session:
        seal(session, sealed.angus.id, now=NOW + timedelta(hours=1))
        session.rollback()
        session.execute(text("SELECT 1"))
        session.commit()
    assert _check(backend).verdict is Verdict.RIGHT
    assert _seal(backend, sealed, NOW + timedelta(hours=2)) is not None
    assert _check(backend).verdict is Verdict.RIGHT


def test_a_seal_is_remembered_although_the_process_ended_at_its_commit(backend, sealed, monkeypatch):
    monkeypatch.setattr(memory, "_confirm", lambda *_arguments: None)
    _help(backend, sealed)
    _seal(backend, sealed, NOW + timedelta(hours=1))
    assert _check(backend).verdict is Verdict.RIGHT
    _help(backend, sealed)
    _seal(backend, sealed, NOW + timedelta(hours=2))
    newest = ["DELETE FROM seal WHERE bank_id = {bank} AND number >= 4", "DELETE FROM leaf WHERE number >= {size}"]
    with backend.session() as session:
        size = session.scalar(text("SELECT size FROM seal WHERE number = 3"))
    edit(backend.owner, [statement.format(bank=sealed.angus.id, size=size) for statement in newest])
    assert _check(backend).verdict is Verdict.WRONG


def test_nothing_is_signed_that_cannot_be_remembered(backend, village):
    backend.settings.seal_memory.write_text("a file where the folder belongs")
    try:
        with backend.session() as session, pytest.raises(SealNotRememberedError):
            seal(session, village.angus.id, now=NOW)
    finally:
        backend.settings.seal_memory.unlink()


def test_a_damaged_file_is_named_and_not_sealed_over(backend, sealed):
    _file(backend, sealed).write_text('{"signed": 5}')
    assert [finding.table for finding in _check(backend).findings] == ["seal.signed"]
    with backend.session() as session, pytest.raises(SealsForkedError):
        seal(session, sealed.angus.id, now=NOW + timedelta(hours=1))


def test_the_memory_follows_a_new_log(backend, sealed):
    bank = sealed.angus.id
    edit(backend.owner, [statement.format(bank=bank) for statement in FORKS["the newest seal and its leaves"]])
    with backend.owner_session() as session:
        begin_log(session, bank, 2, checkpoint=None, now=NOW)
        seal(session, bank, now=NOW + timedelta(hours=1), after_restore=True)
        session.commit()
    assert _check(backend).verdict is Verdict.RIGHT
    _help(backend, sealed)
    assert _seal(backend, sealed, NOW + timedelta(hours=2)) is not None


def test_a_later_seal_is_not_forgotten_by_the_confirmation_of_an_earlier_one(backend, village):
    with backend.session() as session:
        earlier, later = Signed(1, "earlier"), Signed(2, "later")
        backend.settings.seal_memory.mkdir()
        memory._write(session, village.angus.id, Memory(earlier, later))
        memory._confirm(session, village.angus.id, earlier)
    assert json.loads(_file(backend, village).read_text())["signing"]["number"] == later.number


def _seal_often(url, info, bank_id, times):
    engine = make_engine(url)
    for number in range(times):
        with Session(engine, info=info) as session:
            seal(session, bank_id, now=NOW + timedelta(minutes=number))
            session.commit()
    engine.dispose()


def test_two_processes_seal_one_after_the_other(backend, village):
    process = multiprocessing.get_context("spawn").Process
    arguments = (backend.settings.database_url, backend.settings.session_info, village.angus.id, 6)
    sealers = [process(target=_seal_often, args=arguments) for _ in range(2)]
    for sealer in sealers:
        sealer.start()
    try:
        for _ in range(5):
            _help(backend, village)
    finally:
        for sealer in sealers:
            sealer.join()
    assert [sealer.exitcode for sealer in sealers] == [0, 0]
    assert _check(backend).verdict is Verdict.RIGHT
