"""What two neighbours say about help, before it is an exchange."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Terms:
    """What two neighbours agree or record: who gave (accounts), what, on which day, how many minutes of help.

    Minutes of travel and of getting ready count on top; they are agreed before. `listing_id` is what it came of.
    """

    giver_account_id: int
    receiver_account_id: int
    what: str
    day: date
    minutes: int
    travel_minutes: int = 0
    preparation_minutes: int = 0
    listing_id: int | None = None

    @property
    def total_minutes(self) -> int:
        """All minutes that count."""
        return self.minutes + self.travel_minutes + self.preparation_minutes
