"""A new log continues the tree, records it in its first leaf, and cannot be changed."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.bookkeeping.sql import refusal_of
from tests.people import NOW, settle
from timebank.bookkeeping.checking.seals import seals_match
from timebank.bookkeeping.sealing import receipts
from timebank.bookkeeping.sealing.actions import seal
from timebank.bookkeeping.sealing.logs import begin_log, list_logs, list_names, name_of_seal
from timebank.bookkeeping.sealing.models import Leaf, Seal
from timebank.bookkeeping.sealing.signing import find_signer
from timebank.ledger.errors import NotSealedInOrderError
from timebank.ledger.leaves import LeafKind
from timebank.ledger.merkle import hash_leaf
from timebank.ledger.notes import read_note
from timebank.ledger.papers import goes_on, read_paper, read_receipt

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def owner(backend):
    """Yield a session of the tables' owner, the only role that may begin a log."""
    with backend.owner_session() as session:
        yield session


@pytest.fixture
def two_logs(session, books, post, owner):
    """Seal an entry in the first log, begin a second one; return the sizes of both seals."""
    post(books.entry("one"))
    first = seal(session, books.bank, now=NOW)
    session.commit()
    begin_log(owner, books.bank, 2, checkpoint="timebank/1\n99\n", now=LATER)
    second = seal(owner, books.bank, now=LATER)
    owner.commit()
    return first.size, second.size


def _checkpoint(session, bank, number):
    return session.scalar(select(Seal.checkpoint).where(Seal.bank_id == bank, Seal.number == number))


def test_a_new_log_has_its_own_name_and_old_seals_stay_valid(session, books, two_logs):
    names = [read_note(_checkpoint(session, books.bank, number)).checkpoint.origin for number in (1, 2)]
    assert names == list_names(session, books.bank) == [f"timebank/{books.bank}", f"timebank/{books.bank}/2"]
    assert two_logs[1] == two_logs[0] + 1
    assert seals_match(session).findings == ()


def test_the_first_leaf_of_a_new_log_records_why_it_began(session, books, two_logs):
    (leaf,) = session.execute(select(Leaf.kind, Leaf.subject_id).where(Leaf.number == two_logs[0])).all()
    assert tuple(leaf) == (LeafKind.LOG.value, 2)
    (log,) = list_logs(session, books.bank)
    assert (log.after_seal, log.size, log.checkpoint) == (1, two_logs[0], "timebank/1\n99\n")


def test_the_leaf_of_a_log_is_encoded_as_specified(session, books, two_logs):
    """docs/ledger.md: names sorted, ids as text, moments in UTC with microseconds."""
    fields = {
        "leaf": "log",
        "bank_id": str(books.bank),
        "number": 2,
        "after_seal": 1,
        "size": two_logs[0],
        "checkpoint": "timebank/1\n99\n",
        "begun_at": "2026-11-21T11:00:00.000000Z",
    }
    encoded = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert bytes(session.scalar(select(Leaf.hash).where(Leaf.number == two_logs[0]))) == hash_leaf(encoded)


def test_every_seal_has_the_name_of_its_log(session, books, two_logs):
    logs = list_logs(session, books.bank)
    assert [name_of_seal(7, logs, number) for number in (1, 2, 3)] == ["timebank/7", "timebank/7/2", "timebank/7/2"]
    assert name_of_seal(7, (), 3) == "timebank/7"


def test_receipts_and_proofs_of_a_new_log_verify(session, books, two_logs, post):
    entry = post(books.entry("two"))
    seal(session, books.bank, now=LATER)
    session.commit()
    receipt = read_receipt(receipts.make_receipt(session, books.bank, entry))
    assert receipt.note.checkpoint.origin.endswith("/2")
    assert receipt.stands
    assert find_signer(receipt.note, receipt.keys)
    paper = read_paper(receipts.make_succession(session, books.bank, two_logs[0], receipt.note.checkpoint.size))
    assert goes_on(read_note(_checkpoint(session, books.bank, 1)), paper) is True
    assert goes_on(paper.note, read_paper(_checkpoint(session, books.bank, 1))) is False


