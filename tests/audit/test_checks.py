"""What was changed past the guards is noticed, and by which check. Guards are taken down first, as a thief would."""

import pytest
from sqlalchemy import text

from tests.people import NOW, make_confirmed
from timebank.audit.checks import check_books
from timebank.banks.models import Bank
from timebank.bookkeeping.sealing import seal
from timebank.exchanges import reversals
from timebank.ledger.checks import Verdict
from timebank.members import joining
from timebank.members.joining import Wish
from timebank.members.joining_rules import Agreed
from timebank.members.rules import Standing
from timebank.members.standing import change_standing

#: What a thief writes, and the checks that name a row for it.
TAMPERINGS = {
    "UPDATE account SET balance = balance + 60 WHERE id = {ada}": {"sum_is_zero", "balances_equal_postings"},
    "UPDATE account SET given = given + 60 WHERE id = {ada}": {"balances_equal_postings"},
    "UPDATE account SET received = 0 WHERE id = {grace}": {"balances_equal_postings"},
    "UPDATE account SET number = number + 1 WHERE id = {ada}": {"balances_equal_postings"},
    "UPDATE account SET floor = -99999 WHERE id = {ada}": {"floors_on_record"},
    "UPDATE entry SET kind = 'gift' WHERE id = {entry}": {"entries_as_written", "running_balances"},
    "UPDATE entry SET occurred_on = '2026-01-01' WHERE id = {entry}": {"entries_as_written"},
    "UPDATE entry SET recorded_by = {mary} WHERE id = {entry}": {"entries_as_written"},
    "UPDATE entry SET approved_by = {mary} WHERE id = {entry}": {"entries_as_written"},
    "UPDATE entry SET on_behalf_of = {mary} WHERE id = {entry}": {"entries_as_written"},
    "UPDATE entry SET key = 'other' WHERE id = {entry}": {"entries_as_written"},
    "UPDATE entry SET deed = 'other' WHERE id = {entry}": {"entries_as_written", "exchanges_have_entries"},
    "UPDATE entry SET reverses = NULL WHERE reverses IS NOT NULL": {"entries_as_written", "transfers_equal_lines"},
    "UPDATE entry SET words_digest = digest WHERE id = {entry}": {"entries_as_written", "words_as_written"},
    "UPDATE entry SET digest = words_digest WHERE id = {entry}": {"entries_as_written"},
    "UPDATE memo SET words = 'Nothing' WHERE entry_id = {entry}": {"words_as_written"},
    "UPDATE memo SET salt = words_digest FROM entry WHERE entry_id = id": {"words_as_written"},
    "DELETE FROM memo WHERE entry_id = {entry}": {"words_as_written"},
    "UPDATE transfer SET minutes = minutes + 1 WHERE entry_id = {entry}": {
        "transfers_equal_lines",
        "postings_equal_transfers",
    },
    "UPDATE transfer SET from_number = 9 WHERE entry_id = {entry}": {"postings_equal_transfers"},
    "UPDATE transfer SET reverses_line = 2 WHERE reverses IS NOT NULL": {"transfers_equal_lines", "reversals_mirror"},
    "DELETE FROM transfer WHERE entry_id = {entry}": {"transfers_equal_lines", "postings_equal_transfers"},
    "UPDATE posting SET minutes = minutes + 1 WHERE entry_id = {entry}": {
        "balances_equal_postings",
        "running_balances",
    },
    "UPDATE posting SET balance_after = 0 WHERE entry_id = {entry}": {"running_balances"},
    "UPDATE posting SET given_after = given_after + 1 WHERE entry_id = {entry}": {"running_balances"},
    "UPDATE posting SET received_after = received_after + 1 WHERE entry_id = {entry}": {"running_balances"},
    "DELETE FROM posting WHERE entry_id = {entry} AND account_id = {ada}": {
        "balances_equal_postings",
        "postings_equal_transfers",
    },
    "UPDATE account SET kind = 'group' WHERE id = {ada}": {"accounts_have_members"},
    "DELETE FROM account WHERE id = {rosa}": {"accounts_have_members"},
    "UPDATE membership SET account_id = 5 WHERE account_id = {ada}": {"accounts_have_members"},
    "UPDATE application SET stage = 'inducted' WHERE membership_id IS NOT NULL": {"admitted_have_memberships"},
    "UPDATE application SET membership_id = NULL": {"admitted_have_memberships"},
    "UPDATE membership SET standing = 'active' WHERE account_id = {grace}": {"standings_as_changed"},
    "DELETE FROM standing_change WHERE number = 3": {"standings_as_changed"},
    "DELETE FROM limit_change WHERE account_id = {ada}": {"floors_on_record"},
    "UPDATE limit_change SET floor = 0 WHERE account_id = {grace}": {"floors_on_record"},
    "UPDATE entry SET recorded_at = '2026-11-20 10:00:00+00:00' WHERE id = {entry}": {"seals_match"},
    "UPDATE entry SET digest = words_digest, recorded_at = recorded_at WHERE id = {entry}": {"seals_match"},
    "UPDATE account SET opened_at = '2020-01-01 10:00:00+00:00' WHERE id = {ada}": {"seals_match"},
    "UPDATE account SET kind = 'fund' WHERE id = {ada}": {"seals_match"},
    "UPDATE limit_change SET reason = 'Because' WHERE account_id = {ada}": {"seals_match"},
    "UPDATE limit_change SET until = '2027-01-01' WHERE account_id = {ada}": {"seals_match"},
    "UPDATE limit_change SET recorded_by = {mary} WHERE account_id = {ada}": {"seals_match"},
    "UPDATE limit_change SET recorded_at = '2020-01-01 10:00:00+00:00' WHERE account_id = {ada}": {"seals_match"},
    "UPDATE limit_change SET number = 7 WHERE account_id = {ada}": {"seals_match"},
    "DELETE FROM entry WHERE id = {entry}": {"seals_match"},
    "UPDATE leaf SET hash = (SELECT hash FROM leaf WHERE number = 1 AND bank_id = {bank}) WHERE number = 0": {
        "seals_match"
    },
    "UPDATE leaf SET number = 100000 WHERE number = 3": {"seals_match"},
    "UPDATE leaf SET subject_id = 5 WHERE number = 3": {"seals_match"},
    "UPDATE leaf SET subject_number = 5 WHERE kind = 'entry'": {"seals_match"},
    "UPDATE leaf SET kind = 'entry' WHERE number = 0": {"seals_match"},
    "DELETE FROM leaf WHERE number = 0": {"seals_match"},
    "DELETE FROM leaf WHERE kind = 'entry'": {"seals_match"},
    "DELETE FROM seal": {"seals_match"},
    "UPDATE seal SET number = 7": {"seals_match"},
    "UPDATE seal SET size = size - 1": {"seals_match"},
    "UPDATE seal SET size = size + 1": {"seals_match"},
    "UPDATE seal SET root = (SELECT hash FROM leaf WHERE number = 1 AND bank_id = {bank})": {"seals_match"},
    "UPDATE seal SET peaks = root": {"seals_match"},
    "UPDATE seal SET signed_at = '2020-01-01 10:00:00+00:00'": {"seals_match"},
    "UPDATE seal SET checkpoint = replace(checkpoint, 'signed 2026', 'signed 2025')": {"seals_match"},
    "UPDATE seal SET checkpoint = 'All is well'": {"seals_match"},
    "DELETE FROM exchange WHERE code = '{code}'": {"exchanges_have_entries"},
    "UPDATE exchange SET minutes = 15 WHERE code = '{code}'": {"exchanges_have_entries"},
    "UPDATE exchange SET state = 'cancelled' WHERE code = '{code}'": {"exchanges_have_entries"},
    "UPDATE exchange SET state = 'reversed' WHERE code = '{code}'": {"exchanges_have_entries"},
    "UPDATE exchange SET giver_account_id = {linus} WHERE code = '{code}'": {"exchanges_have_entries"},
}


