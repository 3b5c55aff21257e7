"""Queries of members. Lists return read models; names are searched without accents or case.

The holder of imported listings is not a person, and no search returns it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, false, or_, select, true
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from timebank import subjects
from timebank.actors import Actor, OfMember, Role, Standing
from timebank.holders.sources import HolderSource, register
from timebank.ledger.accounts import HolderKind
from timebank.members.models import Membership, MembershipRole, Person
from timebank.references import Subject
from timebank.rows import Page, fetch, fetch_first, fetch_numbered
from timebank.spelling import fold, is_blank

MEMBERS_A_PAGE = 25
_LONGEST_WORDS = 80
_LONGEST_NUMBER = 9


def find_actor(session: Session, bank_id: int, person_id: int) -> Actor | None:
    """Return the person's membership of this bank as an actor; None for a stranger to the bank."""
    return _one_actor(session, Membership.bank_id == bank_id, Membership.person_id == person_id)


def find_actor_by_code(session: Session, bank_id: int, code: str) -> Actor | None:
    """Return the membership of the bank with this code; None if there is none."""
    return _one_actor(session, Membership.bank_id == bank_id, Membership.code == code)


def find_actor_by_account(session: Session, bank_id: int, account_id: int) -> Actor | None:
    """Return the membership that holds this account; None if no member does."""
    return _one_actor(session, Membership.bank_id == bank_id, Membership.account_id == account_id)


def find_actor_by_id(session: Session, bank_id: int, membership_id: int) -> Actor | None:
    """Return the membership with this id; None if there is none."""
    return _one_actor(session, Membership.bank_id == bank_id, Membership.id == membership_id)


def find_actor_by_number(session: Session, bank_id: int, number: int) -> Actor | None:
    """Return the membership of the bank with this number; None if there is none."""
    return _one_actor(session, Membership.bank_id == bank_id, Membership.number == number)


def get_rights(session: Session, actor: Actor) -> Actor:
    """Return the actor with the roles and standing that they have at this moment, the same hand and code maker.

    Called under a lock that whoever changes rights takes too, since an actor was read before. Raises NoResultFound.
    """
    current = _one_actor(session, Membership.bank_id == actor.bank_id, Membership.id == actor.membership_id)
    if current is None:
        raise NoResultFound
    roles = current.roles & actor.roles if actor.is_lent else current.roles
    return replace(current, roles=roles, hand=actor.hand, code_maker=actor.code_maker)


def _one_actor(session: Session, *conditions: object) -> Actor | None:
    rows = session.execute(
        select(
            Membership.bank_id,
            Membership.id,
            Membership.person_id,
            Membership.account_id,
            Person.name,
            Membership.code,
            Membership.number,
            Membership.standing,
            MembershipRole.role,
        )
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(
            MembershipRole,
            (MembershipRole.bank_id == Membership.bank_id) & (MembershipRole.membership_id == Membership.id),
        )
        .where(Membership.is_holder.is_(False), *conditions)  # type: ignore[arg-type]
    ).all()
    if not rows:
        return None
    row = rows[0]
    roles = frozenset(Role(row.role) for row in rows if row.role)
    return Actor(*row[:7], roles=roles, standing=Standing(row.standing))


class Contact(NamedTuple):
    """A member's phone and e-mail, each only if they chose to show it."""

    phone: str | None
    email: str | None


def find_contact(session: Session, bank_id: int, account_id: int) -> Contact | None:
    """Return how to reach the member who holds the account; None if no member does."""
    query = (
        select(
            case((Membership.shows_phone, Person.phone)).label("phone"),
            case((Membership.shows_email, Person.email)).label("email"),
        )
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.bank_id == bank_id, Membership.account_id == account_id)
    )
    return fetch_first(session, query, Contact)


def list_roles_anywhere(session: Session, person_id: int) -> frozenset[Role]:
    """Return every role that a person holds, in any bank."""
    roles = session.scalars(
        select(MembershipRole.role)
        .join(
            Membership,
            (Membership.bank_id == MembershipRole.bank_id) & (Membership.id == MembershipRole.membership_id),
        )
        .where(Membership.person_id == person_id)
    )
    return frozenset(Role(role) for role in roles)


def _holders() -> Select[int, int, str, str, str]:
    """Return the query of members that `holders` joins to accounts."""
    return (
        select(Membership.bank_id, Membership.id, Person.name, Membership.code, Membership.standing)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.is_holder.is_(False))
    )


def _hold_standing(session: Session, bank_id: int, membership_ids: Sequence[int]) -> None:
    """Lock these memberships against a change of standing; see `holders.queries.hold_standing`."""
    members = select(Membership.id).where(Membership.bank_id == bank_id, Membership.id.in_(set(membership_ids)))
    session.execute(members.order_by(Membership.id).with_for_update(read=True)).all()


register(HolderSource(HolderKind.MEMBER, _holders, _hold_standing))


