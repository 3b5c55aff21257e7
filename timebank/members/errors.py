"""What can be wrong about a member."""

from timebank.errors import TimebankError


class NoWayToReachError(TimebankError):
    """Neither e-mail nor phone was given, so nobody could reach this member."""

    message_id = "no_way_to_reach"


class WeakPasswordError(TimebankError):
    """A password that would be guessed in a few tries."""

    message_id = "weak_password"


class LimitAboveBalanceError(TimebankError):
    """A limit would lie above today's balance; values: `hours` and `minutes`, how far below zero that is."""

    message_id = "limit_above_balance"


class LimitDayError(TimebankError):
    """A limit for a time ends today at the earliest and in a year at the latest."""

    message_id = "limit_day"


class LimitReasonMissingError(TimebankError):
    """A limit is changed for a reason, which stays with it."""

    message_id = "limit_reason_missing"


class WordsMissingError(TimebankError):
    """A step or a change of standing without the few words that tell others why."""

    message_id = "words_missing"


class StandingMovedError(TimebankError):
    """The membership cannot go from where it stands to where it was to go."""

    message_id = "standing_moved"


class ContactMovedError(TimebankError):
    """The contact that was to be proved is not the member's any more."""

    message_id = "contact_moved"


class OwnToChangeError(TimebankError):
    """Name and contact of a member of several banks are changed by nobody but them; values: `name`."""

    message_id = "own_to_change"
