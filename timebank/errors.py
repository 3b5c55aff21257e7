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
