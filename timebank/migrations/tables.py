"""Imports the models of all rooms, so that `metadata` has every table."""

from sqlalchemy.schema import SchemaItem

from timebank.announcements import models as announcements
from timebank.approvals import models as approvals
from timebank.audit import models as audit
from timebank.banks import models as banks
from timebank.bookkeeping import closing_models as closings, holder_models as holders, models as bookkeeping
from timebank.bookkeeping.sealing import models as seals
from timebank.corrections import models as corrections
from timebank.db import Base
from timebank.digests import models as digests
from timebank.exchanges import models as exchanges
from timebank.jobs import models as jobs
from timebank.joining import models as joining
from timebank.listings import models as listings
from timebank.matching import dismissal_models as dismissals, models as matching
from timebank.members import models as members
from timebank.messages import models as messages
from timebank.notices import models as notices
from timebank.security import models as security
from timebank.signing_in import models as signing_in
from timebank.tasks import models as tasks
from timebank.telling import models as telling
from timebank.trail import models as trail

ROOMS = (
    announcements,
    approvals,
    audit,
    banks,
    bookkeeping,
    closings,
    corrections,
    digests,
    dismissals,
    exchanges,
    holders,
    jobs,
    joining,
    listings,
    matching,
    members,
    messages,
    notices,
    seals,
    security,
    signing_in,
    tasks,
    telling,
    trail,
)
metadata = Base.metadata
DOMAINS = (*bookkeeping.DOMAINS, *exchanges.DOMAINS)


def stands_on(item: SchemaItem, dialect: str) -> bool:
    """Return whether an index or a constraint of the models is made on this database: `ddl_if` names one of the two."""
    only = getattr(item, "_ddl_if", None)
    return only is None or only.dialect == dialect
