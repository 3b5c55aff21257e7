"""Refusals of actions on letters and calls."""

from timebank.errors import TimebankError


class NothingToPostError(TimebankError):
    """None of the letters waits any more."""

    message_id = "nothing_to_post"


class NothingToTellError(TimebankError):
    """Somebody else has rung meanwhile, or nobody has tried often enough to leave it at that."""

    message_id = "nothing_to_tell"
