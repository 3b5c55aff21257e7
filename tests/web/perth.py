"""Perth, with as rich a life as a bank can have, so that a border that leaks has something to leak.

Every name, title and note of Perth holds two words that stand nowhere in Angus: one to be looked for in searches, and
one by which whatever leaks is known.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.conftest import Backend
from tests.people import MEMBER, NOW, TODAY, Village, join, terms
from tests.web.books import Books
from timebank.actors import Doing, How, Role, Standing, Unattended, acting_for
from timebank.banks.queries import find_area
from timebank.codes import heard, spoken
from timebank.db import Base
from timebank.exchanges import actions, drafts, thanks
from timebank.exchanges.by_time import confirm_by_time
from timebank.exchanges.drafts import Purpose
from timebank.exchanges.rules import Side
from timebank.exchanges.time_rule import begin_time_rule
from timebank.listings import categories
from timebank.listings.models import Category
from timebank.members.actions import NewMember, admit
from timebank.members.limits import Override, lower_limit
from timebank.members.models import Membership, Person
from timebank.members.queries import find_actor_by_code

SOUGHT, MARK = "accordion", "Quillfeather"
WORDS = f"{SOUGHT} {MARK}"
AREA = f"Craigie {WORDS}"
_KEEPER = MEMBER | {Role.BROKER, Role.COORDINATOR}
_CAST: dict[str, tuple[str, frozenset[Role]]] = {
    "mary": ("Morag", _KEEPER),
    "ada": ("Una", MEMBER),
    "linus": ("Ivo", MEMBER),
    "rosa": ("Nell", MEMBER | {Role.BROKER}),
    "clara": ("Isla", MEMBER | {Role.COORDINATOR}),
    "tom": ("Hugh", frozenset({Role.TRUSTEE})),
    "audrey": ("Otto", frozenset({Role.AUDITOR})),
}


def settle_perth(backend: Backend, village: Village) -> Books:
    """Perth's people and all that they did. In the books that it gives, 'angus' is Perth, 'ada' Una and so on.

    Grace is the same person as in Angus, and coordinates here; what is about her here bears no mark.
    """
    with backend.session() as session:
        cast = {
            key: join(session, village.perth, f"{name} {WORDS}", roles=roles) for key, (name, roles) in _CAST.items()
        }
        newcomer = NewMember("Grace Okafor", phone="+441632960555", person_id=village.grace.person_id, roles=_KEEPER)
        both = admit(session, village.perth, newcomer, Unattended(village.perth.id, NOW))
        found = find_actor_by_code(session, village.perth.id, both.code)
        assert found is not None
        for member in session.scalars(select(Membership).where(Membership.bank_id == village.perth.id)):
            member.about = f"Plays the {WORDS}"
        session.get_one(Person, village.perdita.person_id).name = f"Perdita {WORDS}"
        session.commit()
    books = Books(backend, replace(village, angus=village.perth, grace=found, **cast))
    books.area(AREA)
    books.open_categories()
    _exchange(books)
    _look_after(books)
    return books


def _confirm_by_time(books: Books, code: str) -> None:
    """Nobody answered, and Perth confirms by time."""
    with books.backend.session() as session:
        begin_time_rule(session, books.village.angus, Doing(books.village.clara, NOW, "by time"))
        assert confirm_by_time(session, books.village.angus, code, now=NOW)
        session.commit()


def _exchange(books: Books) -> None:
    """Help in every state there is, late help, help by one broker's hand, hours taken back, and drafts."""
    una, grace, ivo = books.village.ada, books.village.grace, books.village.linus
    said: dict[str, Any] = {"what": WORDS}
    declined, called_off = (heard(books.propose(una, grace, **said)) for _two in range(2))
    books.propose(ivo, una, **said)
    books.accepted(una, grace, **said)
    books.recorded(una, grace, **said)
    books.disputed(una, ivo, **said)
    _confirm_by_time(books, heard(books.recorded(una, ivo, **said)))
    books.confirmed(una, ivo, minutes=615, **said)
    books.confirmed(una, grace, day=TODAY - timedelta(days=50), **said)
    thanked = heard(books.confirmed(una, grace, minutes=30, **said))
    books.reversal(books.confirmed(una, grace, **said), by=books.village.clara, reason=WORDS)
    books.approved(
        books.reversal(books.confirmed(una, ivo, **said), by=books.village.mary, reason=WORDS), by=books.village.tom
    )
    with books.backend.session() as session:
        actions.decline(session, declined, Doing(grace, NOW))
        actions.cancel(session, called_off, Doing(una, NOW))
        thanks.thank(session, thanked, Doing(grace, NOW), words=WORDS)
        hand = acting_for(books.village.rosa, una, How.PAPER).with_evidence(WORDS, slip=True)
        slip = terms(una, ivo, what=WORDS)
        actions.record(session, books.village.angus, slip, Doing(hand, NOW, "slip"), slip=True)
        draft = drafts.start(session, una, Purpose.RECORD, Side.GIVER, now=NOW)
        draft.other_account_id, draft.what = ivo.account_id, WORDS
        session.commit()


