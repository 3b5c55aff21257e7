"""Kinds, life and content of listings, risks of categories, and who may change them. Pure."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from timebank.actors import Actor, may_broker, may_exchange
from timebank.listings.errors import CategoriesError, NoTitleError
from timebank.states import InState


class ListingKind(StrEnum):
    """Whether the owner offers help or asks for it."""

    OFFER = "offer"
    REQUEST = "request"


class Life(StrEnum):
    """Whether others find a listing: only while it is open."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class OfListing:
    """Questions about the life of a listing, for its table and for read models with its column `life`."""

    __slots__ = ()

    is_open = InState("life", Life.OPEN)
    is_paused = InState("life", Life.PAUSED)
    is_closed = InState("life", Life.CLOSED)


#: How many offers and requests a member may have that are not closed.
MOST_LISTINGS = 40


def has_room(listed: int) -> bool:
    """Return whether a member with so many listings that are not closed may have another."""
    return listed < MOST_LISTINGS


class Risk(StrEnum):
    """A risk that a broker considers before help of a category is agreed."""

    HOME_VISIT = "home_visit"
    DRIVING = "driving"
    KEYS = "keys"
    MONEY = "money"
    PERSONAL_CARE = "personal_care"
    REGULATED_TRADE = "regulated_trade"


class Move(StrEnum):
    """An action on an existing listing."""

    CHANGE = "change"
    PAUSE = "pause"
    CLOSE = "close"
    REOPEN = "reopen"
    RECONFIRM = "reconfirm"


@dataclass(frozen=True, slots=True)
class ListingText:
    """The content of an offer or a request. Without any of the three ways the owner did not choose one.

    `suits` has a bit for each part of the week, Monday morning first; 0: at any time. Of a request, `wanted_on` is its
    day (None: any day), with `every_week` the first one, and `wanted_time` is where the bank is.
    """

    title: str
    words: str
    category_ids: tuple[int, ...]
    area_id: int | None = None
    in_person: bool = False
    by_phone: bool = False
    online: bool = False
    suits: int = 0
    when_words: str = ""
    wanted_on: date | None = None
    wanted_time: time | None = None
    helpers_wanted: int = 1
    every_week: bool = False


MOST_CATEGORIES = 3
LONGEST_TITLE = 120
LONGEST_WORDS = 2000
#: In which life each move can be made, and which life follows (None: it stays).
_MOVES: dict[Move, tuple[frozenset[Life], Life | None]] = {
    Move.CHANGE: (frozenset(Life), None),
    Move.PAUSE: (frozenset({Life.OPEN}), Life.PAUSED),
    Move.CLOSE: (frozenset({Life.OPEN, Life.PAUSED}), Life.CLOSED),
    Move.REOPEN: (frozenset({Life.PAUSED, Life.CLOSED}), Life.OPEN),
    Move.RECONFIRM: (frozenset({Life.OPEN}), None),
}


def after(life: Life, move: Move) -> Life | None:
    """Return the life after a move; None if the move is not allowed now."""
    standing, then = _MOVES[move]
    return (then or life) if life in standing else None


def may_change(member_id: int, actor: Actor) -> bool:
    """Return whether the actor owns the listing, or is a broker."""
    return (actor.membership_id == member_id and may_exchange(actor)) or may_broker(actor)


def may_hand_over(actor: Actor, *, held: bool) -> bool:
    """Return whether the actor is a broker, and the listing an imported one."""
    return held and may_broker(actor)


def check(content: ListingText) -> None:
    """Raise NoTitleError, or CategoriesError if there are no categories or more than three."""
    if not any(letter.isalnum() for letter in content.title):
        raise NoTitleError
    if not 1 <= len(set(content.category_ids)) <= MOST_CATEGORIES:
        raise CategoriesError


def review_day(day: date, months: int) -> date:
    """Return the day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def read_risks(kept: str) -> frozenset[Risk]:
    """Parse the stored risks of a category; unknown words are ignored."""
    known = {risk.value for risk in Risk}
    return frozenset(Risk(word) for word in kept.split() if word in known)


def write_risks(risks: Iterable[Risk]) -> str:
    """Return risks as they are stored, always in the same order."""
    chosen = set(risks)
    return " ".join(risk for risk in Risk if risk in chosen)
