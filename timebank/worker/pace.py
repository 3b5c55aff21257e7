"""How many e-mails a worker hands over in a minute, where a mail server takes no more."""

from collections.abc import Callable
from threading import Event

from timebank import clock

_MINUTE = 60.0
#: So long nobody is to wait behind what was claimed before: fewer are claimed where they go out slowly.
_CLAIM_LASTS = 20.0


class Pace:
    """Keeps e-mails so far apart that no more than so many go out in a minute; with 0 they go as they come."""

    def __init__(
        self,
        a_minute: int,
        ticks: Callable[[], float] = clock.ticks,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        """Take how many in a minute; `ticks` are seconds that only grow."""
        self._apart = _MINUTE / a_minute if a_minute else 0.0
        self._ticks, self._sleep = ticks, sleep or Event().wait
        self._next = self._ticks()

    def wait(self) -> None:
        """Wait until the next e-mail may go out."""
        if not self._apart:
            return
        now = self._ticks()
        if self._next > now:
            self._sleep(self._next - now)
        self._next = max(self._next, now) + self._apart

    def most(self, claimed: int) -> int:
        """Return how many to claim at a time: so many, or as many as go out in some seconds, and one at least."""
        return claimed if not self._apart else max(1, min(claimed, int(_CLAIM_LASTS / self._apart)))
