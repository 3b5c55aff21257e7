"""The kinds of contacts, and on whom a keeper depends. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from timebank.actors import APPROVERS, KEEPERS, Role

#: How long somebody does not answer proposals of who took them in, gave them a role or let them in with a code.
DEPENDS_FOR = timedelta(days=90)


class ContactKind(StrEnum):
    """A way to reach somebody, with which they sign in once it is proved to be theirs."""

    EMAIL = "email"
    PHONE = "phone"


class Grant(NamedTuple):
    """A role that somebody holds, who gave it (None: the administrator's command line), and when."""

    role: Role
    granted_by: int | None
    granted_at: datetime


@dataclass(slots=True)
class Background:
    """How somebody came to look after a bank: who took them in, their roles, and the makers of codes they used."""

    admitted_by: int | None
    joined_on: date
    grants: list[Grant] = field(default_factory=list)
    code_makers: set[int] = field(default_factory=set)

    @property
    def keeps(self) -> bool:
        """Return whether they look after the bank."""
        return any(grant.role in KEEPERS for grant in self.grants)


def depends_on(background: Background, since: datetime) -> frozenset[int]:
    """Return on whom somebody depends by what happened since then.

    Whom the administrator made a coordinator or trustee depends on nobody; whom they made a broker, on who gave them a
    further role. `code_makers` are those of codes that were used since then.
    """
    named = {grant.role for grant in background.grants if grant.granted_by is None}
    if named & set(APPROVERS):
        return frozenset()
    gave_role = {
        grant.granted_by for grant in background.grants if grant.role is not Role.MEMBER and grant.granted_at > since
    }
    took_in = {background.admitted_by} if background.joined_on > since.date() else set[int | None]()
    others = gave_role if named & set(KEEPERS) else gave_role | took_in | background.code_makers
    return frozenset(membership_id for membership_id in others if membership_id is not None)
