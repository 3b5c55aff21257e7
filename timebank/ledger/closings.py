"""Closings: an account closed at zero balance or reopened, and a month whose figures two people signed off."""

from enum import StrEnum


class ClosingKind(StrEnum):
    """What a closing records."""

    ACCOUNT_CLOSED = "account_closed"
    ACCOUNT_REOPENED = "account_reopened"
    MONTH_SIGNED_OFF = "month_signed_off"
