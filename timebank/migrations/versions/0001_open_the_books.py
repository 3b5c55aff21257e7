"""The baseline: creates all tables of the models, the domains, triggers and functions.

It is the only migration until the first release and may change until then (decision 20). docs/schema has the resulting
schema.
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
    """Create everything."""
    for domain in DOMAINS if op.get_bind().dialect.name == "postgresql" else ():
        op.execute(CreateDomainType(domain))
    metadata.create_all(op.get_bind(), checkfirst=False)
    guards.put_up("guards")
    if op.get_bind().dialect.name == "postgresql":
        guards.put_up("deeds")


def downgrade() -> None:
    """Drop everything."""
    if op.get_bind().dialect.name == "postgresql":
        guards.take_down("deeds")
    guards.take_down("guards")
    metadata.drop_all(op.get_bind(), checkfirst=False)
    for domain in DOMAINS if op.get_bind().dialect.name == "postgresql" else ():
        op.execute(DropDomainType(domain))
