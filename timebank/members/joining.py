"""The verbs of joining: apply, interview, take a reference, induct, admit; decline and withdraw.

Each writes its trail row first, locks the application, asks the rules, and adds a step to its story. What brokers keep
of a step is for brokers and coordinators only.
"""

import hashlib
import hmac
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.banks.models import Bank
from timebank.members import actions as members, joining_rules as rules
from timebank.members.errors import (
    AlreadyMemberError,
    NotAdultError,
    NotAllowedError,
    NoticeNotAgreedError,
    NoWayToReachError,
    OwnApplicationError,
    OwnRefereeError,
    RefereeMissingError,
    RefereeSpokeError,
    StepNotNowError,
    TooManyApplicationsError,
    WordsMissingError,
)
from timebank.members.joining_queries import count_from_site, find_application, find_same_person, list_referees
from timebank.members.joining_rules import Agreed, Progress, Reach
from timebank.members.models import Application, ApplicationStep, Membership, Person
from timebank.members.rules import Actor, Stage, Step, fold, may_broker
from timebank.trail import actions as trail
from timebank.trail.actions import OtherContentError


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody says who wants to join. A phone or an e-mail is enough; `agreed`: how they agreed to the notice."""

    name: str
    email: str | None = None
    phone: str | None = None
    area_id: int | None = None
    about: str = ""
    is_adult: bool = False
    agreed: Agreed | None = None


def apply(session: Session, bank: Bank, wish: Wish, *, by: Actor | None, now: datetime, form_key: str) -> str:
    """Write down that somebody wants to join; gives the application's code, which says nothing of who is a member.

    `by` is the broker who writes it down for them, or None where they do it themselves. The same form gives the same
    code. Raises NotAllowedError, NoWayToReachError, NotAdultError, NoticeNotAgreedError or TooManyApplicationsError.
    """
    _check(wish, by)
    code = codes.new_reference() if by else _code_of(session, bank, form_key)
    if by is None:
        sent_before = find_application(session, bank.id, code)
        if sent_before is not None:
            return _same(sent_before, wish)
        _refuse_flood(session, bank, now)
    subject = f"application:{code}"
    key, doer = (form_key, by.doer_id) if by else (None, None)
    deed = trail.Deed(bank.id, "application.apply", subject, doer, now, form_key=key, content=asdict(wish))
    done = trail.begin(session, deed)
    if done is not None:
        return done.removeprefix("application:")
    application = Application(
        bank_id=bank.id,
        id=clock.next_id(),
        code=code,
        stage=rules.TRANSITIONS[None, Step.APPLY],
        name=wish.name,
        email=wish.email,
        phone=wish.phone,
        area_id=wish.area_id,
        about=wish.about,
        notice_agreed=str(wish.agreed),
        applied_at=now,
        recorded_by=doer,
        changed_at=now,
    )
    session.add(application)
    session.flush()
    _add_step(session, application, Step.APPLY, doer, now)
    return code


def interview(session: Session, code: str, *, words: str, by: Actor, now: datetime, form_key: str) -> None:
    """Keep what came of talking with the applicant. Raises as every step does: see `_take`."""
    _take(session, code, _Said(Step.INTERVIEW, words), by=by, now=now, form_key=form_key)


def take_reference(  # noqa: PLR0913 (who spoke for whom, and what was said)
    session: Session, code: str, *, referee: str, words: str, by: Actor, now: datetime, form_key: str
) -> None:
    """Keep what somebody says who knows the applicant; each referee counts once.

    Raises RefereeMissingError, RefereeSpokeError or OwnRefereeError, and as every step does.
    """
    if not referee.strip():
        raise RefereeMissingError
    _take(session, code, _Said(Step.REFERENCE, words, referee.strip()), by=by, now=now, form_key=form_key)


def induct(session: Session, code: str, *, words: str, by: Actor, now: datetime, form_key: str) -> None:
    """Keep that the applicant was shown how a time bank works and how people look after each other in it."""
    _take(session, code, _Said(Step.INDUCT, words), by=by, now=now, form_key=form_key)


def admit(session: Session, code: str, *, by: Actor, now: datetime, form_key: str) -> str:
    """Take the applicant in as an active member, with an account and welcome hours; gives the membership's code.

    Raises as every step does, AlreadyMemberError for somebody who is or was a member (welcome hours are given once),
    and FloorReachedError where the pot has no welcome hours left.
    """
    application = _take(session, code, _Said(Step.ADMIT), by=by, now=now, form_key=form_key)
    if application.membership_id is None:
        bank = session.execute(
            select(Bank).where(Bank.id == by.bank_id).with_for_update(key_share=True)
        ).scalar_one()  # two applications of one person meet here
        applicant = Reach(application.name, application.email, application.phone)
        same = find_same_person(session, by.bank_id, applicant)
        if same is not None:
            raise AlreadyMemberError(name=same.name, number=same.number)
        newcomer = members.NewMember(
            application.name,
            email=application.email,
            phone=application.phone,
            about=application.about,
            area_id=application.area_id,
        )
        application.membership_id = members.admit(session, bank, newcomer, by=by, now=now).id
        session.flush()
    return session.get_one(Membership, (by.bank_id, application.membership_id)).code


def decline(session: Session, code: str, *, reason: str, by: Actor, now: datetime, form_key: str) -> None:
    """Say that the bank cannot take the applicant in, and why."""
    _take(session, code, _Said(Step.DECLINE, reason), by=by, now=now, form_key=form_key)


def withdraw(session: Session, code: str, *, words: str, by: Actor, now: datetime, form_key: str) -> None:
    """Keep that the applicant does not want to join any more."""
    _take(session, code, _Said(Step.WITHDRAW, words), by=by, now=now, form_key=form_key)


def _check(wish: Wish, by: Actor | None) -> None:
    if by is not None and not may_broker(by):
        raise NotAllowedError
    if not wish.email and not wish.phone:
        raise NoWayToReachError
    if not wish.is_adult:
        raise NotAdultError
    if wish.agreed is None or (wish.agreed is Agreed.ONLINE) is not (by is None):
        raise NoticeNotAgreedError


def _code_of(session: Session, bank: Bank, form_key: str) -> str:
    """Nobody known sends the form, so its key cannot stand in the trail: the code comes of it instead."""
    told = f"application {bank.id} {form_key}".encode()
    return codes.reference_of(hmac.new(session.info["books_key"], told, hashlib.sha256).digest())


def _same(sent_before: Application, wish: Wish) -> str:
    kept = (sent_before.name, sent_before.email, sent_before.phone, sent_before.area_id, sent_before.about)
    if kept != (wish.name, wish.email, wish.phone, wish.area_id, wish.about):
        raise OtherContentError(subject=f"application:{sent_before.code}")
    return sent_before.code


def _refuse_flood(session: Session, bank: Bank, now: datetime) -> None:
    last_hour, last_day = (count_from_site(session, bank.id, now - span) for span in (rules.HOUR, rules.DAY))
    if not rules.has_room(last_hour, last_day):
        raise TooManyApplicationsError


@dataclass(frozen=True, slots=True)
class _Said:
    """A step, and what is kept of it."""

    step: Step
    words: str = ""
    referee: str | None = None


def _take(session: Session, code: str, said: _Said, *, by: Actor, now: datetime, form_key: str) -> Application:
    """Take an application one step on; gives it, whether this form came for the first time or again.

    Raises WordsMissingError, NotAllowedError, OwnApplicationError or StepNotNowError.
    """
    if said.step in rules.NEED_WORDS and not said.words.strip():
        raise WordsMissingError
    content = {"code": code, "words": said.words, "referee": said.referee}
    subject, verb = f"application:{code}", f"application.{said.step}"
    deed = trail.Deed(by.bank_id, verb, subject, by.doer_id, now, by.on_behalf_of, form_key, content)
    done = trail.begin(session, deed)
    application = _lock(session, by.bank_id, code)
    if done is not None:
        return application
    _refuse_own(session, application, by)
    referees = tuple(list_referees(session, by.bank_id, application.id))
    needed = session.get_one(Bank, by.bank_id).references_needed
    progress = Progress(Stage(application.stage), referees, needed)
    leads_to = rules.after(progress, said.step)
    if leads_to is None:
        raise StepNotNowError
    if said.referee is not None and rules.has_spoken(progress, said.referee):
        raise RefereeSpokeError(name=said.referee)
    if said.referee is not None and fold(said.referee) == fold(application.name):
        raise OwnRefereeError
    application.stage, application.changed_at = leads_to, now
    _add_step(session, application, said.step, by.doer_id, now, said)
    return application


def _lock(session: Session, bank_id: int, code: str) -> Application:
    """The application, locked and read anew."""
    return session.execute(
        select(Application)
        .where(Application.bank_id == bank_id, Application.code == code)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def _refuse_own(session: Session, application: Application, by: Actor) -> None:
    if not may_broker(by):
        raise NotAllowedError
    person = session.get_one(Person, by.person_id)
    applicant = Reach(application.name, application.email, application.phone)
    if not rules.may_handle(by, applicant, Reach(person.name, person.email, person.phone)):
        raise OwnApplicationError


def _add_step(
    session: Session,
    application: Application,
    step: Step,
    done_by: int | None,
    now: datetime,
    said: _Said | None = None,
) -> None:
    """Add a row to the application's story; the lock on the application keeps its numbers apart."""
    newest = session.scalar(
        select(func.max(ApplicationStep.number)).where(
            ApplicationStep.bank_id == application.bank_id, ApplicationStep.application_id == application.id
        )
    )
    session.add(
        ApplicationStep(
            bank_id=application.bank_id,
            application_id=application.id,
            number=(newest or 0) + 1,
            step=step,
            referee=said.referee if said else None,
            words=said.words.strip() if said else "",
            done_by=done_by,
            done_at=now,
        )
    )
    session.flush()
