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


class AddressTooLongError(TimebankError):
    """A postal address that does not fit in the window of an envelope; values: `lines` and `letters` in a line."""

    message_id = "address_too_long"


class LanguageMissingError(TimebankError):
    """Nobody speaks no language at all."""

    message_id = "language_missing"


class HelpingChoiceError(TimebankError):
    """A language, distance or number of invitations that was not among the choices."""

    message_id = "helping_choice"


class AwayDayMissingError(TimebankError):
    """Only one of the two days was given between which somebody is away."""

    message_id = "away_day_missing"


class AwayEndsBeforeError(TimebankError):
    """Somebody would be back before they leave."""

    message_id = "away_ends_before"


class AwayOverError(TimebankError):
    """The days on which somebody is away have passed."""

    message_id = "away_over"


class AwayTooLongError(TimebankError):
    """Somebody would be away for longer than two years from today."""

    message_id = "away_too_long"
