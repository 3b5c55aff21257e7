"""Whose hours they are cannot be changed, and where somebody did it past the guards, a check names it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.people import make_confirmed
from tests.unguarded import edit
from timebank.audit.checks import ALL_CHECKS, check_books
from timebank.ledger.checks import Verdict


def _exchange(table, column, first, second, spare="NULL"):
    """Exchange a column of two rows, by way of a spare value where it is unique."""
    return [
        f"CREATE TABLE swapped AS SELECT id, {column} AS value FROM {table}",
        f"UPDATE {table} SET {column} = {spare} WHERE id = {second}",
        f"UPDATE {table} SET {column} = (SELECT value FROM swapped WHERE id = {second}) WHERE id = {first}",
        f"UPDATE {table} SET {column} = (SELECT value FROM swapped WHERE id = {first}) WHERE id = {second}",
        "DROP TABLE swapped",
    ]


#: {what is exchanged or set: (statements, a check that names it)}
TAMPERINGS = {
    "accounts": (_exchange("membership", "account_id", "{ada}", "{grace}", "{pot}"), "accounts_have_members"),
    "persons": (_exchange("membership", "person_id", "{ada}", "{grace}", "5"), "members_as_written"),
    "numbers": (_exchange("membership", "number", "{ada}", "{grace}", "5"), "members_as_written"),
    "codes": (_exchange("membership", "code", "{ada}", "{grace}", "'spare'"), "members_as_written"),
    "names": (_exchange("person", "name", "{adas_person}", "{graces_person}", "'spare'"), "members_as_written"),
    "e-mail": (_exchange("person", "email", "{adas_person}", "{graces_person}"), "members_as_written"),
    "password": (["UPDATE person SET password_hash = 'theirs' WHERE id = {adas_person}"], "members_as_written"),
    "whose code": (["UPDATE person SET password_code_id = 5 WHERE id = {adas_person}"], "members_as_written"),
    "who took them in": (["UPDATE membership SET admitted_by = {linus} WHERE id = {ada}"], "members_as_written"),
    "phone": (["UPDATE person SET phone = '+441632960999' WHERE id = {adas_person}"], "members_as_written"),
    "names of banks": (_exchange("bank", "name", "{bank}", "{other}", "'spare'"), "members_as_written"),
    "slugs of banks": (_exchange("bank", "slug", "{bank}", "{other}", "'spare'"), "members_as_written"),
    "a person who is gone": (["DELETE FROM person WHERE id = {adas_person}"], "keys_have_their_rows"),
    "the holder of listings": (["UPDATE membership SET is_holder = {true} WHERE id = {ada}"], "members_as_written"),
    "left without a change": (["UPDATE membership SET standing = 'left' WHERE id = {ada}"], "standings_as_changed"),
    "who recorded": (["UPDATE exchange_step SET done_by = {linus} WHERE deed = 'record'"], "steps_by_their_sides"),
    "who confirmed": (["UPDATE exchange_step SET done_by = {linus} WHERE deed = 'confirm'"], "steps_by_their_sides"),
    "decided by a side": (["UPDATE exchange_step SET deed = 'decide' WHERE deed = 'confirm'"], "steps_by_their_sides"),
}
REFUSED = [
    *(
        f"UPDATE membership SET {change} WHERE id = {{ada}}"
        for change in ("account_id = {pot}", "person_id = 5", "number = 5", "code = 'other'", "id = 5")
    )
]


@pytest.fixture
def names(backend, village):
    with backend.session() as session:
        make_confirmed(session, village, village.ada, village.grace)
        session.commit()
        pot = session.scalar(text(f"SELECT id FROM account WHERE kind = 'pot' AND bank_id = {village.angus.id}"))
    return {
        "ada": village.ada.membership_id,
        "grace": village.grace.membership_id,
        "linus": village.linus.membership_id,
        "adas_person": village.ada.person_id,
        "graces_person": village.grace.person_id,
        "bank": village.angus.id,
        "other": village.perth.id,
        "pot": pot,
        "true": "true" if backend.name == "postgresql" else "1",
    }


def _check(backend):
    checks = [check for check in ALL_CHECKS if check.__name__ not in {"guards_as_made", "rights_as_granted"}]
    with backend.session() as session:
        return {result.name for result in check_books(session, checks) if result.verdict is Verdict.WRONG}


def test_whose_hours_they_are_is_right(backend, names):
    assert _check(backend) == set()


@pytest.mark.parametrize("what", TAMPERINGS)
def test_somebody_elses_hours_are_noticed(backend, names, what):
    statements, check = TAMPERINGS[what]
    edit(backend.owner, [statement.format(**names) for statement in statements])
    assert check in _check(backend)


@pytest.mark.parametrize("statement", REFUSED)
def test_the_site_cannot_give_an_account_to_somebody_else(backend, names, statement):
    with backend.session() as session, pytest.raises(DBAPIError, match="books_append_only"):
        session.execute(text(statement.format(**names)))
