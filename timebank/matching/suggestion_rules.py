"""What a member reads on home of how they could help and what they could ask for. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

Item = TypeVar("Item")

#: A member reads so many suggestions at most, nudges among them.
MOST_SUGGESTIONS = 3
#: So many neighbours offer a kind of help before it is suggested to ask for it.
SEVERAL_NEIGHBOURS = 2
#: Neighbours who live so far away, in minutes one way, are near.
NEAR_MINUTES = 30
#: Who gave or received so often within NUDGE_PERIOD, and never the other way, is nudged.
OFTEN = 3
NUDGE_PERIOD = timedelta(days=365)
#: Who asked for something within this time needs no idea of what to ask for.
ASKED_LATELY = timedelta(days=90)
#: What was dismissed comes back after half a year.
DISMISSED_FOR = timedelta(days=182)
LONGEST_ABOUT = 60


class SuggestionKind(StrEnum):
    """What is suggested: to help with a request, to ask for a kind of help, or a nudge to do the other of the two."""

    HELP = "help"
    ASK = "ask"
    NUDGE = "nudge"


class OneWay(StrEnum):
    """Which one of the two somebody does."""

    ONLY_GIVES = "only-gives"
    ONLY_RECEIVES = "only-receives"


def one_way(given: int, received: int) -> OneWay | None:
    """Return which one a member does who often does one of giving and receiving and never the other; else None."""
    if given >= OFTEN and not received:
        return OneWay.ONLY_GIVES
    return OneWay.ONLY_RECEIVES if received >= OFTEN and not given else None


def choose(nudged: OneWay | None, helps: Sequence[Item], asks: Sequence[Item]) -> Sequence[Item]:
    """Return the suggestions that stand beside a nudge (None: there is none), at most MOST_SUGGESTIONS with it.

    Both are in their order. Where there is something to ask for, one line is left for it; who only gives reads first of
    what they could ask for, and who only receives nothing of it.
    """
    room = MOST_SUGGESTIONS - (nudged is not None)
    if nudged is OneWay.ONLY_GIVES:
        return [*asks, *helps][:room]
    if nudged is OneWay.ONLY_RECEIVES:
        return helps[:room]
    return [*helps[: room - bool(asks)], *asks][:room]


def may_be_about(about: str) -> bool:
    """Return whether a text can be what a suggestion is about: a code, a key or a word."""
    return 0 < len(about) <= LONGEST_ABOUT and about.isprintable()
