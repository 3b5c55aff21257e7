"""Alembic's environment: runs on the connection in `config.attributes`, one transaction per migration."""

from typing import Literal

from alembic import context
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator

from timebank.migrations.tables import metadata, stands_on


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Render custom column types as the types of the database, so that a migration does not import current code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return "sa.DateTime(timezone=True)" if type(item).__name__ == "UtcTime" else False
    return False


def include_object(item: SchemaItem, *_details: object) -> bool:
    """Compare only what is created on this database."""
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