@pytest.fixture
def robbed(backend, village):
    """Books with a confirmed and a reversed exchange, and an owner's connection on which no guard stands."""
    with backend.session() as session:
        code = make_confirmed(session, village, village.ada, village.grace, minutes=90)
        other = make_confirmed(session, village, village.ada, village.linus)
        reversal = reversals.propose(session, other, reason="Slip", by=village.mary, now=NOW)
        reversals.approve(session, village.angus, reversal, by=village.tom, now=NOW)
        _somebody_joined_and_somebody_rests(session, village)
        session.commit()
        seal(session, village.angus.id, now=NOW)
        session.commit()
        entry = session.execute(text("SELECT id FROM entry WHERE key = :key"), {"key": f"exchange:{code}"}).scalar_one()
    names = {"bank": village.angus.id, "code": code, "entry": entry, "mary": village.mary.membership_id}
    names |= {who: getattr(village, who).account_id for who in ("ada", "grace", "linus", "rosa")}
    with backend.owner.connect() as connection:
        if backend.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.commit()
        yield connection, names
        connection.rollback()
        if backend.name == "sqlite":
            connection.invalidate()
        else:
            connection.execute(text("SET session_replication_role = DEFAULT"))
            connection.commit()


def _somebody_joined_and_somebody_rests(session, village):
    sam = Wish("Sam Reid", phone="+441632960321", is_adult=True, agreed=Agreed.PHONE)
    rosa = village.rosa
    code = joining.apply(session, village.angus, sam, by=rosa, now=NOW, form_key="apply")
    session.get_one(Bank, village.angus.id).references_needed = 0
    joining.interview(session, code, words="Likes dogs", by=rosa, now=NOW, form_key="interview")
    joining.induct(session, code, words="", by=rosa, now=NOW, form_key="induct")
    joining.admit(session, code, by=rosa, now=NOW, form_key="admit")
    for number, to in enumerate((Standing.SUSPENDED, Standing.ACTIVE, Standing.SUSPENDED)):
        key = f"standing {number}"
        change_standing(session, village.grace, to, reason="A rest", by=rosa, now=NOW, form_key=key)


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_a_change_past_the_guards_is_noticed_and_named(backend, robbed, tampering):
    connection, names = robbed
    connection.execute(text(tampering.format(**names)))
    connection.commit()
    with backend.session() as session:
        results = list(check_books(session))
    wrong = {result.name for result in results if result.verdict is Verdict.WRONG}
    assert wrong >= TAMPERINGS[tampering]
    assert all(result.findings[0].row for result in results if result.verdict is Verdict.WRONG)


def test_untouched_books_are_right(backend, robbed):
    with backend.session() as session:
        assert {result.verdict for result in check_books(session)} == {Verdict.RIGHT}


def test_with_another_key_nothing_fits(backend, robbed):
    with backend.session() as session:
        session.info["books_key"] = b"another key"
        wrong = {result.name for result in check_books(session) if result.verdict is Verdict.WRONG}
    assert wrong == {"entries_as_written", "seals_match"}
