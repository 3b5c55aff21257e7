"""What a listing and a category are, and who may change them. Values in, answers out."""

from enum import StrEnum


class Kind(StrEnum):
    """Whether its owner would give or would like help."""

    OFFER = "offer"
    REQUEST = "request"


class Life(StrEnum):
    """Whether others find it."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class Risk(StrEnum):
    """What a broker has to think of before help of a category is agreed."""

    HOME_VISIT = "home_visit"
    DRIVING = "driving"
    KEYS = "keys"
    MONEY = "money"
    PERSONAL_CARE = "personal_care"
    REGULATED_TRADE = "regulated_trade"
