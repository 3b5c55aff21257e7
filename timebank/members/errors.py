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


class LimitAboveBalanceError(TimebankError):
    """A limit would lie above today's balance; values: `hours` and `minutes`, how far below zero that is."""

    message_id = "limit_above_balance"


class LimitDayError(TimebankError):
    """A limit for a time ends today at the earliest and in a year at the latest."""

    message_id = "limit_day"


class LimitReasonMissingError(TimebankError):
    """A limit is changed for a reason, which stays with it."""

    message_id = "limit_reason_missing"


class NotAdultError(TimebankError):
    """Somebody wants to join who has not said that they are 18 or older."""

    message_id = "not_adult"


class NoticeNotAgreedError(TimebankError):
    """Somebody wants to join who has not agreed to what is kept about them."""

    message_id = "notice_not_agreed"


class TooManyApplicationsError(TimebankError):
    """So many applications came from the site within an hour or a day that these cannot all be neighbours."""

    message_id = "too_many_applications"


class StepNotNowError(TimebankError):
    """Another step comes first, or the application has ended."""

    message_id = "step_not_now"


class OwnApplicationError(TimebankError):
    """A broker would handle their own application, or that of somebody in their household."""

    message_id = "own_application"


class RefereeMissingError(TimebankError):
    """A reference without the name of who gave it."""

    message_id = "referee_missing"


class RefereeSpokeError(TimebankError):
    """The same referee a second time; values: `name`."""

    message_id = "referee_spoke"


class OwnRefereeError(TimebankError):
    """An applicant as their own referee."""

    message_id = "own_referee"


class WordsMissingError(TimebankError):
    """A step or a change of standing without the few words that tell others why."""

    message_id = "words_missing"


class StandingMovedError(TimebankError):
    """The membership cannot go from where it stands to where it was to go."""

    message_id = "standing_moved"


class AlreadyMemberError(TimebankError):
    """Somebody who is or was a member is to be taken in anew; values: `name` and `number` of the membership."""

    message_id = "already_member"
