"""Why an application cannot be taken, or taken a step further."""

from timebank.errors import TimebankError


class NotAdultError(TimebankError):
    """The applicant has not stated that they are 18 or older."""

    message_id = "not_adult"


class NoticeNotAgreedError(TimebankError):
    """Somebody wants to join who has not agreed to what is kept about them."""

    message_id = "notice_not_agreed"


class TooManyApplicationsError(TimebankError):
    """So many applications came from the site within an hour or a day that these cannot all be neighbours."""

    message_id = "too_many_applications"


class ManyFromHereError(TimebankError):
    """So many applications came from one network address within `minutes` that they may be a program's."""

    message_id = "many_from_here"


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


class AlreadyMemberError(TimebankError):
    """The applicant is or was a member already; values: `name` and `number` of the membership."""

    message_id = "already_member"
