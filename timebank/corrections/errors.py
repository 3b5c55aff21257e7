"""What can stand in the way of a correction or a sign-off."""

from timebank.errors import TimebankError


class SameAccountsError(TimebankError):
    """An adjustment moves hours between two different accounts."""

    message_id = "correction_same_account"


class NoLinesChosenError(TimebankError):
    """A reversal takes back one line at least."""

    message_id = "correction_without_lines"


class TakenBackOnExchangeError(TimebankError):
    """An exchange is taken back on its own page, where both sides can agree to it."""

    message_id = "correction_of_exchange"


class CorrectionStandsError(TimebankError):
    """One of these lines waits to be taken back already."""

    message_id = "correction_stands"


class AnsweredError(TimebankError):
    """Somebody has approved, refused or withdrawn it meanwhile."""

    message_id = "correction_answered"


class MonthNotOverError(TimebankError):
    """A month is signed off once it is over."""

    message_id = "month_not_over"


class MonthSignedError(TimebankError):
    """Somebody has signed this month already: it waits for a second approver, or stands on record."""

    message_id = "month_signed"


class FiguresDifferError(TimebankError):
    """The figures are not what was signed, so nobody can confirm them."""

    message_id = "month_figures_differ"
