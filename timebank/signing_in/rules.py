"""Limits on attempts, lifetimes of sessions and codes, and password strength."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from zxcvbn import zxcvbn

from timebank.actors import Actor, Role, may_approve, may_broker, may_coordinate
from timebank.notices.rules import Way

TRIES_WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 8
TRIES_PER_ADDRESS = 60
SESSION_LIFE = timedelta(days=90)
CODE_LIFE = timedelta(days=14)
#: How long after a code was used its sessions, and those of the password that was chosen in them, carry its maker. So
#: long home shows the person that it was used: time to say that it was not them.
CODE_CARRIED = timedelta(days=14)
#: Letters of each half of a code that two people make: 30 bits, behind the brake.
HALF_LENGTH = 6
SHORTEST_PASSWORD = 8
#: zxcvbn scores from 0 to 4; below 2 a password takes fewer than a million guesses.
WEAKEST_SCORE = 2
#: zxcvbn is slow on longer passwords, and their score does not change.
_LONGEST_SCORED = 40


def must_wait(tries_as_typed: int, tries_on_account: int, tries_from_address: int) -> bool:
    """Return whether too many attempts failed within the window: as typed, on one account, or from one address."""
    return max(tries_as_typed, tries_on_account) >= TRIES_PER_ACCOUNT or tries_from_address >= TRIES_PER_ADDRESS


class CodeWay(StrEnum):
    """How a sign-in code is made: by one person who sees all of it, or by two who see a half each."""

    WHOLE = "whole"
    FIRST_HALF = "first_half"
    SECOND_HALF = "second_half"


def way_to_make_code(
    by: Actor,
    member: Actor,
    roles_anywhere: frozenset[Role],
    *,
    first_half_by: int | None,
    depends_on: Collection[int],
) -> CodeWay | None:
    """Return how `by` may make a sign-in code for the member; None if not at all.

    `roles_anywhere` are the member's roles in all banks: a code lends them, so for whoever looks after a bank two
    people are needed. A coordinator makes the first half, another approver (`first_half_by` is who made the one that
    waits; None: none does) the second, who does not depend on the first.
    """
    if by.bank_id != member.bank_id or by.membership_id == member.membership_id or by.hand is not None:
        return None
    if not roles_anywhere - {Role.MEMBER}:
        return CodeWay.WHOLE if may_broker(by) else None
    if first_half_by is not None and first_half_by != by.membership_id:
        return CodeWay.SECOND_HALF if may_approve(by) and first_half_by not in depends_on else None
    return CodeWay.FIRST_HALF if may_coordinate(by) else None


class CodePurpose(StrEnum):
    """What a code is for: signing in, given by a person or sent by e-mail or text; or showing whose a contact is."""

    SIGN_IN = "sign_in"
    MAILED = "mailed"
    TEXTED = "texted"
    PROVE_EMAIL = "prove_email"
    PROVE_PHONE = "prove_phone"


#: What nobody signs in with.
PROOFS = frozenset({CodePurpose.PROVE_EMAIL, CodePurpose.PROVE_PHONE})
#: How long a code holds that was sent by e-mail or text.
SENT_CODE_LIFE = timedelta(minutes=15)
#: So many codes of one use are sent to one person within an hour, and so many by text within a day.
MOST_AN_HOUR, MOST_TEXTS_A_DAY = 4, 8


def way_of_code(*, by_email: bool, by_text: bool, chosen: Way) -> Way:
    """Return the way of a code to sign in, of those that are possible: the one chosen for notices about them.

    By e-mail where they chose neither.
    """
    if by_text and (chosen is Way.TEXT or not by_email):
        return Way.TEXT
    return Way.EMAIL if by_email else Way.NONE


class SessionEnd(StrEnum):
    """Why a session ended before it expired. Of what changes rights, the values are those of `RightsChange`."""

    SIGNED_OUT = "signed_out"
    SIGNED_OUT_ELSEWHERE = "signed_out_elsewhere"
    PASSWORD = "password"  # noqa: S105 (the name of a reason)
    ROLES = "roles"
    STANDING = "standing"


def is_valid(expires_at: datetime, ended_at: datetime | None, now: datetime) -> bool:
    """Return whether a session or code is neither ended nor expired."""
    return ended_at is None and now < expires_at


def is_weak(password: str, own_words: list[str]) -> bool:
    """Return whether a password is too easy to guess; `own_words` are words that relate to its person.

    Strength is estimated by zxcvbn (Wheeler, USENIX Security 2016).
    """
    if len(password) < SHORTEST_PASSWORD:
        return True
    score: int = zxcvbn(password[:_LONGEST_SCORED], user_inputs=own_words)["score"]
    return score < WEAKEST_SCORE
