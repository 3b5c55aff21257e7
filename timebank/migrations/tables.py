"""All tables of the house, gathered so that a migration can be compared with them."""

from timebank.banks import models as banks
from timebank.bookkeeping import models as bookkeeping
from timebank.db import Base
from timebank.exchanges import models as exchanges
from timebank.members import models as members
from timebank.signing_in import models as signing_in
from timebank.trail import models as trail

ROOMS = (banks, bookkeeping, exchanges, members, signing_in, trail)
metadata = Base.metadata
