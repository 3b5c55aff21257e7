"""What ends in the books: an account at zero, and a month whose figures two people have signed off."""

from enum import StrEnum


class ClosingKind(StrEnum):
    """What a closing did."""

    ACCOUNT_CLOSED = "account_closed"
    ACCOUNT_REOPENED = "account_reopened"
    MONTH_SIGNED_OFF = "month_signed_off"
