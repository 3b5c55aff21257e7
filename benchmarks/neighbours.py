"""Set-up of a bank with very many offers, requests and invitations: tables filled as the actions would leave them.

Texts are three terms of one kind of help, by chance from the vocabulary. Everything that a hard filter looks at is
there: areas with travel between them, hours, distances, languages, days away, balances, invitations of the last weeks.
The same seed gives the same bank but for its ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from tests.factories.large_bank import Crowd, code_of, take_in
from timebank import clock
from timebank.actors import Actor, Role, Unattended
from timebank.banks.actions import open_bank
from timebank.banks.models import Area, AreaTravel, Bank
from timebank.bookkeeping.entry_rows import NewEntry
from timebank.bookkeeping.many import post_many
from timebank.config import Settings
from timebank.db import opened
from timebank.ledger.entries import EntryKind, Line
from timebank.listings.actions import open_categories
from timebank.listings.learning import keep_learned, learn_from, list_lessons
from timebank.listings.meanings import find_models, vocabulary_model, write_meanings
from timebank.listings.models import Listing, ListingCategory
from timebank.listings.queries import get_tree
from timebank.matching.models import Invitation
from timebank.members.actions import NewMember, admit
from timebank.members.models import HelpingWishes, Membership, SpokenLanguage
from timebank.members.queries import find_actor_by_code
from timebank.words.ridge import one_thread
from timebank.words.vocabulary import read_vocabulary

AREAS = 20
#: One in so many members was invited of late.
_ONE_INVITED_IN = 5
_TERMS = 3
_SEED = 13
_BATCH = 5_000


@dataclass(frozen=True)
class Size:
    """How large a bank is; `learned` has its models learn from its listings too, as a bank's do after a while."""

    members: int
    offers_each: int
    requests: int
    learned: bool = False


@dataclass(frozen=True)
class _Filling:
    """A bank as it is filled."""

    session: Session
    bank: Bank
    keeper: Actor
    chance: Random
    crowd: Crowd
    categories: dict[str, int]

    @property
    def now(self) -> datetime:
        """Return when the bank was opened."""
        return self.bank.opened_at

    @property
    def today(self) -> date:
        """Return the bank's first day."""
        return clock.local_day(self.now, self.bank.time_zone)

    def insert(self, model: Any, rows: Sequence[dict[str, Any]]) -> None:  # noqa: ANN401 (a table)
        """Insert rows of the bank in batches, without the ORM."""
        for start in range(0, len(rows), _BATCH):
            part = rows[start : start + _BATCH]
            self.session.execute(insert(model.__table__), [{"bank_id": self.bank.id, **row} for row in part])


def fill(settings: Settings, size: Size) -> int:
    """Make a bank of a size; return its id."""
    with (
        opened(settings.owner_url) as engine,
        Session(engine, info=settings.session_info, expire_on_commit=False) as session,
    ):
        filling = _open(session, size.members)
        _settle(filling)
        _list(filling, "offer", [id_ for id_ in filling.crowd.membership_ids for _offer in range(size.offers_each)])
        asking = filling.chance.choices(filling.crowd.membership_ids, k=size.requests)
        _invite(filling, _list(filling, "request", asking))
        session.commit()
        _learn(filling, learned=size.learned)
        session.commit()
        if engine.dialect.name == "postgresql":  # as its autovacuum would; an installation on SQLite has no statistics
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        return filling.bank.id


def _open(session: Session, members: int) -> _Filling:
    now = clock.now()
    bank = open_bank(session, slug="bench", name="Bench", now=now, welcome_minutes=0)
    roles = frozenset({Role.MEMBER, Role.BROKER})
    newcomer = NewMember("Kay Keeper", email="kay@example.org", roles=roles)
    keeper = find_actor_by_code(session, bank.id, admit(session, bank, newcomer, Unattended(bank.id, now)).code)
    if keeper is None:
        raise LookupError(newcomer.name)
    open_categories(session, bank, Unattended(bank.id, now))
    categories = {key: branch.id for key, branch in get_tree(session, bank.id).by_key.items()}
    return _Filling(session, bank, keeper, Random(_SEED), take_in(session, bank, members), categories)


def _settle(filling: _Filling) -> None:
    """Insert areas and travel, where members live, what they say of when they can help, and some hours given."""
    chance, areas = filling.chance, range(1, AREAS + 1)
    filling.insert(Area, [{"id": id_, "name": f"Area {id_}"} for id_ in areas])
    ways = [(first, second) for first in areas for second in areas if first < second]
    travel = [
        {"first_area_id": first, "second_area_id": second, "minutes": 10 + 2 * (second - first)}
        for first, second in ways
    ]
    filling.insert(AreaTravel, travel)
    ids = filling.crowd.membership_ids
    lives = [{"id_": id_, "area": chance.choice(areas)} for id_ in ids]
    table = Membership.__tablename__
    move = text(f"UPDATE {table} SET area_id = :area WHERE bank_id = :bank AND id = :id_")
    filling.session.execute(move, [{**row, "bank": filling.bank.id} for row in lives])
    filling.insert(HelpingWishes, [_wishes(filling, id_) for id_ in ids if chance.random() < 0.7])
    spoken = [(id_, language) for id_ in ids for language in chance.choice(((), ("en",), ("en",), ("en", "pl")))]
    filling.insert(SpokenLanguage, [{"member_id": id_, "language": language} for id_, language in spoken])
    post_many(filling.session, [_entry(filling, number) for number in range(len(ids))])


