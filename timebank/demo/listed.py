"""What people of the village offer and ask for, and how that is listed, paused, closed and said to be still right."""

from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import time

from timebank.actors import Doing
from timebank.banks.queries import find_area
from timebank.demo.stories import Neighbourhood, Story
from timebank.listings.actions import add, move
from timebank.listings.queries import get_tree
from timebank.listings.rules import DAYS_A_WEEK, PARTS_A_DAY, Kind, Move, Said

MORNING, AFTERNOON, EVENING = range(PARTS_A_DAY)
#: What is older than this was looked at again since, unless it waits for that.
_REVIEWED_AFTER_DAYS = 80
_REVIEWED_DAYS_AGO = 25
_WRITTEN_AT = time(20, 45)


def part(day: int, of_day: int) -> int:
    """The bit of one part of the week; Monday is 0."""
    return 1 << (PARTS_A_DAY * day + of_day)


WEEKDAY_MORNINGS = sum(part(day, MORNING) for day in range(5))
EVENINGS = sum(part(day, EVENING) for day in range(DAYS_A_WEEK))


@dataclass(frozen=True, slots=True)
class Listed:
    """An offer or a request, listed so many days ago under the keys of its categories, with spaces between.

    `ways` has a letter for each: in person, by telephone, online. It was `paused` or `closed` so many days ago.
    `waits` says that its owner has not yet looked whether it is still right.
    """

    days_ago: int
    whose: str
    title: str
    words: str
    categories: str
    _: KW_ONLY
    ways: str = "p"
    suits: int = 0
    when_words: str = ""
    paused: int | None = None
    closed: int | None = None
    waits: bool = False

    def said(self, category_ids: Sequence[int], area_id: int | None) -> Said:
        """What stands in its form."""
        return Said(
            self.title,
            self.words,
            tuple(category_ids),
            area_id=area_id,
            in_person="p" in self.ways,
            by_phone="t" in self.ways,
            online="o" in self.ways,
            suits=self.suits,
            when_words=self.when_words,
        )

    def moves(self) -> Iterator[tuple[int, Move]]:
        """(days ago, what) was done with it later."""
        if self.days_ago > _REVIEWED_AFTER_DAYS and not self.waits and self.closed is None:
            yield _REVIEWED_DAYS_AGO, Move.RECONFIRM
        if self.paused is not None:
            yield self.paused, Move.PAUSE
        if self.closed is not None:
            yield self.closed, Move.CLOSE


def list_one(place: Neighbourhood, kind: Kind, told: Listed, number: int, home: str | None) -> Story:
    """One offer or request, from its first day on; its number tells it from the others of its kind."""
    session, bank = place.session, place.bank
    key = f"village-{kind}-{number}"
    now = yield place.finds_time(told.whose, place.moment(told.days_ago, _WRITTEN_AT))
    tree = get_tree(session, bank.id)
    area = find_area(session, bank.id, home) if home and told.ways != "t" else None
    said = told.said([tree.by_key[one].id for one in told.categories.split()], area.id if area else None)
    code = add(session, bank, kind, said, Doing(place.actor(told.whose), now, key))
    place.listings[told.title] = code
    for days_ago, what in told.moves():
        now = yield place.finds_time(told.whose, place.moment(days_ago, _WRITTEN_AT))
        move(session, bank, code, what, Doing(place.actor(told.whose), now, f"{key}-{what}"))
