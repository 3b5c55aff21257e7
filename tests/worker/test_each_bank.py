"""What is done in each bank is done in all of them, whatever happens in one."""

import logging

import pytest

from timebank.cli.sealing import seal_all
from timebank.cli.sweeping import remind_all, sweep_all
from timebank.worker import digesting
from timebank.worker.digesting import make_digests
from timebank.worker.each_bank import SomeBanksFailedError, in_each

ADDRESS = "ada@example.org"


def test_one_bank_that_fails_keeps_no_other_from_it_and_is_named(caplog):
    done = []

    def do(slug):
        done.append(slug)
        if slug == "angus":
            raise RuntimeError(ADDRESS)
        return len(slug)

    with pytest.raises(SomeBanksFailedError, match=r"^angus$"):
        in_each(["angus", "perth"], do)
    assert done == ["angus", "perth"]
    assert "RuntimeError in test_each_bank.py" in caplog.text
    assert ADDRESS not in caplog.text
    assert in_each(["perth"], do) == [5]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("timebank.cli.sweeping.remind", remind_all),
        ("timebank.cli.sweeping.expire", sweep_all),
        ("timebank.cli.sealing.seal_books", seal_all),
    ],
)
def test_the_chores_of_a_worker_go_on_with_the_next_bank(backend, village, monkeypatch, name, what, caplog):
    asked = []

    def fail(_session, *_about, **_more):
        asked.append(1)
        raise RuntimeError

    monkeypatch.setattr(name, fail)
    with caplog.at_level(logging.ERROR), pytest.raises(SomeBanksFailedError, match="angus, perth"):
        what(backend.settings)
    assert len(asked) == 2


def test_digests_go_on_with_the_next_bank(office, monkeypatch):
    asked = []

    def fail(_session, bank, _now, **_more):
        asked.append(bank.slug)
        raise RuntimeError

    monkeypatch.setattr(digesting, "is_anybody_due", fail)
    with pytest.raises(SomeBanksFailedError):
        make_digests(office)
    assert sorted(asked) == ["angus", "perth"]
