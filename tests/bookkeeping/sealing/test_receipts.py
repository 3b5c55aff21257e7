"""Receipts and proofs over more leaves than a block, in two banks whose leaves have the same numbers."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.people import NOW
from timebank.bookkeeping.actions import NewEntry
from timebank.bookkeeping.many import post_many
from timebank.bookkeeping.queries import get_account_of_kind
from timebank.bookkeeping.sealing import receipts
from timebank.bookkeeping.sealing.actions import seal
from timebank.bookkeeping.sealing.models import Leaf
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import EntryKind, Line
from timebank.ledger.merkle import BLOCK, consistency_proof, is_consistent, is_included, root
from timebank.ledger.notes import Checkpoint, name_log, read_note
from timebank.ledger.papers import read_paper, read_receipt

#: Leaves of a bank besides its entries differ a little: numbers around the ends of blocks are what matters.
PLACES = (0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK - 1, 2 * BLOCK, 2 * BLOCK + 20)


@pytest.fixture
def banks(session, village):
    """Return the ids of two banks, each sealed twice, with different entries at the same leaf numbers."""
    for bank, actor in ((village.angus, village.ada), (village.perth, village.perdita)):
        pot = get_account_of_kind(session, bank.id, AccountKind.POT)
        line = (Line(pot, actor.account_id, 15),)
        post_many(session, [_entry(bank.id, actor, number, line) for number in range(BLOCK + 40)])
        seal(session, bank.id, now=NOW)
        post_many(session, [_entry(bank.id, actor, number, line) for number in range(BLOCK + 40, 2 * BLOCK + 60)])
        seal(session, bank.id, now=NOW + timedelta(minutes=1))
    session.commit()
    return [village.angus.id, village.perth.id]


def _entry(bank_id, actor, number, lines):
    key, day = f"k{number}", NOW.date()
    words = "Füße" if number % 50 == 0 else None
    return NewEntry(bank_id, key, EntryKind.GRANT, lines, day, NOW, actor.membership_id, key, words=words)


def _hashes(session, bank_id):
    query = select(Leaf.hash).where(Leaf.bank_id == bank_id).order_by(Leaf.number)
    return [bytes(leaf_hash) for leaf_hash in session.scalars(query)]


def test_begins_with_is_true_for_the_banks_own_checkpoints_only(session, banks):
    for bank_id in banks:
        hashes = _hashes(session, bank_id)
        assert len(hashes) > 2 * BLOCK + 60
        for size in (*PLACES[1:], len(hashes)):
            right = Checkpoint(name_log(bank_id), size, root(hashes[:size]), "")
            assert receipts.begins_with(session, bank_id, right)
            wrong = Checkpoint(name_log(bank_id), size, root(hashes[: size - 1]), "")
            assert not receipts.begins_with(session, bank_id, wrong)
        beyond = Checkpoint(name_log(bank_id), len(hashes) + 1, root(hashes), "")
        assert not receipts.begins_with(session, bank_id, beyond)


def test_every_receipt_verifies_under_its_own_banks_seal(session, banks):
    for bank_id in banks:
        hashes = _hashes(session, bank_id)
        for number in PLACES:
            subject = session.scalar(select(Leaf.subject_id).where(Leaf.bank_id == bank_id, Leaf.number == number))
            paper = receipts.make_receipt(session, bank_id, subject)
            if paper is None:
                assert number < len(hashes) - 2 * BLOCK - 60  # an account or its limit, of which nobody has a receipt
                continue
            receipt = read_receipt(paper)
            checkpoint = receipt.note.checkpoint
            assert (receipt.number, checkpoint.size, checkpoint.root) == (number, len(hashes), root(hashes))
            assert is_included(hashes[number], number, len(hashes), receipt.proof, root(hashes))


def test_a_receipt_is_indented_json(session, banks):
    first = session.scalars(
        select(Leaf.subject_id).where(Leaf.bank_id == banks[0], Leaf.kind == "entry").order_by(Leaf.number)
    ).first()
    paper = receipts.make_receipt(session, banks[0], first)
    assert '\n  "words": "Füße",\n' in paper
    assert paper.endswith("}\n")


def test_a_consistency_proof_verifies_between_any_two_checkpoints(session, banks):
    for bank_id in banks:
        hashes = _hashes(session, bank_id)
        (new, _at), (old, _before) = receipts.list_seals(session, bank_id, 5)
        paper = read_paper(receipts.make_succession(session, bank_id, old, new))
        proof = consistency_proof(old, new, lambda start, end, hashes=hashes: root(hashes[start:end]))
        assert list(paper.proof) == list(proof)
        assert is_consistent(old, new, root(hashes[:old]), root(hashes), paper.proof)
        assert read_note(receipts.find_checkpoint(session, bank_id, old)[1]).checkpoint.size == old
        assert receipts.find_checkpoint(session, bank_id)[0] == new
        same = read_paper(receipts.make_succession(session, bank_id, new, new))
        assert (same.note.checkpoint.size, list(same.proof)) == (new, [])


def test_there_is_no_proof_for_sizes_without_a_checkpoint(session, banks):
    (new, _at), (old, _before) = receipts.list_seals(session, banks[0], 5)
    assert receipts.make_succession(session, banks[0], new, old) is None
    assert receipts.make_succession(session, banks[0], old, new + 1) is None
    assert receipts.make_succession(session, banks[0], old + 1, new) is None
    assert receipts.find_checkpoint(session, banks[0], old + 1) is None


def test_public_figures_are_of_one_bank(session, village, banks):
    assert receipts.count_public(session, village.angus.id).entries == 2 * BLOCK + 60
    assert receipts.count_public(session, village.angus.id).total_minutes == 0
    assert receipts.count_public(session, 1) == receipts.PublicFigures(0, 0)
