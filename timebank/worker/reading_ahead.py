"""Reading what claimed deliveries are written from: digests together, everything else one by one.

Whether what is about a member still holds is asked just before it is written. A digest holds as long as anything in it
is open: so those of a bank that were claimed together are read in a fixed number of queries, and read again where that
was over a second ago.
"""

from collections.abc import Sequence

from timebank import clock
from timebank.notices.kinds import Topic
from timebank.notices.models import Dropped
from timebank.notices.queries import DeliveryRow
from timebank.web.telling.writing import Prepared, prepare
from timebank.worker.office import Office

#: Seconds for which what was read for digests counts.
FRESH = 1.0


class ReadingAhead:
    """Reads what the deliveries of one claim are written from."""

    def __init__(self, office: Office, claimed: Sequence[DeliveryRow]) -> None:
        """Take what was claimed, in the order in which it is sent."""
        self._office, self._claimed = office, claimed
        self._ready: dict[int, Prepared | Dropped] = {}
        self._read_at = clock.ticks()
        self._fails_together = False

    def get(self, delivery: DeliveryRow) -> Prepared | Dropped:
        """Return what a delivery is written from, or why it is not to be sent any more. Needs a request context.

        Raises whatever reading it raises. Where those read together fail, each is read alone: so one whose data are bad
        keeps no other from being sent.
        """
        if clock.ticks() - self._read_at > FRESH:
            self._ready = {}
        if delivery.id not in self._ready:
            self._read(delivery)
        return self._ready.pop(delivery.id)

    def _read(self, delivery: DeliveryRow) -> None:
        together = self._list_together(delivery)
        self._read_at = clock.ticks()
        try:
            self._ready = self._prepare(together)
        except Exception:
            if len(together) == 1:
                raise
            self._fails_together = True
            self._ready = self._prepare([delivery])

    def _prepare(self, deliveries: Sequence[DeliveryRow]) -> dict[int, Prepared | Dropped]:
        with self._office.reading() as session:
            return prepare(session, deliveries, self._office.watch())

    def _list_together(self, first: DeliveryRow) -> Sequence[DeliveryRow]:
        """Return a delivery, and the digests of its bank that follow it if it is one: one for each member."""
        if first.topic != Topic.ROUND_THE_BANK or self._fails_together:
            return [first]
        together = {first.member_id: first}
        for delivery in self._claimed[self._claimed.index(first) + 1 :]:
            if (delivery.bank_id, delivery.topic) == (first.bank_id, first.topic):
                together.setdefault(delivery.member_id, delivery)
        return list(together.values())
