"""The tables of exchanges, drafts, members and banks refuse wrong rows themselves, on both databases.

The tables of the books are tested in tests/bookkeeping/test_tables.py.
"""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.people import make_recorded

DRAFT = (
    "INSERT INTO draft (bank_id, code, member_id, purpose, side, exchange_id, started_at)"
    " SELECT bank_id, 'D7M3Q2XZ', {grace}, 'record', 'receiver', id, changed_at FROM exchange"
)

HELPING = "INSERT INTO helping (bank_id, member_id, changed_at) SELECT bank_id, {ada}, changed_at FROM exchange"
SPOKEN = "INSERT INTO spoken_language (bank_id, member_id, language) SELECT bank_id, {{ada}}, '{}' FROM exchange"


@pytest.fixture
def names(backend, village):
    """One recorded exchange, one draft and one who says when she can help; gives the ids that the statements name."""
    with backend.session() as session:
        make_recorded(session, village, village.ada, village.grace)
        session.commit()
    ids = {"ada": village.ada.membership_id, "grace": village.grace.membership_id}
    with backend.owner.begin() as owner:
        owner.execute(text(DRAFT.format(**ids)))
    with backend.owner.begin() as owner:
        owner.execute(text(HELPING.format(**ids)))
    return ids


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE membership SET area_id = 5 WHERE id = {ada}", "foreign key"),
        ("UPDATE exchange SET listing_id = 5", "foreign key"),
        ("UPDATE exchange SET category_id = 5", "foreign key"),
        ("UPDATE exchange SET travel_minutes = 601", "ck_exchange_travel_minutes|domain extra_minutes"),
        ("UPDATE exchange SET minutes = 1441", "ck_exchange_minutes|domain exchange_minutes"),
        ("UPDATE exchange SET state = 'lost'", "ck_exchange_state|domain exchange_state"),
        ("UPDATE exchange SET giver_account_id = receiver_account_id", "ck_exchange_two_sides"),
        ("UPDATE exchange_step SET on_behalf_of = {grace}", "ck_exchange_step_how_they_agreed"),
        ("UPDATE exchange_step SET how = 'phone'", "ck_exchange_step_how_they_agreed"),
        ("UPDATE exchange_step SET on_behalf_of = 5, how = 'phone'", "foreign key"),
        ("UPDATE draft SET listing_id = 5", "foreign key"),
        ("UPDATE draft SET exchange_id = 5", "foreign key"),
        ("UPDATE helping SET free_parts = 2097152", "ck_helping_free_parts"),
        ("UPDATE helping SET free_parts = -1", "ck_helping_free_parts"),
        ("UPDATE helping SET away_from = '2026-12-01'", "ck_helping_away_both_days"),
        ("UPDATE helping SET away_until = '2026-12-01'", "ck_helping_away_both_days"),
        ("UPDATE helping SET away_from = '2026-12-02', away_until = '2026-12-01'", "ck_helping_away_in_order"),
        ("UPDATE helping SET farthest_minutes = -1", "ck_helping_farthest_minutes"),
        ("UPDATE helping SET most_invitations = 21", "ck_helping_most_invitations"),
        ("UPDATE helping SET member_id = 5", "foreign key"),
        (SPOKEN.format("e"), "ck_spoken_language_language"),
        (SPOKEN.format("EN"), "ck_spoken_language_language"),
        ("UPDATE bank SET soft_low = 1", "ck_bank_soft_limits"),
        ("DELETE FROM membership WHERE id = {ada}", "books_append_only"),
    ],
)
def test_a_statement_that_breaks_a_constraint_is_refused(backend, names, statement, constraint):
    with pytest.raises(IntegrityError, match=f"(?i){constraint}"), backend.owner.begin() as owner:
        owner.execute(text(statement.format(**names)))
