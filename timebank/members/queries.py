"""Finding members. Lists give columns, not entities; names are searched without accents or case.

The holder of imported listings is nobody, and never found as somebody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, case, or_, select, true
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from timebank.actors import Actor, Role, Standing
from timebank.holders.sources import Source, register
from timebank.ledger.accounts import HolderKind
from timebank.members.models import Membership, MembershipRole, Person, StandingChange
from timebank.members.rules import fold

MEMBERS_A_PAGE = 25
_LONGEST_WORDS = 80


def find_actor(session: Session, bank_id: int, person_id: int) -> Actor | None:
    """The person's membership of this bank, ready to act; None for a stranger to the bank."""
    return _one_actor(session, Membership.bank_id == bank_id, Membership.person_id == person_id)


def find_actor_by_code(session: Session, bank_id: int, code: str) -> Actor | None:
    """The membership under this code of the bank."""
    return _one_actor(session, Membership.bank_id == bank_id, Membership.code == code)


def find_actor_by_account(session: Session, bank_id: int, account_id: int) -> Actor | None:
    """The membership that holds this account."""
    return _one_actor(session, Membership.bank_id == bank_id, Membership.account_id == account_id)


def find_actor_by_number(session: Session, bank_id: int, number: int) -> Actor | None:
    """The membership with this number."""
    return _one_actor(session, Membership.bank_id == bank_id, Membership.number == number)


def get_rights(session: Session, actor: Actor) -> Actor:
    """Return the actor with the roles and standing that they have at this moment, and with the same hand.

    Called under a lock that whoever changes rights takes too, since an actor was read before. Raises NoResultFound.
    """
    current = _one_actor(session, Membership.bank_id == actor.bank_id, Membership.id == actor.membership_id)
    if current is None:
        raise NoResultFound
    roles = current.roles & actor.roles if actor.hand else current.roles
    return replace(current, roles=roles, hand=actor.hand)


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
    roles = frozenset(Role(one.role) for one in rows if one.role)
    return Actor(*row[:7], roles=roles, standing=Standing(row.standing))


def find_contact(session: Session, bank_id: int, account_id: int) -> Row[str | None, str | None] | None:
    """(phone, email) of the member who holds the account, each only where they chose to show it; else None."""
    return session.execute(
        select(
            case((Membership.shows_phone, Person.phone)).label("phone"),
            case((Membership.shows_email, Person.email)).label("email"),
        )
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.bank_id == bank_id, Membership.account_id == account_id)
    ).one_or_none()


def list_roles_anywhere(session: Session, person_id: int) -> frozenset[Role]:
    """Every role that a person holds, in whichever bank."""
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
    """Members as `holders` joins them to their accounts."""
    return (
        select(Membership.bank_id, Membership.id, Person.name, Membership.code, Membership.standing)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.is_holder.is_(False))
    )


def _hold_standing(session: Session, bank_id: int, membership_ids: Sequence[int]) -> None:
    """Lock these memberships against a change of standing; see `holders.queries.hold_standing`."""
    members = select(Membership.id).where(Membership.bank_id == bank_id, Membership.id.in_(set(membership_ids)))
    session.execute(members.order_by(Membership.id).with_for_update(read=True)).all()


register(Source(HolderKind.MEMBER, _holders, _hold_standing))


class MemberName(NamedTuple):
    """A membership by its number: its id, the account it holds, the person's name, and whether it is nobody."""

    id: int
    account_id: int
    number: int
    name: str
    is_holder: bool


def list_member_names(session: Session, bank_id: int) -> Sequence[MemberName]:
    """Every membership of a bank, the holder's too, by number."""
    rows = session.execute(
        select(Membership.id, Membership.account_id, Membership.number, Person.name, Membership.is_holder)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.bank_id == bank_id)
        .order_by(Membership.number)
    )
    return [MemberName(*row) for row in rows]


def list_membership_names(session: Session, bank_id: int, membership_ids: Sequence[int | None]) -> dict[int, str]:
    """{membership id: name} of these memberships."""
    rows = session.execute(
        select(Membership.id, Person.name)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.bank_id == bank_id, Membership.id.in_({one for one in membership_ids if one}))
    )
    return {row.id: row.name for row in rows}


def list_names_of_codes(session: Session, bank_id: int, codes: Sequence[str]) -> dict[str, str]:
    """{code: name} of the members under these codes."""
    rows = session.execute(
        select(Membership.code, Person.name)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.bank_id == bank_id, Membership.code.in_(set(codes)))
    )
    return {row.code: row.name for row in rows}


def search_members(
    session: Session, bank_id: int, words: str, *, code: str | None = None, but_not_account: int | None = None
) -> Sequence[Row[str, str, int, int]]:
    """(name, code, number, account_id) of active members who exchange, by every word of a name or by number.

    `code` finds just the member under that code.
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
    number = words.strip()
    is_number = number.isascii() and number.isdigit() and len(number) <= 9  # noqa: PLR2004 (an int column)
    found = _names_with(words)
    query = query.where(or_(Membership.number == int(number), found) if is_number else found)
    return session.execute(query.order_by(Person.name, Membership.number).limit(MEMBERS_A_PAGE)).all()


@dataclass(frozen=True, slots=True)
class MembersPage:
    """One page of the members' list, and the page numbers around it (None: there is none)."""

    rows: Sequence[Row[*tuple[Any, ...]]]
    number: int
    has_next: bool


def list_members(
    session: Session, bank_id: int, words: str, page: int, *, standing: Standing | None = None
) -> MembersPage:
    """A page (from 1) of the bank's people, trustees and auditors too, or of those whose name has every word.

    Those of one standing, or else everybody but those who left. Columns: name, code, number, account_id, standing.
    """
    query = _members(bank_id).add_columns(Membership.standing).where(_names_with(words))
    left = Membership.standing != Standing.LEFT
    query = query.where(Membership.standing == standing if standing else left)
    query = query.order_by(Person.name, Membership.number)
    rows = session.execute(query.limit(MEMBERS_A_PAGE + 1).offset((page - 1) * MEMBERS_A_PAGE)).all()
    return MembersPage(rows[:MEMBERS_A_PAGE], page, len(rows) > MEMBERS_A_PAGE)


def _names_with(words: str) -> ColumnElement[bool]:
    """Every word stands somewhere in the name; no words, every name."""
    looked_for = fold(words)[:_LONGEST_WORDS].split()
    return and_(true(), *(Person.name_folded.contains(word, autoescape=True) for word in looked_for))


def _members(bank_id: int) -> Select[str, str, int, int]:
    return (
        select(Person.name, Membership.code, Membership.number, Membership.account_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.bank_id == bank_id, Membership.is_holder.is_(False))
    )


def list_standing_changes(session: Session, bank_id: int, membership_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """(standing, reason, done_by, done_at) of a membership, newest first."""
    return session.execute(
        select(StandingChange.standing, StandingChange.reason, StandingChange.done_by, StandingChange.done_at)
        .where(StandingChange.bank_id == bank_id, StandingChange.membership_id == membership_id)
        .order_by(StandingChange.number.desc())
    ).all()


def list_area_ids(session: Session, bank_id: int, account_ids: Sequence[int]) -> dict[int, int]:
    """{account id: area id} of the members who hold these accounts, as far as their area is known."""
    rows = session.execute(
        select(Membership.account_id, Membership.area_id).where(
            Membership.bank_id == bank_id,
            Membership.account_id.in_(set(account_ids)),
            Membership.area_id.is_not(None),
        )
    )
    return {row.account_id: int(row.area_id or 0) for row in rows}
