"""Transfers and postings no longer ask for keys that the one door has just looked at (decision 18).

Their entry, accounts and transfer stand when they are written, and none of these is ever removed.
"""

from alembic import op

from timebank.migrations import guards

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

#: {table: its columns, and what they pointed to}
_KEYS: dict[str, tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]] = {
    "transfer": (
        (("bank_id", "entry_id"), "entry", ("bank_id", "id")),
        (("bank_id", "from_account_id"), "account", ("bank_id", "id")),
        (("bank_id", "to_account_id"), "account", ("bank_id", "id")),
    ),
    "posting": (
        (("bank_id", "account_id"), "account", ("bank_id", "id")),
        (("bank_id", "entry_id", "line"), "transfer", ("bank_id", "entry_id", "line")),
    ),
}


def upgrade() -> None:
    """Take the step."""
    with guards.lifted():
        for table, keys in _KEYS.items():
            with op.batch_alter_table(table) as batch:
                for columns, _, _ in keys:
                    batch.drop_constraint(op.f(_name(table, columns)), type_="foreignkey")
    if op.get_bind().dialect.name == "postgresql":
        # A plan made while there were few entries would be kept for a batch among many.
        op.execute("ALTER FUNCTION books_post_many(bigint[], bigint[]) SET plan_cache_mode = force_custom_plan")


def downgrade() -> None:
    """Take it back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER FUNCTION books_post_many(bigint[], bigint[]) RESET plan_cache_mode")
    with guards.lifted():
        for table, keys in _KEYS.items():
            with op.batch_alter_table(table) as batch:
                for columns, other, theirs in keys:
                    batch.create_foreign_key(op.f(_name(table, columns)), other, list(columns), list(theirs))


def _name(table: str, columns: tuple[str, ...]) -> str:
    return f"fk_{table}_{'_'.join(columns)}"
