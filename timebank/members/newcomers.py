"""Taking in many members at once whom older books name: by name alone, since nothing else is known of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.banks.models import Bank
from timebank.bookkeeping.opening import open_accounts
from timebank.ledger.accounts import AccountKind
from timebank.members.actions import next_number
from timebank.members.errors import NotAllowedError
from timebank.members.models import Membership, MembershipRole, Person
from timebank.members.rules import Actor, Role, Standing, fold, may_coordinate
from timebank.trail import actions as trail


def take_in(  # noqa: PLR0913 (an account's floor is a deed: it needs its reason, actor and time)
    session: Session,
    bank: Bank,
    newcomers: Sequence[tuple[str, int | None]],
    *,
    floor: int | None,
    reason: str,
    by: Actor,
    now: datetime,
) -> list[int]:
    """Make an active member of each (name, number or None for the next one); gives the ids of their accounts.

    They have no contact and no welcome hours. Each is on record. Raises NotAllowedError.
    """
    if not may_coordinate(by):
        raise NotAllowedError
    if not newcomers:
        return []
    session.execute(
        select(Bank.id).where(Bank.id == bank.id).with_for_update(key_share=True)
    )  # members are numbered one by one
    free = max(next_number(session, bank.id), *(number + 1 for _name, number in newcomers if number is not None), 0)
    ids = [clock.next_id() for _ in newcomers]
    accounts = open_accounts(
        session,
        bank.id,
        AccountKind.MEMBER,
        ids,
        floor=floor,
        reason=reason,
        by=by.membership_id,
        now=now,
    )
    memberships = list[dict[str, object]]()
    for (_name, number), membership_id, account_id in zip(newcomers, ids, accounts, strict=True):
        memberships.append(_membership(bank, membership_id, account_id, free if number is None else number, now))
        free += number is None
    persons = [
        {"id": member["person_id"], "name": name, "name_folded": fold(name), "created_at": now}
        for member, (name, _number) in zip(memberships, newcomers, strict=True)
    ]
    session.execute(insert(Person), persons)
    session.execute(insert(Membership), memberships)
    _put_on_record(session, memberships, by, now)
    return accounts


def _membership(bank: Bank, membership_id: int, account_id: int, number: int, now: datetime) -> dict[str, object]:
    return {
        "bank_id": bank.id,
        "id": membership_id,
        "person_id": clock.next_id(),
        "account_id": account_id,
        "number": number,
        "code": codes.new_reference(),
        "standing": Standing.ACTIVE,
        "about": "",
        "joined_on": clock.local_day(now, bank.time_zone),
    }


def _put_on_record(session: Session, memberships: Sequence[dict[str, object]], by: Actor, now: datetime) -> None:
    role = {"bank_id": by.bank_id, "role": Role.MEMBER, "granted_by": by.membership_id, "granted_at": now}
    session.execute(insert(MembershipRole), [{**role, "membership_id": member["id"]} for member in memberships])
    for member in memberships:
        subject = f"member:{member['code']}"
        trail.begin(session, trail.Deed(by.bank_id, "member.admitted", subject, by.membership_id, now))
