"""What can go wrong in a way that a person should read about.

An error carries the name of a sentence and the values that go into it; the web says it in the reader's language.
"""

from typing import ClassVar


class TimebankError(Exception):
    """A deed that cannot be done, with the reason named so that it can be said kindly.

    `message_id` names the sentence; `values` fill its gaps. Subclasses say when they are raised.
    """

    message_id: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(self.message_id, values)
        self.values = values

    def __str__(self) -> str:
        gaps = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.message_id}({gaps})"


class NotAllowedError(TimebankError):
    """The actor's role or standing does not let them do this."""

    message_id = "not_allowed"


class ReasonMissingError(TimebankError):
    """A decision or correction needs its reason, since others will read it."""

    message_id = "reason_missing"


class FutureDayError(TimebankError):
    """Help is recorded after it happened, and a correction belongs to a day that has been."""

    message_id = "day_in_future"
