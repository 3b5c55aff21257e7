"""A bank as large as a county's: thousands of members and their exchanges, written in bulk and in right books.

The actions would take minutes; here the tables are filled as they would have left them, and the books' own triggers
post every entry. `tests/web/test_large_bank.py` holds that the checks of the books find nothing wrong in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Actor
from timebank.banks.models import Bank
from timebank.bookkeeping.entry_rows import NewEntry
from timebank.bookkeeping.many import post_many
from timebank.bookkeeping.models import Hold
from timebank.bookkeeping.opening import open_accounts
from timebank.codes import ALPHABET
from timebank.exchanges.models import Exchange, ExchangeStep
from timebank.joining.models import Application
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import EntryKind, Line
from timebank.listings.models import Category, Listing, ListingCategory, ListingWord
from timebank.listings.search import index_of
from timebank.marks import mark_values
from timebank.members.models import Membership, MembershipRole, Person
from timebank.spelling import fold
from timebank.tasks.models import Task
from timebank.trail.models import TrailRow

BATCH = 10_000
#: Of a hundred exchanges, how many stand where; all others are confirmed.
OPEN = {0: "proposed", 1: "accepted", 2: "recorded", 3: "disputed", 4: "declined", 5: "cancelled"}
FIRST_NAMES = ("Agnes", "Bram", "Chidi", "Dolina", "Ewan", "Fatima", "Gregor", "Halina", "Iona", "Jamal")


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who was made: membership and account ids, in order."""

    membership_ids: Sequence[int]
    account_ids: Sequence[int]


def code_of(number: int, letter: str) -> str:
    """A reference that is nobody else's: a letter and the number in the alphabet of references."""
    said = ""
    for _ in range(7):
        number, rest = divmod(number, len(ALPHABET))
        said = ALPHABET[rest] + said
    return letter + said


