"""Entry keys in URLs, and the groups of states by which lists of exchanges are filtered."""

from enum import StrEnum

from timebank.codes import OLD_KEY
from timebank.exchanges.rules import MOVED, WAITING, State
from timebank.ledger.entries import HISTORY, EntryKind

#: First path segments of the URLs of entries.
WORDS = tuple(sorted({"reversal", *EntryKind}))


class Group(StrEnum):
    """Filter words that stand for several states; each state also has its own value as a word."""

    MOVED = "moved"
    WAITING = "waiting-hours"


GROUPS = {Group.MOVED: MOVED, Group.WAITING: WAITING}


def address_of(key: str) -> tuple[str, str] | None:
    """Return (word, code) for an entry's key: ('exchange', 'K7M3Q2XZ') for 'exchange:K7M3Q2XZ'.

    'member:K7M3Q2XZ:welcome' gives ('welcome', 'K7M3Q2XZ'). Imported entries keep the key of their source: 'history:7'
    gives ('history', '~7'). None for a key of any other form.
    """
    if key.startswith(HISTORY) and "/" not in key:
        return HISTORY.rstrip(":"), OLD_KEY + key.removeprefix(HISTORY)
    match key.split(":"):
        case [word, code] if word in WORDS:
            return word, code
        case ["member", code, word] if word in WORDS:
            return word, code
    return None


def keys_of(word: str, code: str) -> tuple[str, str]:
    """Return the two keys that a word and code of a URL can stand for; the inverse of `address_of`."""
    if code.startswith(OLD_KEY):
        code = code.removeprefix(OLD_KEY)
        return f"{word}:{code}", f"{word}:{code}"
    return f"{word}:{code}", f"member:{code}:{word}"


def states_of(word: str) -> tuple[State, ...]:
    """Return the states that a filter word of a URL stands for; () for an unknown word."""
    if word in set(Group):
        return GROUPS[Group(word)]
    return tuple(state for state in State if state.value == word)
