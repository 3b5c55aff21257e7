"""Sealing numbers new rows and signs the root, on both databases; nothing else may write leaves and seals."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.bookkeeping.sql import refusal_of
from tests.people import NOW, settle
from timebank import clock
from timebank.bookkeeping import actions
from timebank.bookkeeping.checking.seals import not_sealed_yet, seals_match
from timebank.bookkeeping.models import Entry, LimitChange
from timebank.bookkeeping.refusals import insert_rows
from timebank.bookkeeping.sealing import actions as sealing
from timebank.bookkeeping.sealing.actions import count_unsealed, seal
from timebank.bookkeeping.sealing.leaves import SOURCES
from timebank.bookkeeping.sealing.models import Leaf, Seal
from timebank.bookkeeping.sealing.signing import find_signer
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import Line
from timebank.ledger.errors import NotSealedInOrderError
from timebank.ledger.leaves import LeafKind
from timebank.ledger.merkle import hash_leaf, root
from timebank.ledger.notes import Key, name_log, read_note
from timebank.retries import is_worth_retrying


@pytest.fixture
def sealed(session, books, post):
    """Return a function that seals Angus, commits and returns the result."""

    def sealing_now(now=NOW):
        done = seal(session, books.bank, now=now)
        session.commit()
        return done

    return sealing_now


def _leaves(session, bank):
    query = select(Leaf.number, Leaf.kind, Leaf.subject_id, Leaf.hash).where(Leaf.bank_id == bank)
    return session.execute(query.order_by(Leaf.number)).all()


def _seals(session, bank):
    return session.scalars(select(Seal).where(Seal.bank_id == bank).order_by(Seal.number)).all()


def test_leaves_are_numbered_from_zero_and_referenced_rows_come_first(session, books, post, sealed):
    entry = post(books.entry("one"))
    done = sealed()
    leaves = _leaves(session, books.bank)
    assert [leaf.number for leaf in leaves] == list(range(done.size))
    kinds = [leaf.kind for leaf in leaves]
    assert kinds == sorted(kinds, key=[kind.value for kind in LeafKind].index)
    assert set(done.new) == {LeafKind.ACCOUNT, LeafKind.HOLDER, LeafKind.LIMIT_CHANGE, LeafKind.ENTRY}
    assert leaves[-1].subject_id == entry
    assert sum(done.new.values()) == done.size == len(leaves)


def test_a_seal_is_signed_and_has_the_root_of_its_leaves(session, books, post, sealed, backend):
    post(books.entry("one"))
    sealed()
    (kept,) = _seals(session, books.bank)
    note = read_note(kept.checkpoint)
    (public,) = backend.settings.seal_keys[-1:]
    assert find_signer(note, [Key(name_log(books.bank), public)])
    assert find_signer(note, [Key(name_log(books.bank), b"\x01" * 32)]) is None
    hashes = [bytes(leaf.hash) for leaf in _leaves(session, books.bank)]
    assert note.checkpoint.root == root(hashes) == bytes(kept.root)
    assert (note.checkpoint.size, note.checkpoint.signed_at) == (len(hashes), "2026-11-21T10:00:00.000000Z")


def test_only_new_rows_are_sealed_and_the_tree_grows(session, books, post, sealed):
    post(books.entry("one"))
    first = sealed()
    later = [post(books.entry(key)) for key in ("two", "three")]
    second = sealed(NOW + timedelta(minutes=1))
    assert second.new == {LeafKind.ENTRY: 2}
    assert second.size == first.size + 2
    assert [leaf.subject_id for leaf in _leaves(session, books.bank)[-2:]] == later
    assert [sealed.size for sealed in _seals(session, books.bank)] == [first.size, second.size]
    assert bytes(_seals(session, books.bank)[-1].root) == root([bytes(x.hash) for x in _leaves(session, books.bank)])


def test_without_new_rows_no_seal_is_written(session, books, post, sealed):
    post(books.entry("one"))
    sealed()
    assert sealed() is None
    assert len(_seals(session, books.bank)) == 1


def test_an_entry_with_a_lower_id_that_was_committed_later_is_sealed(session, books, post, sealed, monkeypatch):
    newer = post(books.entry("newer"))
    sealed()
    monkeypatch.setattr(clock, "next_id", lambda: newer - 10**15)
    older = post(books.entry("older"))
    assert older < newer
    assert sealed().new == {LeafKind.ENTRY: 1}
    assert _leaves(session, books.bank)[-1].subject_id == older


def test_batches_of_any_size_give_the_same_tree(session, books, post, sealed, monkeypatch):
    monkeypatch.setattr(sealing, "_BATCH", 3)
    for number in range(7):
        post(books.entry(f"entry {number}"))
    sealed()
    assert count_unsealed(session, books.bank) == 0
    assert seals_match(session).findings == ()


def test_each_bank_has_its_own_seals(session, books, post, sealed):
    post(books.entry("one"))
    sealed()
    assert _leaves(session, books.other_bank) == []
    assert seal(session, books.other_bank, now=NOW).size == len(_leaves(session, books.other_bank))
    (kept,) = _seals(session, books.other_bank)
    assert kept.checkpoint.startswith(f"timebank/{books.other_bank}\n")


def test_a_block_of_256_leaves_has_its_hash_and_is_checked(session, books, post, sealed):
    for number in range(260):
        actions.post(session, books.entry(f"entry {number}", Line(books.grace, books.ada, 1)))
    session.commit()
    sealed()
    query = select(Leaf.number, Leaf.block).where(Leaf.block.is_not(None))
    ((number, block),) = session.execute(query).all()
    hashes = [bytes(leaf.hash) for leaf in _leaves(session, books.bank)]
    assert (number, bytes(block)) == (255, root(hashes[:256]))
    assert seals_match(session).findings == ()


def test_unsealed_rows_are_counted_and_are_no_findings(session, books, post, sealed):
    post(books.entry("one"))
    sealed()
    before = not_sealed_yet(session)
    post(books.entry("two"))
    after = not_sealed_yet(session)
    assert after.figure == before.figure + 1
    assert (after.verdict, seals_match(session).verdict) == (Verdict.RIGHT, Verdict.RIGHT)


def test_the_leaf_of_an_entry_is_exactly_as_specified(session, books, post, backend):
    entry_id = post(books.entry("one", occurred_on=NOW.date(), words=None))
    source = SOURCES[LeafKind.ENTRY]
    row = session.execute(select(*source.columns).where(Entry.id == entry_id)).one()
    assert source.encode(row, backend.settings.books_key).decode() == (
        f'{{"approved_by":null,"bank_id":"{books.bank}","deed":"test:one",'
        f'"id":"{entry_id}","key":"one","kind":"exchange","leaf":"entry",'
        f'"lines":[["{books.grace}","{books.ada}",60]],"occurred_on":"2026-11-21","on_behalf_of":null,'
        f'"recorded_at":"2026-11-21T10:00:00.000000Z","recorded_by":"{books.recorder}",'
        '"recorder_bank_id":null,"resolves":null,"reverses":null,"words_digest":null}'
    )


def test_a_reason_is_in_the_leaf_only_as_a_salted_digest(session, books, backend):
    reason = "Ask M\u00e0iri about her \u201chip\u201d"
    actions.change_limit(session, books.bank, books.ada, -60, reason=reason, by=None, now=NOW)
    source = SOURCES[LeafKind.LIMIT_CHANGE]
    query = select(*source.columns).where(LimitChange.account_id == books.ada).order_by(LimitChange.number)
    row = session.execute(query).all()[-1]
    leaf_text = source.encode(row, backend.settings.books_key).decode()
    assert "hip" not in leaf_text
    assert '"floor":-60' in leaf_text
    assert leaf_text != source.encode(row, b"another key").decode()


def test_a_leaf_is_utf_8(session, books, post, backend):
    entry_id = post(books.entry("l\u00f2n \u20ac \U0001f33b"))
    source = SOURCES[LeafKind.ENTRY]
    row = session.execute(select(*source.columns).where(Entry.id == entry_id)).one()
    assert "l\u00f2n \u20ac \U0001f33b".encode() in source.encode(row, backend.settings.books_key)


def test_concurrent_sealing_numbers_each_row_once(backend, session, books, post):
    for number in range(20):
        post(books.entry(f"entry {number}"))
    barrier = Barrier(4)

    def sealer():
        barrier.wait()
        for _try in range(20):
            with backend.session() as own:
                try:
                    done = seal(own, books.bank, now=NOW)
                    own.commit()
                except DBAPIError as error:
                    if not is_worth_retrying(error):
                        raise
                else:
                    return done
        raise AssertionError

    with ThreadPoolExecutor(4) as threads:
        done = [future.result() for future in [threads.submit(sealer) for _number in range(4)]]
    assert sum(sealed is not None for sealed in done) == 1
    assert seals_match(session).findings == ()
    assert count_unsealed(session, books.bank) == 0


@pytest.fixture
def standing(session, books, post, sealed):
    post(books.entry("one"))
    return sealed().size


_HASH = {"sqlite": f"x'{'00' * 32}'", "postgresql": f"'\\x{'00' * 32}'"}
#: What the guards refuse, whoever asks: the owner of the tables too.
_REFUSED = {
    "UPDATE leaf SET number = number": "books_append_only",
    "UPDATE leaf SET hash = hash": "books_append_only",
    "DELETE FROM leaf": "books_append_only",
    "UPDATE seal SET signed_at = signed_at": "books_append_only",
    "DELETE FROM seal": "books_append_only",
    "INSERT INTO leaf VALUES ({bank}, {size} + 1, 'entry', 5, 0, {hash}, NULL)": "sealed_in_order",
    "INSERT INTO leaf VALUES ({bank}, -1, 'entry', 5, 0, {hash}, NULL)": "",
    "INSERT INTO leaf VALUES ({bank}, {size}, 'other', 5, 0, {hash}, NULL)": "ck_leaf_kind",
    "INSERT INTO leaf VALUES ({bank}, {size}, 'entry', 5, 0, {hash}, {hash})": "ck_leaf_block",
    "INSERT INTO leaf SELECT bank_id, {size}, kind, subject_id, 0, hash, NULL FROM leaf WHERE number = 0": "",
    "INSERT INTO leaf SELECT * FROM leaf WHERE number = 0": "",
    "INSERT INTO seal SELECT bank_id, 2, size, root, peaks, signed_at, checkpoint FROM seal": "sealed_in_order",
    "INSERT INTO seal SELECT bank_id, 2, size + 1, root, peaks, signed_at, checkpoint FROM seal": "sealed_in_order",
    "INSERT INTO seal SELECT bank_id, 3, size, root, peaks, signed_at, checkpoint FROM seal": "sealed_in_order",
}


@pytest.mark.parametrize("statement", _REFUSED)
def test_the_database_refuses_malformed_leaves_and_seals(backend, books, standing, statement):
    sql = statement.format(bank=books.bank, size=standing, hash=_HASH[backend.name])
    refusal = refusal_of(backend.owner, sql)
    assert refusal is not None
    assert _REFUSED[statement] in refusal


@pytest.mark.parametrize("verb", ["INSERT OR IGNORE", "INSERT OR REPLACE"])
def test_no_other_way_of_inserting_changes_a_leaf_or_a_seal(sqlite, verb):
    with sqlite.session() as session:
        village = settle(session)
        seal(session, village.angus.id, now=NOW)
        session.commit()
        before = [session.execute(text(f"SELECT * FROM {table}")).all() for table in ("leaf", "seal")]
    for table in ("leaf", "seal"):
        assert refusal_of(sqlite.engine, f"{verb} INTO {table} SELECT * FROM {table}") is not None
    with sqlite.session() as session:
        assert [session.execute(text(f"SELECT * FROM {table}")).all() for table in ("leaf", "seal")] == before


def test_leaves_and_seals_cannot_be_truncated(postgresql):
    for table in ("leaf", "seal"):
        assert "books_append_only" in refusal_of(postgresql.owner, f"TRUNCATE {table}")


def test_a_refusal_has_its_name(session, books, standing):
    leaf = {"bank_id": books.bank, "number": standing + 5, "kind": "entry", "subject_id": 1, "subject_number": 0}
    with pytest.raises(NotSealedInOrderError):
        insert_rows(session, Leaf, {**leaf, "hash": hash_leaf(b""), "block": None})
    session.rollback()
