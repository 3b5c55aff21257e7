"""Limits on attempts, lifetimes of sessions and codes, and password strength."""

from datetime import datetime, timedelta

from zxcvbn import zxcvbn

from timebank.actors import Actor, Role, may_broker, may_coordinate

TRIES_WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 8
TRIES_PER_ADDRESS = 60
SESSION_LIFE = timedelta(days=90)
CODE_LIFE = timedelta(days=14)
SHORTEST_PASSWORD = 8
#: zxcvbn scores from 0 to 4; below 2 a password takes fewer than a million guesses.
WEAKEST_SCORE = 2
#: zxcvbn is slow on longer passwords, and their score does not change.
_LONGEST_SCORED = 40


def must_wait(tries_on_account: int, tries_from_address: int) -> bool:
    """Return whether there were too many failed attempts within the window, on the account or from the address."""
    return tries_on_account >= TRIES_PER_ACCOUNT or tries_from_address >= TRIES_PER_ADDRESS


def may_make_code(by: Actor, member: Actor, roles_anywhere: frozenset[Role]) -> bool:
    """Return whether `by` may make a sign-in code for the member, given the member's roles in all banks."""
    if by.bank_id != member.bank_id or by.membership_id == member.membership_id:
        return False
    if roles_anywhere & {Role.COORDINATOR, Role.TRUSTEE}:
        return False
    return may_coordinate(by) if roles_anywhere & {Role.BROKER, Role.AUDITOR} else may_broker(by)


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