def test_the_books_begin_with_each_of_their_seals_and_no_other(session, books, two_logs):
    for number in (1, 2):
        assert receipts.begins_with(session, books.bank, read_note(_checkpoint(session, books.bank, number)).checkpoint)
    other = seal(session, books.other_bank, now=NOW).size
    foreign = read_note(receipts.find_checkpoint(session, books.other_bank, other)[1]).checkpoint
    assert not receipts.begins_with(session, books.bank, foreign)
    farther = read_note(_checkpoint(session, books.bank, 2)).checkpoint
    assert not receipts.begins_with(session, books.other_bank, farther)


@pytest.mark.parametrize("number", [1, 2])
def test_a_log_number_cannot_be_used_twice(owner, books, two_logs, number):
    with pytest.raises(Exception, match=r"sealed_in_order|books_append_only|ck_seal_log_number"):
        begin_log(owner, books.bank, number, checkpoint=None, now=LATER)


def test_a_refusal_has_its_name(owner, books, two_logs):
    begin_log(owner, books.bank, 5, checkpoint=None, now=LATER)
    with pytest.raises(NotSealedInOrderError):
        begin_log(owner, books.bank, 4, checkpoint=None, now=LATER)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE seal_log SET number = number",
        "UPDATE seal_log SET checkpoint = NULL",
        "DELETE FROM seal_log",
        "INSERT INTO seal_log SELECT bank_id, 3, after_seal, size + 1, checkpoint, begun_at FROM seal_log",
        "INSERT INTO seal_log SELECT bank_id, 3, after_seal - 1, size + 1, checkpoint, begun_at FROM seal_log",
        "INSERT INTO seal_log SELECT bank_id, 3, after_seal + 1, size, checkpoint, begun_at FROM seal_log",
        "INSERT INTO seal_log SELECT * FROM seal_log",
    ],
)
def test_the_database_refuses_malformed_logs(backend, two_logs, statement):
    assert refusal_of(backend.owner, statement) is not None


@pytest.mark.parametrize("verb", ["INSERT OR IGNORE", "INSERT OR REPLACE"])
def test_no_other_way_of_inserting_changes_a_log(sqlite, verb):
    with sqlite.session() as session:
        village = settle(session)
        seal(session, village.angus.id, now=NOW)
        begin_log(session, village.angus.id, 2, checkpoint=None, now=LATER)
        session.commit()
    assert refusal_of(sqlite.engine, f"{verb} INTO seal_log SELECT * FROM seal_log") is not None


def test_the_webs_role_cannot_begin_a_log(postgresql):
    with Session(postgresql.engine) as web:
        sql = "INSERT INTO seal_log (bank_id, number, after_seal, size, begun_at) VALUES (1, 2, 0, 0, '2026-11-21')"
        with pytest.raises(Exception, match="permission denied"):
            web.execute(text(sql))


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE seal_log SET number = 3",
        "UPDATE seal_log SET after_seal = 2",
        "UPDATE seal_log SET after_seal = 0",
        "UPDATE seal_log SET size = size - 1",
        "UPDATE seal_log SET checkpoint = NULL",
        "UPDATE seal_log SET begun_at = '2026-11-22 10:00:00+00:00'",
        "UPDATE seal_log SET bank_id = (SELECT id FROM bank WHERE slug = 'perth')",
        "DELETE FROM seal_log",
    ],
)
def test_a_log_changed_past_the_triggers_is_a_finding(backend, owner, session, two_logs, tampering):
    if backend.name == "sqlite":
        for name in ("seal_log_before_insert", "seal_log_no_update", "seal_log_no_delete"):
            owner.execute(text(f"DROP TRIGGER {name}"))
    else:
        owner.execute(text("ALTER TABLE seal_log DISABLE TRIGGER ALL"))
    owner.execute(text(tampering))
    owner.commit()
    result = seals_match(session)
    session.rollback()
    if backend.name == "postgresql":
        owner.execute(text("ALTER TABLE seal_log ENABLE TRIGGER ALL"))
        owner.commit()
    assert result.findings
