"""What can go wrong between two neighbours, each said kindly and losing nothing."""

from timebank.errors import TimebankError


class NotNowError(TimebankError):
    """The exchange has moved on, so this cannot happen to it any more; values: `state`."""

    message_id = "exchange_moved_on"


class TooManyAskedOfOneError(TimebankError):
    """This neighbour has not answered so many proposals of the member yet; values: `name`, `number`."""

    message_id = "asked_one_too_often"


class TooManyAskedError(TimebankError):
    """So many proposals of the member wait for an answer; values: `number`."""

    message_id = "asked_too_often"


class NotYoursError(TimebankError):
    """The actor is not on the side, or in the role, that may do this."""

    message_id = "not_allowed"


class SamePersonError(TimebankError):
    """Nobody gives hours to themselves."""

    message_id = "same_person"


class TooLongAgoError(TimebankError):
    """Further back than the bank allows; values: `days`, how far back it does."""

    message_id = "day_too_long_ago"


class NothingSaidError(TimebankError):
    """What the help was is missing."""

    message_id = "what_missing"


class ReversalStandsError(TimebankError):
    """A reversal of this exchange waits already."""

    message_id = "reversal_stands"


class SideNotActiveError(TimebankError):
    """The other side's membership is not active, so no hours can move; values: `name`."""

    message_id = "side_not_active"


class CodeMakerPartError(TimebankError):
    """Raised where whoever made the code that opened the session is a side as well; values: `name`, the maker's."""

    message_id = "code_maker_part"


class OwnExchangeError(TimebankError):
    """A broker acts for the other side of an exchange in which they give or receive themselves."""

    message_id = "own_exchange"


class EvidenceMissingError(TimebankError):
    """One broker acts for both sides, or confirms by a slip, and has nothing to show for one of them."""

    message_id = "evidence_missing"


class ExtrasNotAgreedError(TimebankError):
    """Travel and getting ready count only where they were agreed before."""

    message_id = "extras_not_agreed"


class ExtrasTooLongError(TimebankError):
    """Travel or getting ready takes longer than a day's work."""

    message_id = "extras_too_long"


class ThankedAlreadyError(TimebankError):
    """This side has said thank you already."""

    message_id = "thanked_already"


class UnfinishedError(TimebankError):
    """Somebody wants to leave whose exchanges are not all settled or called off."""

    message_id = "exchanges_unfinished"


class CannotFileError(TimebankError):
    """The bank has no such category, or not any more."""

    message_id = "cannot_file"
