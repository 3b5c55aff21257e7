"""What cannot be done when somebody leaves."""

from timebank.errors import TimebankError


class HoursMovedError(TimebankError):
    """The account does not stand at what the page showed any more, so nobody has said yes to what would move."""

    message_id = "hours_moved_meanwhile"


class OwnHandError(TimebankError):
    """A broker writes down that somebody's hours go to the broker."""

    message_id = "hours_to_own_hand"
