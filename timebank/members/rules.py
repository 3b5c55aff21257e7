"""The kinds of contacts, on whom a keeper depends, and when a member can help. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from timebank.actors import APPROVERS, KEEPERS, Role
from timebank.members.errors import (
    AddressTooLongError,
    AwayDayMissingError,
    AwayEndsBeforeError,
    AwayOverError,
    AwayTooLongError,
    HelpingChoiceError,
    LanguageMissingError,
)
from timebank.members.languages import LANGUAGES, USUAL_LANGUAGE
from timebank.spelling import is_blank, tidy
from timebank.week import ANY_TIME, PARTS_A_DAY, WHOLE_WEEK, is_free

#: How long somebody does not answer proposals of who took them in, gave them a role or let them in with a code.
DEPENDS_FOR = timedelta(days=90)


#: How long after a keeper has said that a contact is a member's a code to sign in may be sent there: time for the
#: member to say that it is not theirs. One keeper alone could sign in as them otherwise.
CONTACT_TRUSTED_AFTER = timedelta(days=14)


class ContactKind(StrEnum):
    """A way to reach somebody, with which they sign in once it is proved to be theirs."""

    EMAIL = "email"
    PHONE = "phone"


#: What changed of how to reach somebody, beside the kinds of contacts: nobody signs in by it.
POSTAL_ADDRESS = "postal_address"


#: What the window of an envelope shows below a name: lines, and letters in a line.
ADDRESS_LINES, ADDRESS_LETTERS = 5, 35


def tidy_address(typed: str) -> str:
    """Return a postal address as its lines, without empty ones and stray spaces. Raises AddressTooLongError."""
    lines = [tidy(line) for line in typed.splitlines() if not is_blank(line)]
    if len(lines) > ADDRESS_LINES or any(len(line) > ADDRESS_LETTERS for line in lines):
        raise AddressTooLongError(lines=ADDRESS_LINES, letters=ADDRESS_LETTERS)
    return "\n".join(lines)


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


#: Minutes of travel one way that somebody can choose from; 0 is their own area only, None any distance.
DISTANCES: tuple[int | None, ...] = (0, 15, 30, 60, None)
#: How many invitations to help a week somebody can choose from; 0 is none for now.
INVITATIONS = (0, 1, 2, 3, 5)
USUAL_INVITATIONS = 2
LONGEST_AHEAD = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Helping:
    """Which languages a member speaks, when they can help, how far they go and how often they are asked.

    The defaults hold for whoever has said nothing. `free_parts` has the bits of `timebank.week`. They are away from the
    first to the last day, both included. `farthest_minutes` is the travel one way (0: their own area only, None: any
    distance), `most_invitations` is a week's.
    """

    free_parts: int = ANY_TIME
    away_from: date | None = None
    away_until: date | None = None
    farthest_minutes: int | None = None
    most_invitations: int = USUAL_INVITATIONS
    languages: frozenset[str] = frozenset({USUAL_LANGUAGE})


def is_away(helping: Helping, day: date) -> bool:
    """Return whether the member is away on that day."""
    if helping.away_from is None or helping.away_until is None:
        return False
    return helping.away_from <= day <= helping.away_until


def may_be_asked_on(helping: Helping, day: date) -> bool:
    """Return whether the member may be invited to help on that day.

    They want invitations, are not away, and are free in one part of that day of the week at least.
    """
    if helping.most_invitations == 0 or is_away(helping, day):
        return False
    return any(is_free(helping.free_parts, day.weekday(), of_day) for of_day in range(PARTS_A_DAY))


def check_helping(helping: Helping, today: date) -> None:
    """Raise the error of what cannot be so.

    LanguageMissingError, HelpingChoiceError, AwayDayMissingError, AwayEndsBeforeError, AwayOverError or
    AwayTooLongError.
    """
    if not helping.languages:
        raise LanguageMissingError
    is_offered = helping.farthest_minutes in DISTANCES and helping.most_invitations in INVITATIONS
    if not (is_offered and helping.languages <= LANGUAGES and 0 <= helping.free_parts <= WHOLE_WEEK):
        raise HelpingChoiceError
    if helping.away_from is None and helping.away_until is None:
        return
    if helping.away_from is None or helping.away_until is None:
        raise AwayDayMissingError
    if helping.away_until < helping.away_from:
        raise AwayEndsBeforeError
    if helping.away_until < today:
        raise AwayOverError
    if helping.away_until > today + LONGEST_AHEAD:
        raise AwayTooLongError