class MemberName(NamedTuple):
    """A membership by its number: its id, the account it holds, the person's name, and whether it is nobody."""

    id: int
    account_id: int
    number: int
    name: str
    is_holder: bool


def list_member_names(session: Session, bank_id: int) -> Sequence[MemberName]:
    """Return every membership of a bank, the holder's too, by number."""
    query = (
        select(Membership.id, Membership.account_id, Membership.number, Person.name, Membership.is_holder)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.bank_id == bank_id)
        .order_by(Membership.number)
    )
    return fetch(session, query, MemberName)


def list_membership_names(session: Session, bank_id: int, membership_ids: Sequence[int | None]) -> dict[int, str]:
    """Return {membership id: name} of these memberships."""
    ids = {membership_id for membership_id in membership_ids if membership_id}
    if not ids:
        return {}
    rows = session.execute(
        select(Membership.id, Person.name)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.bank_id == bank_id, Membership.id.in_(ids))
    )
    return {row.id: row.name for row in rows}


def list_person_names(session: Session, person_ids: Sequence[int | None]) -> dict[int, str]:
    """Return {person id: name} of these persons."""
    ids = {person_id for person_id in person_ids if person_id}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


def list_names_of_codes(session: Session, bank_id: int, codes: Sequence[str]) -> dict[str, str]:
    """Return {code: name} of the members with these codes."""
    rows = session.execute(
        select(Membership.code, Person.name)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.bank_id == bank_id, Membership.code.in_(set(codes)))
    )
    return {row.code: row.name for row in rows}


subjects.register(Subject.MEMBER, list_names_of_codes)


def list_ids_of_codes(session: Session, bank_id: int, codes: Sequence[str]) -> dict[str, int]:
    """Return {code: id} of the memberships with these codes."""
    rows = session.execute(
        select(Membership.code, Membership.id).where(Membership.bank_id == bank_id, Membership.code.in_(set(codes)))
    )
    return {row.code: row.id for row in rows}


class MemberMatch(NamedTuple):
    """A member who was searched for."""

    name: str
    code: str
    number: int
    account_id: int


def search_members(
    session: Session, bank_id: int, words: str, *, code: str | None = None, but_not_account: int | None = None
) -> list[MemberMatch]:
    """Return the active members who exchange whose name has every word, or whose number was typed; by name.

    `code` limits the search to the member with that code.
    """
    query = _members(bank_id).where(Membership.standing == Standing.ACTIVE)
    query = query.join(
        MembershipRole,
        (MembershipRole.bank_id == Membership.bank_id)
        & (MembershipRole.membership_id == Membership.id)
        & (MembershipRole.role == Role.MEMBER),
    )
    if code is not None:
        query = query.where(Membership.code == code)
    if but_not_account is not None:
        query = query.where(Membership.account_id != but_not_account)
    query = query.where(is_called_or_numbered(words))
    return fetch(session, query.order_by(Person.name, Membership.number).limit(MEMBERS_A_PAGE), MemberMatch)


@dataclass(frozen=True, slots=True)
class MemberRow(OfMember):
    """A membership in the members' list."""

    name: str
    code: str
    number: int
    account_id: int
    standing: str


def list_members(
    session: Session, bank_id: int, words: str, page: int, *, standing: Standing | None = None
) -> Page[MemberRow]:
    """Return a page (from 1) of the bank's people, trustees and auditors too, whose name has every word.

    Those of one standing, or by default all but those who left.
    """
    query = _members(bank_id).add_columns(Membership.standing).where(is_called(words))
    query = query.where(Membership.standing == standing if standing else Membership.standing != Standing.LEFT)
    query = query.order_by(Person.name, Membership.number)
    return fetch_numbered(session, query, MemberRow, MEMBERS_A_PAGE, page)


def is_called(words: str) -> ColumnElement[bool]:
    """Return the condition that a person's name has every word. '' matches every name, and mere signs match none."""
    folded = fold(words)[:_LONGEST_WORDS].split()
    if not folded:
        return true() if is_blank(words) else false()
    return and_(*(Person.name_folded.contains(word, autoescape=True) for word in folded))


def is_called_or_numbered(words: str) -> ColumnElement[bool]:
    """Return the condition that a member is called so, or has the number that was typed."""
    number = words.strip()
    if number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER:
        return or_(Membership.number == int(number), is_called(words))
    return is_called(words)


def _members(bank_id: int) -> Select[str, str, int, int]:
    return (
        select(Person.name, Membership.code, Membership.number, Membership.account_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.bank_id == bank_id, Membership.is_holder.is_(False))
    )


def list_area_ids(session: Session, bank_id: int, account_ids: Sequence[int]) -> dict[int, int]:
    """Return {account id: area id} of the members who hold these accounts and have an area."""
    rows = session.execute(
        select(Membership.account_id, Membership.area_id).where(
            Membership.bank_id == bank_id,
            Membership.account_id.in_(set(account_ids)),
            Membership.area_id.is_not(None),
        )
    )
    return {row.account_id: int(row.area_id or 0) for row in rows}
