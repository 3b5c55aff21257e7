"""All tables of the house, gathered so that a migration can be compared with them."""

from timebank.audit import models as audit
from timebank.banks import models as banks
from timebank.bookkeeping import closing_models as closings, models as bookkeeping, seal_models as seals
from timebank.corrections import models as corrections
from timebank.db import Base
from timebank.exchanges import models as exchanges
from timebank.listings import models as listings
from timebank.members import models as members
from timebank.signing_in import models as signing_in
from timebank.tasks import models as tasks
from timebank.trail import models as trail

ROOMS = (
    audit,
    banks,
    bookkeeping,
    closings,
    corrections,
    exchanges,
    listings,
    members,
    seals,
    signing_in,
    tasks,
    trail,
)
metadata = Base.metadata
