"""Finding applications. Lists give columns, oldest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from timebank.joining.models import Application, ApplicationStep
from timebank.joining.rules import OPEN_STAGES, Reach, Stage
from timebank.members.models import Membership, Person
from timebank.members.rules import fold

APPLICATIONS_A_PAGE = 25
_MOST_KNOWN = 8


def find_application(session: Session, bank_id: int, code: str) -> Application | None:
    """The application under this code of the bank."""
    return session.scalar(select(Application).where(Application.bank_id == bank_id, Application.code == code))


@dataclass(frozen=True, slots=True)
class ApplicationsPage:
    """One page of applications; `newer` is the id to page from (None: this is the last page)."""

    rows: Sequence[Row[*tuple[Any, ...]]]
    newer: int | None


def list_applications(
    session: Session, bank_id: int, *, stage: Stage | None = None, above: int | None = None
) -> ApplicationsPage:
    """A page of a bank's applications in one stage, or of all that wait; ids over `above`, oldest first.

    Columns: id, code, name, stage, applied_at.
    """
    query = select(Application.id, Application.code, Application.name, Application.stage, Application.applied_at)
    query = query.where(Application.bank_id == bank_id, Application.stage.in_((stage,) if stage else OPEN_STAGES))
    query = query.where(Application.id > above) if above is not None else query
    rows = session.execute(query.order_by(Application.id).limit(APPLICATIONS_A_PAGE + 1)).all()
    more = len(rows) > APPLICATIONS_A_PAGE
    return ApplicationsPage(rows[:APPLICATIONS_A_PAGE], rows[APPLICATIONS_A_PAGE - 1].id if more else None)


def count_waiting(session: Session, bank_id: int) -> int:
    """How many applications wait for a broker."""
    query = select(func.count()).where(Application.bank_id == bank_id, Application.stage.in_(OPEN_STAGES))
    return session.scalar(query) or 0


def count_from_site(session: Session, bank_id: int, since: datetime) -> int:
    """How many applications people wrote themselves since then."""
    query = select(func.count()).where(
        Application.bank_id == bank_id, Application.recorded_by.is_(None), Application.applied_at > since
    )
    return session.scalar(query) or 0


def list_application_steps(session: Session, bank_id: int, application_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """(number, step, referee, words, done_by, done_at) of an application, in order."""
    return session.execute(
        select(
            ApplicationStep.number,
            ApplicationStep.step,
            ApplicationStep.referee,
            ApplicationStep.words,
            ApplicationStep.done_by,
            ApplicationStep.done_at,
        )
        .where(ApplicationStep.bank_id == bank_id, ApplicationStep.application_id == application_id)
        .order_by(ApplicationStep.number)
    ).all()


def list_referees(session: Session, bank_id: int, application_id: int) -> Sequence[str]:
    """The names of those who gave a reference."""
    return session.scalars(
        select(ApplicationStep.referee).where(
            ApplicationStep.bank_id == bank_id,
            ApplicationStep.application_id == application_id,
            ApplicationStep.referee.is_not(None),
        )
    ).all()  # type: ignore[return-value]  # the nulls are left out


def find_same_person(session: Session, bank_id: int, applicant: Reach) -> Row[str, int] | None:
    """(name, number) of a membership of the bank, whatever its standing, with the same name and a way to reach them."""
    reach = [Person.email == applicant.email] if applicant.email else []
    reach += [Person.phone == applicant.phone] if applicant.phone else []
    return session.execute(
        select(Person.name, Membership.number)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.bank_id == bank_id,
            Membership.is_holder.is_(False),
            Person.name_folded == fold(applicant.name),
            or_(*reach),
        )
        .order_by(Membership.number)
        .limit(1)
    ).first()


def list_known(session: Session, bank_id: int, applicant: Reach) -> Sequence[Row[str, str, int, str]]:
    """(name, code, number, standing) of the bank's members with the same name, e-mail or phone."""
    same = [Person.name_folded == fold(applicant.name)]
    if applicant.email:
        same.append(Person.email == applicant.email)
    if applicant.phone:
        same.append(Person.phone == applicant.phone)
    return session.execute(
        select(Person.name, Membership.code, Membership.number, Membership.standing)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.bank_id == bank_id, Membership.is_holder.is_(False), or_(*same))
        .order_by(Membership.number)
        .limit(_MOST_KNOWN)
    ).all()