def _wishes(filling: _Filling, member_id: int) -> dict[str, Any]:
    chance, days_away = filling.chance, filling.chance.choice((None, None, None, None, 3, 10))
    return {
        "member_id": member_id,
        "free_parts": chance.choice((0, 0, chance.getrandbits(21))),
        "away_from": None if days_away is None else filling.today,
        "away_until": None if days_away is None else filling.today + timedelta(days=days_away),
        "farthest_minutes": chance.choice((None, None, 15, 30)),
        "most_invitations": chance.choice((0, 1, 2, 2, 3, 5)),
        "changed_at": filling.now,
    }


def _entry(filling: _Filling, number: int) -> NewEntry:
    giver, receiver = filling.chance.sample(filling.crowd.account_ids, 2)
    key = f"exchange:{code_of(number, 'E')}"
    return NewEntry(
        bank_id=filling.bank.id,
        key=key,
        kind=EntryKind.EXCHANGE,
        lines=(Line(receiver, giver, 15 * (1 + number % 12)),),
        occurred_on=filling.today,
        recorded_at=filling.now,
        recorded_by=filling.keeper.membership_id,
        deed=key,
    )


def _list(filling: _Filling, kind: str, member_ids: Sequence[int]) -> Sequence[int]:
    """Insert an offer or a request of each of these; return the ids of the listings."""
    terms = read_vocabulary().terms
    leaves = [key for key in terms if key in filling.categories]
    listings, of_listings = [], []
    for number, member_id in enumerate(member_ids):
        leaf, id_ = filling.chance.choice(leaves), clock.next_id()
        title, *words = filling.chance.sample(terms[leaf], _TERMS)
        listings.append(
            {
                "id": id_,
                "code": code_of(number, "L" if kind == "offer" else "R"),
                "member_id": member_id,
                "kind": kind,
                "life": "open",
                "title": title[:120],
                "words": ", ".join(words),
                "area_id": filling.chance.randint(1, AREAS),
                "in_person": filling.chance.random() < 0.6,
                "review_on": filling.today + timedelta(days=180),
                "listed_at": filling.now,
                "changed_at": filling.now,
                **_when(filling, kind),
            }
        )
        of_listings.append({"listing_id": id_, "category_id": filling.categories[leaf]})
    filling.insert(Listing, listings)
    filling.insert(ListingCategory, of_listings)
    return [row["id"] for row in listings]


def _when(filling: _Filling, kind: str) -> dict[str, Any]:
    """Return for when a request is, and how many helpers it wants."""
    chance = filling.chance
    dated = kind == "request" and chance.random() < 0.6
    day = filling.today + timedelta(days=chance.randint(0, 14))
    return {
        "suits": 0 if dated or chance.random() < 0.5 else chance.getrandbits(21),
        "wanted_on": day if dated else None,
        "wanted_time": time(chance.randint(8, 19)) if dated and chance.random() < 0.7 else None,
        "helpers_wanted": chance.choice((1, 1, 1, 2)) if kind == "request" else 1,
    }


def _invite(filling: _Filling, request_ids: Sequence[int]) -> None:
    """Insert invitations of the last weeks, of which some wait, some were answered and some were not."""
    chance, rows = filling.chance, []
    invited = chance.sample(filling.crowd.membership_ids, len(filling.crowd.membership_ids) // _ONE_INVITED_IN)
    for number, member_id in enumerate(invited):
        asked_at = filling.now - timedelta(days=chance.randint(1, 80))
        state = "sent" if filling.now - asked_at < timedelta(days=3) else chance.choice(("no", "no", "silent"))
        rows.append(
            {
                "id": clock.next_id(),
                "code": code_of(number, "I"),
                "listing_id": chance.choice(request_ids),
                "member_id": member_id,
                "state": state,
                "turn": 1,
                "title": "Help of some kind",
                "asked_by": filling.keeper.membership_id,
                "chosen_at": asked_at,
                "asked_at": asked_at,
                "answer_by": asked_at.date() + timedelta(days=3),
                "minutes": 60,
                "answered_by": member_id if state == "no" else None,
                "closed_at": None if state == "sent" else asked_at + timedelta(days=2),
            }
        )
    filling.insert(Invitation, rows)


def _learn(filling: _Filling, *, learned: bool) -> None:
    """Store the vectors of all listings, by models that learned from the listings where that is asked for."""
    session, bank_id = filling.session, filling.bank.id
    if learned:
        lessons = list_lessons(session, [bank_id])
        with one_thread():
            packed = learn_from(lessons, vocabulary_model(session.info["word_models"]))
        if packed is not None:
            keep_learned(session, filling.bank, packed, len(lessons), Unattended(bank_id, filling.now))
    query = text("SELECT id, kind, title, words FROM listing WHERE bank_id = :bank ORDER BY id")
    rows = [dict(row) for row in session.execute(query, {"bank": bank_id}).mappings()]
    write_meanings(session, find_models(session, bank_id), bank_id, rows)
