"""The base class of errors that are shown to people.

An error carries a message id and values; the web translates them to a sentence in the reader's language.
"""

from typing import ClassVar


class TimebankError(Exception):
    """An action that was refused.

    `message_id` names the sentence in `web/sentences.py`; `values` fill its placeholders. Subclasses document when they
    are raised.
    """

    message_id: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(self.message_id, values)
        self.values = values

    def __str__(self) -> str:
        values = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.message_id}({values})"


class NotAllowedError(TimebankError):
    """The actor's role or standing does not let them do this."""

    message_id = "not_allowed"


class ReasonMissingError(TimebankError):
    """A decision or correction needs its reason, since others will read it."""

    message_id = "reason_missing"


class PastDayError(TimebankError):
    """Help is asked for and agreed for a day to come."""

    message_id = "day_in_past"


class FutureDayError(TimebankError):
    """Help is recorded after it happened, and a correction belongs to a day that has been."""

    message_id = "day_in_future"


class NotVisibleError(LookupError):
    """Nothing stands under this code that the actor may know of: there is no such row, or it is not theirs to see.

    The web answers 404.
    """


class NotPermittedError(Exception):
    """The actor may know of the row, but not do with it what they asked for. The web answers 403."""
