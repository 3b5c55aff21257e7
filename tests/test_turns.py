"""Turns at long readings: one at a time, whoever holds it and however it ends, on both databases."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest

from tests.people import NOW
from timebank.turns import LongReading, TurnTakenError, take

BANK, OTHER_BANK = 2**62 + 7, 2**62 + 8
LATER = NOW + timedelta(minutes=3)
#: Takes the turn in a process of its own, says so, and keeps it.
HOLD = """
import sys, time
from datetime import datetime
from timebank.config import database
from timebank.db import make_engine
from timebank.turns import LongReading, take
engine, bank_id, now = make_engine(database(sys.argv[1])), int(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
turn = take(engine, LongReading.EXPORT, bank_id, now=now)
print("taken", flush=True)
time.sleep(60)
"""


def is_free(backend, reading=LongReading.EXPORT, bank_id=BANK):
    try:
        take(backend.engine, reading, bank_id, now=NOW).close()
    except TurnTakenError:
        return False
    return True


def test_whoever_comes_second_is_told_since_when_and_never_waits(backend):
    with closing(take(backend.engine, LongReading.EXPORT, BANK, now=NOW)):
        began = time.monotonic()
        with pytest.raises(TurnTakenError) as caught:
            take(backend.engine, LongReading.EXPORT, BANK, now=LATER)
        assert time.monotonic() - began < 2
        assert caught.value.since == NOW
    assert is_free(backend)


def test_other_banks_and_other_readings_have_turns_of_their_own(backend):
    with closing(take(backend.engine, LongReading.EXPORT, BANK, now=NOW)):
        assert is_free(backend, bank_id=OTHER_BANK)
        assert is_free(backend, LongReading.CHECK)
        assert not is_free(backend)


def test_of_many_at_once_one_has_the_turn(backend):
    def try_it(number):
        try:
            return take(backend.engine, LongReading.EXPORT, BANK, now=NOW + timedelta(seconds=number))
        except TurnTakenError:
            return None

    with ThreadPoolExecutor(8) as threads:
        turns = [turn for turn in threads.map(try_it, range(8)) if turn]
    assert len(turns) == 1
    turns[0].close()
    assert is_free(backend)


def test_a_turn_may_end_twice_and_takes_none_from_the_next(backend):
    first = take(backend.engine, LongReading.EXPORT, BANK, now=NOW)
    first.close()
    with closing(take(backend.engine, LongReading.EXPORT, BANK, now=NOW)):
        first.close()
        assert not is_free(backend)


def test_a_turn_ends_by_itself_where_nobody_ends_it(backend):
    take(backend.engine, LongReading.EXPORT, BANK, now=NOW, most_seconds=0.2)
    assert not is_free(backend)
    until = time.monotonic() + 10
    while not is_free(backend) and time.monotonic() < until:
        time.sleep(0.05)
    assert is_free(backend)


def test_a_turn_ends_with_the_process_that_holds_it(backend):
    url = backend.engine.url.render_as_string(hide_password=False)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, url, str(BANK), NOW.isoformat()], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "taken\n"
        with pytest.raises(TurnTakenError) as caught:
            take(backend.engine, LongReading.EXPORT, BANK, now=LATER)
        assert caught.value.since == NOW
    finally:
        holder.kill()
        holder.communicate()
    until = time.monotonic() + 10
    while not is_free(backend) and time.monotonic() < until:
        time.sleep(0.05)  # the server has to notice first
    assert is_free(backend)


def test_a_turn_leaves_the_pool_as_it_was(backend):
    before = backend.engine.pool.checkedout()
    turn = take(backend.engine, LongReading.EXPORT, BANK, now=NOW)
    assert backend.engine.pool.checkedout() == before
    turn.close()
    assert backend.engine.pool.checkedout() == before


def test_the_lock_beside_an_embedded_database_is_its_owners_alone(sqlite):
    with closing(take(sqlite.engine, LongReading.CHECK, 0, now=NOW)):
        (path,) = sqlite.settings.instance.parent.glob("*.check-0.lock")
        assert path.stat().st_mode & 0o777 == 0o600
