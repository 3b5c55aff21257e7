"""When somebody has to wait, how long things last, and which password is too easy."""

from datetime import datetime, timedelta

from zxcvbn import zxcvbn

from timebank.actors import Actor, Role, may_broker, may_coordinate

TRIES_WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 8
TRIES_PER_ADDRESS = 60
SESSION_LIFE = timedelta(days=90)
CODE_LIFE = timedelta(days=14)
SHORTEST_PASSWORD = 8
#: zxcvbn's scale goes from 0 to 4; below 2 a password falls to a million guesses.
WEAKEST_SCORE = 2
#: More signs tell zxcvbn nothing new and take it long.
_LONGEST_SCORED = 40


def must_wait(tries_on_account: int, tries_from_address: int) -> bool:
    """Whether there were too many failed tries within the window, on this account or from this address."""
    return tries_on_account >= TRIES_PER_ACCOUNT or tries_from_address >= TRIES_PER_ADDRESS


def may_make_code(by: Actor, member: Actor, roles_anywhere: frozenset[Role]) -> bool:
    """Whether one may let the other in with a code, given every role that the other holds in any bank."""
    if by.bank_id != member.bank_id or by.membership_id == member.membership_id:
        return False
    if roles_anywhere & {Role.COORDINATOR, Role.TRUSTEE}:
        return False
    return may_coordinate(by) if roles_anywhere & {Role.BROKER, Role.AUDITOR} else may_broker(by)


def is_valid(expires_at: datetime, ended_at: datetime | None, now: datetime) -> bool:
    """Whether a session or code still opens the door."""
    return ended_at is None and now < expires_at


def is_weak(password: str, own_words: list[str]) -> bool:
    """Whether a password would be guessed in a few tries, given the words that belong to its person.

    Strength by zxcvbn (Wheeler, USENIX Security 2016).
    """
    if len(password) < SHORTEST_PASSWORD:
        return True
    score: int = zxcvbn(password[:_LONGEST_SCORED], user_inputs=own_words)["score"]
    return score < WEAKEST_SCORE