def fill(session: Session, bank: Bank, keeper: Actor, *, members: int, exchanges: int) -> Crowd:
    """So many members and exchanges over two years before the bank's opening day; `keeper` recorded them."""
    crowd = take_in(session, bank, members)
    _list(session, bank, crowd)
    _ask(session, bank, members // 10)
    for start in range(0, exchanges, BATCH):
        _exchange(session, bank, keeper, crowd, range(start, min(start + BATCH, exchanges)))
    session.commit()
    return crowd


def take_in(session: Session, bank: Bank, members: int) -> Crowd:
    """Insert so many active members without limits."""
    persons, memberships, roles = [], [], []
    now, of_bank, ids = bank.opened_at, {"bank_id": bank.id}, [clock.next_id() for _ in range(members)]
    names = {"floor": None, "reason": "a crowd", "by": None, "now": now}
    accounts = open_accounts(session, bank.id, AccountKind.MEMBER, ids, **names)
    for number, (membership_id, account_id) in enumerate(zip(ids, accounts, strict=True)):
        person_id, name = clock.next_id(), f"{FIRST_NAMES[number % len(FIRST_NAMES)]} Crowd{number}"
        persons.append({"id": person_id, "name": name, "name_folded": fold(name), "created_at": now})
        memberships.append(
            {
                **of_bank,
                "id": membership_id,
                "person_id": person_id,
                "account_id": account_id,
                "number": 1_000 + number,
                "code": code_of(number, "M"),
                "standing": "active",
                "about": "",
                "joined_on": now.date(),
            }
        )
        roles.append({**of_bank, "membership_id": membership_id, "role": "member", "granted_at": now})
    key = session.info["books_key"]
    for model, rows in ((Person, persons), (Membership, memberships)):
        session.execute(insert(model.__table__), [{**row, "mark": mark_values(key, model, row)} for row in rows])
    session.execute(insert(MembershipRole.__table__), roles)
    session.flush()
    return Crowd(ids, accounts)


def _list(session: Session, bank: Bank, crowd: Crowd) -> None:
    """An offer or a request of everybody, under one category."""
    now, category_id = bank.opened_at, clock.next_id()
    category = {"id": category_id, "key": "crowd", "name": "Crowded", "risks": "", "position": 99}
    session.execute(insert(Category.__table__), [{"bank_id": bank.id, **category}])
    listings = [
        {
            "bank_id": bank.id,
            "id": clock.next_id(),
            "code": code_of(number, "L"),
            "member_id": member_id,
            "kind": ("offer", "request")[number % 2],
            "life": "open",
            "title": f"Garden help {number}",
            "words": "Weeding and hedges",
            "in_person": True,
            "review_on": now.date() + timedelta(days=180),
            "listed_at": now,
            "changed_at": now,
        }
        for number, member_id in enumerate(crowd.membership_ids)
    ]
    session.execute(insert(Listing.__table__), listings)
    of_listing = [{"bank_id": bank.id, "listing_id": row["id"]} for row in listings]
    session.execute(insert(ListingCategory.__table__), [{**one, "category_id": category_id} for one in of_listing])
    found_by = index_of("Garden help", "Weeding and hedges")
    session.execute(insert(ListingWord.__table__), [{**one, "word": word} for one in of_listing for word in found_by])


def _ask(session: Session, bank: Bank, number_of_each: int) -> None:
    """People who want to join, and things to do."""
    now = bank.opened_at
    applications = [
        {
            "bank_id": bank.id,
            "id": clock.next_id(),
            "code": code_of(number, "A"),
            "stage": "applied",
            "name": f"Hopeful {number}",
            "phone": "+441632960000",
            "about": "",
            "notice_agreed": "online",
            "applied_at": now,
            "changed_at": now,
        }
        for number in range(number_of_each)
    ]
    session.execute(insert(Application.__table__), applications)
    tasks = [
        {
            "bank_id": bank.id,
            "id": clock.next_id(),
            "code": code_of(number, "T"),
            "kind": "below_soft_limit",
            "subject": f"member:{code_of(number, 'M')}",
            "status": "open",
            "opened_at": now,
        }
        for number in range(number_of_each)
    ]
    session.execute(insert(Task.__table__), tasks)


def _exchange(session: Session, bank: Bank, keeper: Actor, crowd: Crowd, numbers: range) -> None:
    """A batch: the exchanges with their steps, a hold for each that waits, an entry for each whose hours moved."""
    rows, steps, entries, waiting = [], [], [], []
    for number in numbers:
        giver = number % len(crowd.account_ids)
        receiver = (giver + 1 + number % 97) % len(crowd.account_ids)
        state = OPEN.get(number % 100, "confirmed")
        day = bank.opened_at.date() - timedelta(days=number % 730)
        exchange_id, code, minutes = clock.next_id(), code_of(number, "E"), 15 * (1 + number % 12)
        recorded = state in {"recorded", "disputed", "confirmed"}
        sides = (crowd.account_ids[giver], crowd.account_ids[receiver])
        rows.append(
            {
                "bank_id": bank.id,
                "id": exchange_id,
                "code": code,
                "giver_account_id": sides[0],
                "receiver_account_id": sides[1],
                "state": state,
                "what": f"Help {number % 40}",
                "what_folded": f"help {number % 40}",
                "proposed_side": None if recorded else "giver",
                "agreed_on": None if recorded else day,
                "agreed_minutes": None if recorded else minutes,
                "recorded_side": "giver" if recorded else None,
                "occurred_on": day if recorded else None,
                "minutes": minutes if recorded else None,
                "changed_at": bank.opened_at,
            }
        )
        steps.append(
            {
                "bank_id": bank.id,
                "exchange_id": exchange_id,
                "number": 1,
                "deed": "record" if recorded else "propose",
                "done_by": crowd.membership_ids[giver],
                "done_at": datetime.combine(day, time(12), UTC),
                "minutes": minutes,
            }
        )
        if state in {"recorded", "disputed"}:
            waiting.append((f"exchange:{code}", sides[1], minutes))
        if state == "confirmed":
            entries.append(_entry(bank, keeper, code, sides, minutes, day))
    session.execute(insert(Exchange.__table__), rows)
    session.execute(insert(ExchangeStep.__table__), steps)
    _hold(session, bank, keeper, waiting)
    post_many(session, entries)


def _hold(session: Session, bank: Bank, keeper: Actor, waiting: Sequence[tuple[str, int, int]]) -> None:
    """What waits is held, and the trail tells who wrote it down; `waiting` is (deed, account id, minutes)."""
    at = {"bank_id": bank.id}
    told = [
        {
            **at,
            "id": clock.next_id(),
            "done_at": bank.opened_at,
            "done_by": keeper.membership_id,
            "deed": "exchange.record",
            "subject": deed,
        }
        for deed, _account, _minutes in waiting
    ]
    held = [
        {
            **at,
            "id": clock.next_id(),
            "account_id": account_id,
            "minutes": minutes,
            "unagreed_minutes": 0,
            "deed": deed,
            "placed_at": bank.opened_at,
        }
        for deed, account_id, minutes in waiting
    ]
    session.execute(insert(TrailRow.__table__), told)
    session.execute(insert(Hold.__table__), held)


def _entry(bank: Bank, keeper: Actor, code: str, sides: tuple[int, int], minutes: int, day: date) -> NewEntry:
    return NewEntry(
        bank_id=bank.id,
        key=f"exchange:{code}",
        kind=EntryKind.EXCHANGE,
        lines=(Line(sides[1], sides[0], minutes),),
        occurred_on=day,
        recorded_at=bank.opened_at,
        recorded_by=keeper.membership_id,
        deed=f"exchange:{code}",
    )