def _look_after(books: Books) -> None:
    """Listings, categories, applications at each stage, tasks, a lowered limit, and somebody who left with hours."""
    una, mary = books.village.ada, books.village.mary
    with books.backend.session() as session:
        categories.add(session, books.village.angus, WORDS, (), Doing(mary, NOW, "own kind"), under=None)
        area = find_area(session, books.village.angus.id, AREA)
        assert area is not None
        session.commit()
    for kind in ("offer", "request"):
        books.listed(una, title=WORDS, words=WORDS, kind=kind, area_id=area.id)
    books.imported(WORDS)
    for steps in range(6):
        books.application(f"Ewan{steps} {WORDS}", steps=steps, about=WORDS, area_id=area.id)
    books.task(f"member:{una.code}", note=WORDS)
    left = books.taken_in(f"Lou {WORDS}", email="lou@example.org")
    books.confirmed(left, una, minutes=15, what=WORDS)
    books.stands(left, Standing.LEFT, reason=WORDS)
    below = books.taken_in(f"Bo {WORDS}", email="bo@example.org")
    books.confirmed(una, below, minutes=15, what=WORDS)
    books.leaves(below, reason=WORDS)
    books.correction(by=books.village.clara, reason=WORDS)
    books.correction_approved(books.correction(by=mary, reason=WORDS), by=books.village.tom)
    adjustment: dict[str, Any] = {"from_account": books.village.linus.account_id, "reason": WORDS}
    books.correction(by=books.village.clara, **adjustment)
    books.correction_approved(books.correction(by=mary, **adjustment), by=books.village.tom)
    with books.backend.session() as session:
        until = TODAY + timedelta(days=30)
        bank, ivo = books.village.angus, books.village.linus
        lower_limit(session, bank, ivo, Override(1800, WORDS, until), Doing(mary, NOW))
        session.commit()


def own_category(books: Books) -> str:
    """The key of the category that only Perth has."""
    with books.backend.session() as session:
        return session.scalars(select(Category.key).where(Category.name == WORDS)).one() or ""


def all_rows(books: Books, bank_id: int) -> dict[str, Sequence[Any]]:
    """{table: every row of a bank}, its people and itself among them."""
    own = {"bank": "id = :bank", "person": "id IN (SELECT person_id FROM membership WHERE bank_id = :bank)"}
    found = {}
    for name, table in Base.metadata.tables.items():
        if "bank_id" in table.columns or name in own:
            query = f"SELECT * FROM {name} WHERE {own.get(name, 'bank_id = :bank')}"
            found[name] = sorted(map(repr, books.ask(query, bank=bank_id)))
    return found


def all_codes(books: Books) -> set[str]:
    """Every reference of Perth as it is printed; a row that leaks without its words is known by it."""
    tables = [name for name, table in Base.metadata.tables.items() if {"bank_id", "code"} <= set(table.columns.keys())]
    bank = {"bank": books.village.angus.id}
    return {
        spoken(row.code)
        for name in tables
        for row in books.ask(f"SELECT code FROM {name} WHERE bank_id = :bank", **bank)
    }
