"""How an entry is named in an address, and what a list of exchanges is narrowed down to. Values in, answers out."""

from timebank.codes import OLD_KEY
from timebank.exchanges.rules import State
from timebank.ledger.entries import HISTORY, EntryKind

#: First words of addresses of entries.
WORDS = tuple(sorted({"reversal", *EntryKind}))
#: States in which hours have moved and stand, and in which they wait for the other side.
MOVED = (State.CONFIRMED, State.DECIDED)
WAITING = (State.RECORDED, State.DISPUTED)
#: Several states under one word, besides each state under its own.
GROUPS = {"moved": MOVED, "waiting-hours": WAITING}


def address_of(key: str) -> tuple[str, str] | None:
    """(word, code) of an entry's key: 'exchange:K7M3Q2XZ' and 'member:K7M3Q2XZ:welcome' begin with what it was.

    Older books had keys of their own: 'history:7' is found under the word and '~7'. None for a key that was given
    another way.
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
    """The keys that an address can mean."""
    if code.startswith(OLD_KEY):
        code = code.removeprefix(OLD_KEY)
        return f"{word}:{code}", f"{word}:{code}"
    return f"{word}:{code}", f"member:{code}:{word}"


def states_of(word: str) -> tuple[State, ...]:
    """The states that a word of the address means; none for a word that is no state."""
    if word in GROUPS:
        return GROUPS[word]
    return tuple(state for state in State if state.value == word)
