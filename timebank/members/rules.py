"""The kinds of contacts. Pure."""

from enum import StrEnum


class ContactKind(StrEnum):
    """A way to reach somebody, with which they sign in once it is proved to be theirs."""

    EMAIL = "email"
    PHONE = "phone"
