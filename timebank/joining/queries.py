"""Queries of applications. Lists return read models, oldest first, a page at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from timebank.joining.models import Application, ApplicationStep
from timebank.joining.rules import OPEN_STAGES, ContactDetails, Stage, Step
from timebank.members.models import Membership, Person
from timebank.rows import Page, columns_of, fetch, fetch_first, fetch_page
from timebank.spelling import fold

APPLICATIONS_A_PAGE = 25
_MOST_KNOWN = 8


def find_application(session: Session, bank_id: int, code: str) -> Application | None:
    """Return the application of the bank with this code; None if there is none."""
    return session.scalar(select(Application).where(Application.bank_id == bank_id, Application.code == code))


class ApplicationRow(NamedTuple):
    """An application in a list; its columns mean what they mean in `Application`."""

    id: int
    code: str
    name: str
    stage: str
    applied_at: datetime


def list_applications(
    session: Session, bank_id: int, *, stage: Stage | None = None, above: int | None = None
) -> Page[ApplicationRow]:
    """Return a page of a bank's applications in one stage, or of all that wait; ids over `above`, oldest first."""
    query = select(*columns_of(Application, ApplicationRow))
    query = query.where(Application.bank_id == bank_id, Application.stage.in_((stage,) if stage else OPEN_STAGES))
    query = query.where(Application.id > above) if above is not None else query
    return fetch_page(session, query.order_by(Application.id), ApplicationRow, APPLICATIONS_A_PAGE)


def count_waiting(session: Session, bank_id: int) -> int:
    """Return the number of applications that wait for a broker."""
    query = select(func.count()).where(Application.bank_id == bank_id, Application.stage.in_(OPEN_STAGES))
    return session.scalar(query) or 0


def count_from_site(session: Session, bank_id: int, since: datetime) -> int:
    """Return the number of applications that people submitted themselves since then."""
    query = select(func.count()).where(
        Application.bank_id == bank_id, Application.recorded_by.is_(None), Application.applied_at > since
    )
    return session.scalar(query) or 0


class ApplicationStepRow(NamedTuple):
    """A step of an application; its columns mean what they mean in `ApplicationStep`."""

    number: int
    step: str
    referee: str | None
    words: str
    done_by: int | None
    done_at: datetime


def list_application_steps(session: Session, bank_id: int, application_id: int) -> list[ApplicationStepRow]:
    """Return the steps of an application, in order."""
    query = select(*columns_of(ApplicationStep, ApplicationStepRow)).where(
        ApplicationStep.bank_id == bank_id, ApplicationStep.application_id == application_id
    )
    return fetch(session, query.order_by(ApplicationStep.number), ApplicationStepRow)


def list_step_keepers(session: Session, bank_id: int, application_id: int) -> set[int]:
    """Return the memberships that took the steps of an application after it was written down."""
    steps = select(ApplicationStep.done_by).where(
        ApplicationStep.bank_id == bank_id,
        ApplicationStep.application_id == application_id,
        ApplicationStep.step != Step.APPLY,
    )
    return {done_by for done_by in session.scalars(steps) if done_by is not None}


def list_referees(session: Session, bank_id: int, application_id: int) -> Sequence[str]:
    """Return the names of those who gave a reference."""
    return session.scalars(
        select(ApplicationStep.referee).where(
            ApplicationStep.bank_id == bank_id,
            ApplicationStep.application_id == application_id,
            ApplicationStep.referee.is_not(None),
        )
    ).all()  # type: ignore[return-value]  # the nulls are left out


class SamePerson(NamedTuple):
    """A membership of somebody with the name and the e-mail or phone of an applicant."""

    name: str
    number: int


def find_same_person(session: Session, bank_id: int, applicant: ContactDetails) -> SamePerson | None:
    """Return a membership of the bank, whatever its standing, with the same name and the same e-mail or phone."""
    reach = [Person.email == applicant.email] if applicant.email else []
    reach += [Person.phone == applicant.phone] if applicant.phone else []
    query = (
        select(Person.name, Membership.number)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.bank_id == bank_id,
            Membership.is_holder.is_(False),
            Person.name_folded == fold(applicant.name),
            or_(*reach),
        )
    )
    return fetch_first(session, query.order_by(Membership.number).limit(1), SamePerson)


class KnownMember(NamedTuple):
    """A member who may be the applicant, or live with them."""

    name: str
    code: str
    number: int
    standing: str


def list_known(session: Session, bank_id: int, applicant: ContactDetails) -> list[KnownMember]:
    """Return the bank's members with the same name, e-mail or phone, by number."""
    same = [Person.name_folded == fold(applicant.name)]
    if applicant.email:
        same.append(Person.email == applicant.email)
    if applicant.phone:
        same.append(Person.phone == applicant.phone)
    query = (
        select(Person.name, Membership.code, Membership.number, Membership.standing)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.bank_id == bank_id, Membership.is_holder.is_(False), or_(*same))
    )
    return fetch(session, query.order_by(Membership.number).limit(_MOST_KNOWN), KnownMember)
