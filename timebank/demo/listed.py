"""The demo's offers and requests, and how they are paused, closed and reconfirmed."""

from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date, time, timedelta

from timebank.actors import Doing
from timebank.banks.queries import find_area
from timebank.demo.stories import Neighbourhood, Story
from timebank.listings.actions import add, move
from timebank.listings.queries import get_tree
from timebank.listings.rules import ListingKind, ListingText, Move

#: Older listings were reconfirmed since, unless they wait for it.
_REVIEWED_AFTER_DAYS = 80
_REVIEWED_DAYS_AGO = 25
_WRITTEN_AT = time(20, 45)


@dataclass(frozen=True, slots=True)
class Listed:
    """An offer or a request, listed `days_ago` days ago; `categories` are keys, separated by spaces.

    `ways` has the letters of its ways: p in person, t by telephone, o online. `paused` and `closed` are in days ago.
    `day` is that of a request in days from the end of the story, below zero where it has been, and `at` its time.
    `waits` means that its owner has yet to reconfirm it.
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
    day: int | None = None
    at: time | None = None
    helpers: int = 1
    every_week: bool = False

    def form_values(self, category_ids: Sequence[int], area_id: int | None, today: date) -> ListingText:
        """Return the values of its form."""
        return ListingText(
            self.title,
            self.words,
            tuple(category_ids),
            area_id=area_id,
            in_person="p" in self.ways,
            by_phone="t" in self.ways,
            online="o" in self.ways,
            suits=self.suits,
            when_words=self.when_words,
            wanted_on=None if self.day is None else today + timedelta(days=self.day),
            wanted_time=self.at,
            helpers_wanted=self.helpers,
            every_week=self.every_week,
        )

    def moves(self) -> Iterator[tuple[int, Move]]:
        """Yield (days ago, move) for each later change."""
        if self.days_ago > _REVIEWED_AFTER_DAYS and not self.waits and self.closed is None:
            yield _REVIEWED_DAYS_AGO, Move.RECONFIRM
        if self.paused is not None:
            yield self.paused, Move.PAUSE
        if self.closed is not None:
            yield self.closed, Move.CLOSE


def list_one(neighbourhood: Neighbourhood, kind: ListingKind, listed: Listed, number: int, home: str | None) -> Story:
    """Play the life of one offer or request; `number` is unique within its kind."""
    session, bank = neighbourhood.session, neighbourhood.bank
    form_key = f"village-{kind}-{number}"
    now = yield neighbourhood.finds_time(listed.whose, neighbourhood.moment(listed.days_ago, _WRITTEN_AT))
    tree = get_tree(session, bank.id)
    area = find_area(session, bank.id, home) if home and listed.ways != "t" else None
    category_ids = [tree.by_key[key].id for key in listed.categories.split()]
    values = listed.form_values(category_ids, area.id if area else None, neighbourhood.today)
    code = add(session, bank, kind, values, Doing(neighbourhood.actor(listed.whose), now, form_key))
    neighbourhood.listings[listed.title] = code
    for days_ago, change in listed.moves():
        now = yield neighbourhood.finds_time(listed.whose, neighbourhood.moment(days_ago, _WRITTEN_AT))
        move(session, bank, code, change, Doing(neighbourhood.actor(listed.whose), now, f"{form_key}-{change}"))
