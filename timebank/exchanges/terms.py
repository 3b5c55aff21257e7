"""What two neighbours say about help, before it is an exchange."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Terms:
    """What two neighbours agree or record: who gave (accounts), what, on which day, how many minutes."""

    giver_account_id: int
    receiver_account_id: int
    what: str
    day: date
    minutes: int
