"""The trail tells of everything that stands in the books; what it does not tell of until now is taken as it stands.

Each account, limit change, closing, hold, and entry that is no exchange, without a row of the trail at its own moment
and by its own person, is given one that says 'books.before'. What is written from now on needs a row of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_DEEDS = """
SELECT account.bank_id, account.opened_at AS done_at, limit_change.recorded_by AS done_by
  FROM account LEFT JOIN limit_change ON limit_change.bank_id = account.bank_id
   AND limit_change.account_id = account.id AND limit_change.number = 1
UNION ALL SELECT bank_id, recorded_at, recorded_by FROM limit_change
UNION ALL SELECT bank_id, recorded_at, coalesce(approved_by, recorded_by) FROM closing
UNION ALL SELECT bank_id, recorded_at, coalesce(approved_by, recorded_by) FROM entry
 WHERE kind <> 'exchange' OR reverses IS NOT NULL
"""
_TELL_DEEDS = f"""
INSERT INTO trail (bank_id, id, done_at, done_by, deed, subject)
SELECT bank_id, -row_number() OVER (PARTITION BY bank_id ORDER BY done_at DESC), done_at, done_by, 'books.before',
       'books'
  FROM (SELECT bank_id, done_at, done_by FROM ({_DEEDS}) AS written
        EXCEPT SELECT bank_id, done_at, done_by FROM trail WHERE subject NOT LIKE 'exchange:%') AS untold
"""  # noqa: S608 (nothing in it comes from outside)
_HOLDS = """
SELECT bank_id, placed_at AS done_at, deed FROM hold
UNION SELECT bank_id, resolved_at, deed FROM hold WHERE resolved_at IS NOT NULL
"""
_TELL_HOLDS = f"""
INSERT INTO trail (bank_id, id, done_at, deed, subject)
SELECT bank_id, (SELECT LEAST FROM trail) - row_number() OVER (ORDER BY bank_id, done_at DESC), done_at,
       'books.before', held.deed
  FROM ({_HOLDS}) AS held
 WHERE NOT EXISTS (
       SELECT 1 FROM trail
        WHERE trail.bank_id = held.bank_id AND trail.subject = held.deed AND trail.done_at = held.done_at)
"""  # noqa: S608 (as above)
#: The smallest id that is below zero, or zero.
_LEAST = "coalesce(min(CASE WHEN id < 0 THEN id END), 0)"


def upgrade() -> None:
    """Take the step. Ids below zero come before all others, and are nobody else's."""
    op.execute(sa.text(_TELL_DEEDS))
    op.execute(sa.text(_TELL_HOLDS.replace("LEAST", _LEAST)))


def downgrade() -> None:
    """Nothing: what the trail tells stays, and taking the step again finds it told."""
