"""Bringing a database up to date, and letting the web's role in on PostgreSQL."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine

_HISTORY = ("SELECT", "INSERT")
_KEPT = ("SELECT", "INSERT", "UPDATE")
#: What the web's role may do with each table; nothing is deleted but what was never more than a means.
_GRANTS = {
    "account": ("SELECT", "INSERT (bank_id, id, kind, opened_at)"),
    "entry": ("SELECT", "INSERT"),
    "memo": ("SELECT", "INSERT", "UPDATE (words, salt)"),
    "transfer": ("SELECT",),
    "posting": ("SELECT",),
    "limit_change": ("SELECT", "INSERT"),
    "trail": ("SELECT", "INSERT"),
    "alembic_version": ("SELECT",),
    "exchange_step": _HISTORY,
    **dict.fromkeys(("bank", "exchange", "login_session", "membership", "person", "reversal"), _KEPT),
    **dict.fromkeys(("draft", "membership_role", "sign_in_attempt", "sign_in_code"), (*_KEPT, "DELETE")),
}


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, to: str = "head") -> None:
    """Take every step that the database has not taken yet."""
    with engine.begin() as connection:
        command.upgrade(_config(connection), to)


def downgrade(engine: Engine, to: str) -> None:
    """Take steps back, down to `to` ('base': all of them)."""
    with engine.begin() as connection:
        command.downgrade(_config(connection), to)


def is_up_to_date(engine: Engine) -> bool:
    """Whether the database has taken every step."""
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(_config(connection))
        return MigrationContext.configure(connection).get_current_revision() == script.get_current_head()


def grants(role: str) -> list[str]:
    """The statements that give the web's role just what it needs: to write the books only by inserting an entry."""
    quoted = '"' + role.replace('"', '""') + '"'
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        *(f"GRANT {', '.join(rights)} ON {table} TO {quoted}" for table, rights in sorted(_GRANTS.items())),
        f"GRANT EXECUTE ON FUNCTION books_lock_accounts(bigint, bigint[]) TO {quoted}",
    ]


def grant(engine: Engine, role: str) -> None:
    """Apply the grants as the owner of the tables."""
    with engine.begin() as connection:
        for statement in grants(role):
            connection.execute(text(statement))
