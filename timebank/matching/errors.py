"""What can be refused in matching."""

from timebank.errors import TimebankError


class MatchingSettingError(TimebankError):
    """A setting is out of range; values: `name`, `least`, `most`."""

    message_id = "matching_setting"


class NobodyChosenError(TimebankError):
    """Nobody was chosen to be asked."""

    message_id = "nobody_chosen"


class RequestMovedOnError(TimebankError):
    """A request wants no helpers any more: it is filled, called off, or its day has passed."""

    message_id = "request_moved_on"


class MayNotBeAskedError(TimebankError):
    """A member may not be asked about this just now; values: `name`."""

    message_id = "may_not_be_asked"


class AskedAlreadyError(TimebankError):
    """A member was asked about this request before; values: `name`."""

    message_id = "asked_already"


class InvitationOverError(TimebankError):
    """An invitation can no longer be answered or taken back."""

    message_id = "invitation_over"


class OtherDayError(TimebankError):
    """The request is for another day or time than the invitation says."""

    message_id = "invitation_other_day"


class DayMissingError(TimebankError):
    """Who says yes has to name a day, where the request is for any."""

    message_id = "invitation_day_missing"
