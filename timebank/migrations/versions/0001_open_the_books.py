"""Open the books: all tables as the models describe them, and the guards of the books.

The only step until the first release, and one that may change until then (decision 20). What it makes stands in
docs/schema, written from a database that has taken it; the release freezes it.
"""

from alembic import op
from sqlalchemy.dialects.postgresql import CreateDomainType, DropDomainType

from timebank.migrations import guards
from timebank.migrations.tables import DOMAINS, metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    for domain in DOMAINS if op.get_bind().dialect.name == "postgresql" else ():
        op.execute(CreateDomainType(domain))
    metadata.create_all(op.get_bind(), checkfirst=False)
    guards.put_up("guards")
    if op.get_bind().dialect.name == "postgresql":
        guards.put_up("deeds")


def downgrade() -> None:
    """Take it back."""
    if op.get_bind().dialect.name == "postgresql":
        guards.take_down("deeds")
    guards.take_down("guards")
    metadata.drop_all(op.get_bind(), checkfirst=False)
    for domain in DOMAINS if op.get_bind().dialect.name == "postgresql" else ():
        op.execute(DropDomainType(domain))
