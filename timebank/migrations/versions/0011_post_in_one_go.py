"""On PostgreSQL many entries are posted from what was just inserted, rather than by looking them up again.

Resolving a hold takes one lock less. SQLite's guards stay as they are.
"""

from alembic import op

from timebank.migrations import guards

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_GUARDS = "0011_lean"


def upgrade() -> None:
    """Take the step."""
    if _is_postgresql():
        guards.put_up(_GUARDS)
        op.execute("DROP FUNCTION books_post_many(bigint[], bigint[])")


def downgrade() -> None:
    """Take it back."""
    if _is_postgresql():
        guards.take_down(_GUARDS)
        op.execute("DROP FUNCTION books_post_many(entry[])")
        op.execute("ALTER FUNCTION books_post_many(bigint[], bigint[]) SET plan_cache_mode = force_custom_plan")
        op.execute("REVOKE ALL ON FUNCTION books_post_many(bigint[], bigint[]) FROM PUBLIC")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
