"""Import of offers and requests from Timebanks: CSV with `timebank, listing_id, type, description, category_ids`.

The whole file is validated before anything is stored; one bad row rejects all of it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Doing, Unattended, may_coordinate
from timebank.banks.models import Bank
from timebank.errors import NotAllowedError
from timebank.interchange.sheets import BadSheetError, Fault, Problem, read_lines
from timebank.interchange.their_categories import CATEGORY_KEYS, choose
from timebank.listings.actions import open_categories
from timebank.listings.meanings import find_models, write_meanings
from timebank.listings.models import Listing, ListingCategory, ListingWord
from timebank.listings.queries import get_tree
from timebank.listings.rules import LONGEST_TITLE, MOST_CATEGORIES, Life, ListingKind, review_day
from timebank.listings.search import index_of
from timebank.members.actions import get_or_make_holder
from timebank.references import DeedName, Ref, Subject
from timebank.spelling import fold
from timebank.trail import actions as trail

SOURCE = "timebanks"
COLUMNS = ("timebank", "listing_id", "type", "description", "category_ids")
_LONGEST_KEY = 60
_LONGEST_SLUG = 40
_SHORTEST_SLUG = 2


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A parsed row; `timebank` and `number` are the names of bank and listing in the source system."""

    line: int
    timebank: str
    number: str
    kind: ListingKind
    description: str
    category_numbers: tuple[int, ...]

    @property
    def key(self) -> str:
        """Its permanent key, by which it is imported only once."""
        return f"{self.timebank}/{self.number}"

    @property
    def title(self) -> str:
        """The description, truncated at a word boundary if it is too long for a title."""
        if len(self.description) <= LONGEST_TITLE:
            return self.description
        cut = self.description[: LONGEST_TITLE - 1]
        whole_words = cut.rpartition(" ")[0] or cut
        return f"{whole_words.rstrip(' ,;:.')}…"

    @property
    def is_cut(self) -> bool:
        """Whether the title is truncated; the whole description is then stored as the words."""
        return self.title != self.description

    @property
    def kept(self) -> tuple[str, ...]:
        """The keys of the categories that it is stored in."""
        return choose(self.category_numbers, MOST_CATEGORIES)[0]

    @property
    def has_unknown(self) -> bool:
        """Whether it has a category number that has no mapping."""
        return any(number not in CATEGORY_KEYS for number in self.category_numbers)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The keys of further categories, beyond the most that a listing can have."""
        return choose(self.category_numbers, MOST_CATEGORIES)[1]


def read(content: bytes, *, by_slug: bool = True) -> Sequence[SheetRow]:
    """Parse a CSV file in UTF-8; return its rows in file order. Raises BadSheetError with every bad line.

    `by_slug` means that each bank is made or found by the short name that its name gives: then it has to give one.
    """
    rows, problems = list[SheetRow](), list[Problem]()
    for result in _read_all(content):
        (rows if isinstance(result, SheetRow) else problems).append(result)  # type: ignore[arg-type]
    first_lines: dict[str, int] = {}
    names: dict[str, str] = {}
    for row in rows:
        if row.key in first_lines:
            values: dict[str, object] = {"number": row.number, "first": first_lines[row.key]}
            problems.append(Problem(row.line, Fault.NUMBER_TWICE, values))
        first_lines.setdefault(row.key, row.line)
        slug = make_slug(row.timebank)
        if by_slug and len(slug) < _SHORTEST_SLUG:
            problems.append(Problem(row.line, Fault.NO_SHORT_NAME, {"timebank": row.timebank}))
        elif slug and names.setdefault(slug, row.timebank) != row.timebank:
            problems.append(Problem(row.line, Fault.SAME_SHORT_NAME, {"timebank": row.timebank, "other": names[slug]}))
    if problems:
        raise BadSheetError(problems)
    return rows


def _read_all(content: bytes) -> Iterator[SheetRow | Problem]:
    for result in read_lines(content, COLUMNS):
        yield result if isinstance(result, Problem) else _read_row(*result)


def _read_row(line: int, cells: Sequence[str]) -> SheetRow | Problem:
    timebank, number, kind, description, numbers = cells
    wrong = {
        Fault.BANK_MISSING: not timebank,
        Fault.NUMBER_MISSING: not number,
        Fault.KEY_TOO_LONG: len(f"{timebank}/{number}") > _LONGEST_KEY,
        Fault.KIND_UNKNOWN: fold(kind) not in set(ListingKind),
        Fault.WORDS_MISSING: not description,
        Fault.CATEGORIES_UNREADABLE: re.search(r"[^0-9 ]", numbers) is not None,
    }
    for fault, is_so in wrong.items():
        if is_so:
            values = {Fault.KIND_UNKNOWN: {"kind": kind}, Fault.CATEGORIES_UNREADABLE: {"numbers": numbers}}
            return Problem(line, fault, values.get(fault, {}))
    ids = tuple(int(digits[:18]) for digits in numbers.split())
    return SheetRow(line, timebank, number, ListingKind(fold(kind)), description, ids)


def shares_of(rows: Sequence[SheetRow]) -> Mapping[str, Sequence[SheetRow]]:
    """Group rows by the name that their bank has in the source system."""
    ordered = sorted(rows, key=lambda row: row.timebank)
    return {name: list(group) for name, group in groupby(ordered, lambda row: row.timebank)}


def rows_for(rows: Sequence[SheetRow], slug: str) -> Sequence[SheetRow] | None:
    """Return the rows of the bank with this slug, or all where the file names one bank; None if it names others."""
    shares = shares_of(rows)
    if len(shares) == 1:
        return rows
    return next((share for name, share in shares.items() if make_slug(name) == slug), None)


def make_slug(timebank: str) -> str:
    """Return the bank's name as a URL slug, in lower-case ASCII."""
    plain = fold(timebank).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_SLUG].rstrip("-")


