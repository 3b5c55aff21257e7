"""Linked entries of a deed between two banks, inserted in one statement."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import select, text

from tests.people import NOW
from timebank.bookkeeping import actions
from timebank.bookkeeping.checking.checks import CHECKS
from timebank.bookkeeping.models import Account, Entry, Memo
from timebank.bookkeeping.opening import open_account
from timebank.ledger.accounts import AccountKind
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import EntryKind, Line
from timebank.ledger.errors import FloorReachedError, KeyTakenError, NoSuchMemberError


class Between:
    """Clearing accounts of two banks, and deeds between Grace's bank and Perdita's."""

    def __init__(self, session, books):
        self.books = books
        said = {"floor": None, "reason": "", "by": None, "now": NOW}
        pair = ((books.bank, books.other_bank), (books.other_bank, books.bank))
        self.here, self.there = (open_account(session, one, AccountKind.CLEARING, other, **said) for one, other in pair)
        session.commit()

    def deed(self, key, minutes=60, *, words=None, back=False):
        """Return entries from Grace to Perdita, recorded by Ada; `back`: the other way, recorded there."""
        books = self.books
        said = {"kind": EntryKind.CLEARING, "words": words}
        here, there = Line(books.grace, self.here, minutes), Line(self.there, books.perdita, minutes)
        by_us, by_them = {"recorded_by": books.recorder}, {"recorded_by": books.other_member}
        if back:
            here, there = Line(self.here, books.grace, minutes), Line(books.perdita, self.there, minutes)
            first = books.entry(key, there, bank_id=books.other_bank, **by_them, **said)
            return first, books.entry(key, here, recorder_bank_id=books.other_bank, **by_them, **said)
        second = books.entry(key, there, bank_id=books.other_bank, recorder_bank_id=books.bank, **by_us, **said)
        return books.entry(key, here, **by_us, **said), second


@pytest.fixture
def between(session, books):
    return Between(session, books)


def _balances(session, *ids):
    rows = {row.id: row.balance for row in session.execute(select(Account.id, Account.balance))}
    return [rows[account_id] for account_id in ids]


def _assert_right(session):
    assert {check.__name__ for check in CHECKS if check(session).verdict is not Verdict.RIGHT} == set()


@pytest.mark.parametrize("words", [None, "A lift to Perth"])
@pytest.mark.parametrize("back", [False, True])
def test_both_linked_entries_are_posted(session, books, between, words, back):
    first, second = between.deed("k", words=words, back=back)
    ids = actions.post_linked(session, first, second)
    session.commit()
    rows = session.execute(select(Entry.bank_id, Entry.id, Entry.recorder_bank_id).order_by(Entry.id)).all()
    assert rows == [(first.bank_id, ids[0], None), (second.bank_id, ids[1], first.bank_id)]
    sign = -1 if back else 1
    balances = _balances(session, books.grace, between.here, between.there, books.perdita)
    assert balances == [-60 * sign, 60 * sign, -60 * sign, 60 * sign]
    memos = session.execute(select(Memo.bank_id, Memo.entry_id, Memo.words).order_by(Memo.entry_id)).all()
    assert memos == ([] if words is None else [(*row[:2], words) for row in rows])
    _assert_right(session)


def test_one_linked_entry_may_have_words(session, between):
    first, second = between.deed("k")
    _id, second_id = actions.post_linked(session, first, replace(second, words="Only there"))
    assert session.execute(select(Memo.entry_id, Memo.words)).all() == [(second_id, "Only there")]
    _assert_right(session)


@pytest.mark.parametrize("words", [None, "A lift to Perth"])
def test_a_replay_returns_both_existing_entries(session, books, between, words):
    deed = between.deed("k", words=words)
    ids = actions.post_linked(session, *deed)
    session.commit()
    assert actions.post_linked(session, *deed) == ids
    session.commit()
    assert _balances(session, books.grace, books.perdita) == [-60, 60]
    assert len(session.scalars(select(Memo.entry_id)).all()) == (0 if words is None else 2)


@pytest.mark.parametrize("which", [0, 1])
def test_another_deed_under_the_key_of_either_is_refused(session, books, between, which):
    deed = list(between.deed("k"))
    actions.post_linked(session, *deed)
    session.commit()
    deed[which] = replace(deed[which], deed="test:other")
    with pytest.raises(KeyTakenError):
        actions.post_linked(session, *deed)
    session.rollback()
    assert _balances(session, books.grace, books.perdita) == [-60, 60]


@pytest.mark.parametrize("words", [None, "Words"])
@pytest.mark.parametrize("which", [0, 1])
def test_if_only_one_of_the_two_exists_nothing_is_written(session, books, between, which, words):
    deed = between.deed("k", words=words)
    standing = actions.post(session, deed[which])
    session.commit()
    with pytest.raises(KeyTakenError):
        actions.post_linked(session, *deed)
    session.rollback()
    assert session.scalars(select(Entry.id)).all() == [standing]
    assert len(session.scalars(select(Memo.entry_id)).all()) == (0 if words is None else 1)
    assert _balances(session, books.grace, books.perdita) == ([-60, 0] if which == 0 else [0, 60])


def _below_floor(first, second):
    return replace(first, lines=(replace(first.lines[0], minutes=1201),)), second


def _of_nobody(first, second):
    return first, replace(second, recorded_by=7)


def _of_its_own_bank(first, second):
    """Who recorded it is a member of the other bank, so the second entry has to say so."""
    return first, replace(second, recorder_bank_id=None)


def _of_no_such_bank(first, second):
    return first, replace(second, recorder_bank_id=7)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (_below_floor, FloorReachedError),
        (_of_nobody, NoSuchMemberError),
        (_of_its_own_bank, NoSuchMemberError),
        (_of_no_such_bank, NoSuchMemberError),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_if_one_is_refused_neither_is_written(session, books, between, change, refusal, turned):
    deed = change(*between.deed("k", words="Words"))
    with pytest.raises(refusal):
        actions.post_linked(session, *(deed[::-1] if turned else deed))
    session.rollback()
    assert session.scalars(select(Entry.id)).all() == session.scalars(select(Memo.entry_id)).all() == []
    assert _balances(session, books.grace, between.here, between.there, books.perdita) == [0, 0, 0, 0]


@pytest.mark.parametrize("wrong", [{"kind": EntryKind.EXCHANGE}, {"key": "another"}, {"bank_id": None}])
def test_linked_entries_must_be_clearing_with_one_key_in_two_banks(session, books, between, wrong):
    first, second = between.deed("k")
    changed = replace(second, **{name: value or first.bank_id for name, value in wrong.items()})
    with pytest.raises(ValueError, match="linked entries"):
        actions.post_linked(session, first, changed)


def test_a_member_of_the_other_bank_can_record_for_another_of_its_members(session, books, between):
    first, second = between.deed("k")
    second = replace(second, on_behalf_of=books.approver, approved_by=books.other_member)
    actions.post_linked(session, first, second)
    _assert_right(session)
    for wrong in ({"on_behalf_of": books.other_member}, {"approved_by": books.approver}):
        with pytest.raises(NoSuchMemberError):
            actions.post_linked(session, replace(first, key="l"), replace(second, key="l", **wrong))
        session.rollback()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_concurrent_deeds_in_opposite_directions_do_not_deadlock(backend, books, session, between):
    """None fails, so none needs a retry. On SQLite writers are serialized."""
    rounds, barrier = 40, Barrier(4)

    def write(number):
        for turn in range(rounds):
            barrier.wait(30)
            with backend.session() as own:
                actions.post_linked(own, *between.deed(f"{number}-{turn}", 1, back=number % 2 == 1))
                own.commit()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))
    assert _balances(session, books.grace, between.here, between.there, books.perdita) == [0, 0, 0, 0]
    assert session.scalar(text("SELECT count(*) FROM entry")) == 2 * 4 * rounds
    _assert_right(session)
