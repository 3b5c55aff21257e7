"""What Alembic runs: on the connection that it is handed, within one transaction a step."""

from typing import Literal

from alembic import context
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator

from timebank.migrations.tables import metadata, stands_on


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our own column types as what they are in the database, so that a migration needs no code of today."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return "sa.DateTime(timezone=True)" if type(item).__name__ == "UtcTime" else False
    return False


def include_object(item: SchemaItem, *_what: object) -> bool:
    """Compare only what is made on this database."""
    return stands_on(item, connection.dialect.name)


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    render_item=render_item,
    include_object=include_object,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
