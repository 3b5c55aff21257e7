"""Taking in many members at once whom older books name: by name alone, since nothing else is known of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Doing, Role, Standing, may_coordinate
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.bookkeeping.opening import open_accounts
from timebank.errors import NotAllowedError
from timebank.ledger.accounts import AccountKind
from timebank.marks import mark_values
from timebank.members.actions import next_member_number
from timebank.members.models import Membership, MembershipRole, Person
from timebank.references import DeedName, Ref, Subject
from timebank.spelling import fold
from timebank.trail import actions as trail


def take_in(
    session: Session,
    bank: Bank,
    newcomers: Sequence[tuple[str, int | None]],
    doing: Doing,
    *,
    floor: int | None,
    reason: str,
) -> list[int]:
    """Make an active member of each (name, number or None for the next one); return the ids of their accounts.

    They have no contact and no welcome hours. Each is on record. Raises NotAllowedError.
    """
    if not may_coordinate(doing.by):
        raise NotAllowedError
    if not newcomers:
        return []
    lock_bank(session, bank.id)  # members are numbered one by one
    free = max(
        next_member_number(session, bank.id), *(number + 1 for _name, number in newcomers if number is not None), 0
    )
    ids = [clock.next_id() for _ in newcomers]
    accounts = open_accounts(
        session,
        bank.id,
        AccountKind.MEMBER,
        ids,
        floor=floor,
        reason=reason,
        by=doing.by.membership_id,
        now=doing.now,
    )
    memberships = list[dict[str, object]]()
    for (_name, number), membership_id, account_id in zip(newcomers, ids, accounts, strict=True):
        memberships.append(_membership(bank, membership_id, account_id, free if number is None else number, doing.now))
        free += number is None
    books_key: bytes = session.info["books_key"]
    persons = [
        {"id": member["person_id"], "name": name, "name_folded": fold(name), "created_at": doing.now}
        for member, (name, _number) in zip(memberships, newcomers, strict=True)
    ]
    for model, rows in ((Person, persons), (Membership, memberships)):
        session.execute(insert(model), [{**row, "mark": mark_values(books_key, model, row)} for row in rows])
    _put_on_record(session, memberships, doing)
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


def _put_on_record(session: Session, memberships: Sequence[dict[str, object]], doing: Doing) -> None:
    granted = {"granted_by": doing.by.membership_id, "granted_at": doing.now}
    role = {"bank_id": doing.bank_id, "role": Role.MEMBER, **granted}
    session.execute(insert(MembershipRole), [{**role, "membership_id": member["id"]} for member in memberships])
    for member in memberships:
        subject = Ref(Subject.MEMBER, str(member["code"]))
        trail.begin(session, doing.part_of_it(), DeedName.MEMBER_ADMITTED, subject)
