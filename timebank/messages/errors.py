"""Errors of messages."""

from timebank.errors import TimebankError


class CannotWriteError(TimebankError):
    """This member cannot be written to at present."""

    message_id = "cannot_write"


class TooManyMessagesError(TimebankError):
    """The actor has written as much as anybody writes in an hour, or to as many new people in a day."""

    message_id = "too_many_messages"


class NobodyElseLooksError(TimebankError):
    """No other broker is there who could look at it."""

    message_id = "nobody_else_looks"


class NothingToReportError(TimebankError):
    """The two have not written to each other."""

    message_id = "nothing_to_report"
