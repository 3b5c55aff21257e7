"""What can be wrong about a member."""

from timebank.errors import TimebankError


class NoWayToReachError(TimebankError):
    """Neither e-mail nor phone was given, so nobody could reach this member."""

    message_id = "no_way_to_reach"


class NotAllowedError(TimebankError):
    """The actor's role or standing does not let them do this."""

    message_id = "not_allowed"


class WeakPasswordError(TimebankError):
    """A password that would be guessed in a few tries."""

    message_id = "weak_password"
