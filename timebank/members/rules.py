"""The kinds of contacts, and how long one depends on another keeper. Pure."""

from datetime import timedelta
from enum import StrEnum

#: How long somebody does not answer proposals of who took them in, gave them a role or let them in with a code.
DEPENDS_FOR = timedelta(days=90)


class ContactKind(StrEnum):
    """A way to reach somebody, with which they sign in once it is proved to be theirs."""

    EMAIL = "email"
    PHONE = "phone"