def make_name(timebank: str) -> str:
    """Return the bank's display name."""
    return " ".join(word.capitalize() if word.islower() else word for word in re.split(r"[-_\s]+", timebank))


def list_stored(session: Session, bank_id: int, rows: Sequence[SheetRow]) -> frozenset[str]:
    """Return the keys of the rows that were imported before; those listings are not overwritten."""
    query = select(Listing.source_key).where(Listing.bank_id == bank_id, Listing.source == SOURCE)
    stored = dict.fromkeys(session.scalars(query), True)
    return frozenset(row.key for row in rows if row.key in stored)


def count_unknown(rows: Sequence[SheetRow]) -> Counter[int]:
    """Return how many rows use each category number that has no mapping."""
    return Counter(number for row in rows for number in set(row.category_numbers) if number not in CATEGORY_KEYS)


def store(session: Session, bank: Bank, rows: Sequence[SheetRow], doing: Doing | Unattended) -> Sequence[SheetRow]:
    """Store the rows that are not imported yet, owned by the bank's holder of listings; return these.

    Raises NotAllowedError unless the actor, if there is one, coordinates the bank.
    """
    if doing.by is not None and (doing.bank_id != bank.id or not may_coordinate(doing.by)):
        raise NotAllowedError
    now = doing.now
    open_categories(session, bank, doing)
    holder = get_or_make_holder(session, bank, now=now)
    stored = list_stored(session, bank.id, rows)
    ids = {key: branch.id for key, branch in get_tree(session, bank.id).by_key.items()}
    review_on = review_day(clock.local_day(now, bank.time_zone), bank.review_months)
    listings, categories, words = [], [], []
    fresh = [row for row in rows if row.key not in stored]
    for row in fresh:
        texts = {"title": row.title, "words": row.description if row.is_cut else ""}
        keys = {"bank_id": bank.id, "listing_id": clock.next_id()}
        listings.append(
            {
                "bank_id": bank.id,
                "id": keys["listing_id"],
                "code": codes.new_reference(),
                "member_id": holder.id,
                "kind": row.kind,
                "life": Life.OPEN,
                "review_on": review_on,
                "listed_at": now,
                "changed_at": now,
                "source": SOURCE,
                "source_key": row.key,
                **texts,
            }
        )
        categories += [{**keys, "category_id": ids[key]} for key in row.kept]
        words += [{**keys, "word": stem} for stem in sorted(index_of(**texts))]
    for table, new in ((Listing, listings), (ListingCategory, categories), (ListingWord, words)):
        if new:
            session.execute(insert(table), new)
    write_meanings(session, find_models(session, bank.id), bank.id, listings)
    if listings:
        trail.begin(session, doing, DeedName.LISTINGS_IMPORTED, Ref(Subject.BANK, bank.slug))
    return fresh
