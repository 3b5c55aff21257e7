"""Actions on applications: apply, interview, take a reference, induct, admit; decline and withdraw.

Each writes its trail row first, locks the application, checks the rules, and adds a step. What brokers note
of a step is for brokers and coordinators only.
"""

import hmac
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Actor, Doing, Unattended, may_broker
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.errors import NotAllowedError
from timebank.joining import rules
from timebank.joining.errors import (
    AlreadyMemberError,
    NotAdultError,
    NoticeNotAgreedError,
    OwnApplicationError,
    OwnRefereeError,
    RefereeMissingError,
    RefereeSpokeError,
    StepNotNowError,
    TooManyApplicationsError,
)
from timebank.joining.models import Application, ApplicationStep
from timebank.joining.queries import (
    count_from_site,
    find_application,
    find_same_person,
    list_referees,
    list_step_keepers,
)
from timebank.joining.rules import Agreed, ContactDetails, Progress, Stage, Step
from timebank.members import actions as members
from timebank.members.depending import list_independent_keepers
from timebank.members.errors import NoWayToReachError, WordsMissingError
from timebank.members.models import Membership, Person
from timebank.members.rules import ContactKind
from timebank.references import DeedName, Ref, Subject
from timebank.rows import get_locked, next_number
from timebank.spelling import fold, is_blank, tidy
from timebank.trail import actions as trail
from timebank.trail.actions import OtherContentError


@dataclass(frozen=True, slots=True)
class NewApplication:
    """What an applicant submits. A phone or an e-mail is required; `agreed` is how they agreed to the notice."""

    name: str
    email: str | None = None
    phone: str | None = None
    area_id: int | None = None
    about: str = ""
    is_adult: bool = False
    agreed: Agreed | None = None


def apply(session: Session, bank: Bank, new: NewApplication, doing: Doing | Unattended, *, form_key: str = "") -> str:
    """Store an application; return its code, which does not reveal who is a member.

    A broker writes it down for them, or they do it themselves: then `form_key` is the key of their form, which no
    membership's trail can keep. Raises NotAllowedError, NoWayToReachError, NotAdultError, NoticeNotAgreedError or
    TooManyApplicationsError.
    """
    by, now = doing.by, doing.now
    code = codes.new_reference() if by else _code_of(session, bank, form_key)
    if by is None:
        sent_before = find_application(session, bank.id, code)
        if sent_before is not None:
            return _same(sent_before, new)
    subject = Ref(Subject.APPLICATION, code)
    first_code = trail.begin(session, doing, DeedName.APPLICATION_APPLY, subject, asdict(new), is_new=True)
    if first_code is not None:
        return first_code
    _check(new, by)
    if by is None:
        _refuse_flood(session, bank, now)
    application = Application(
        bank_id=bank.id,
        id=clock.next_id(),
        code=code,
        stage=rules.TRANSITIONS[None, Step.APPLY],
        name=new.name,
        email=new.email,
        phone=new.phone,
        area_id=new.area_id,
        about=new.about,
        notice_agreed=str(new.agreed),
        applied_at=now,
        recorded_by=doing.doer_id,
        changed_at=now,
    )
    session.add(application)
    session.flush()
    _add_step(session, application, Step.APPLY, doing)
    return code


def interview(session: Session, code: str, doing: Doing, *, words: str) -> None:
    """Store the notes of an interview. Raises as every step does: see `_take`."""
    _take(session, code, _StepTaken(Step.INTERVIEW, words), doing)


def take_reference(session: Session, code: str, doing: Doing, *, referee: str, words: str) -> None:
    """Store a reference of somebody who knows the applicant; each referee counts once.

    Raises RefereeMissingError, RefereeSpokeError or OwnRefereeError, and as every step does.
    """
    _take(session, code, _StepTaken(Step.REFERENCE, words, tidy(referee)), doing)


def induct(session: Session, code: str, doing: Doing, *, words: str) -> None:
    """Store that the applicant was introduced to how a time bank works, and to safety."""
    _take(session, code, _StepTaken(Step.INDUCT, words), doing)


def admit(session: Session, code: str, doing: Doing, *, proved: frozenset[ContactKind] = frozenset()) -> str:
    """Admit the applicant as an active member, with an account and welcome hours; return the membership's code.

    `proved` are the contacts on which the broker has reached them. Welcome hours wait for a second keeper where one
    alone took every step. Raises as every step does, AlreadyMemberError for somebody who is or was a member (welcome
    hours are given once), and FloorReachedError where the pot has no welcome hours left.
    """
    application = _take(session, code, _StepTaken(Step.ADMIT), doing)
    if application.membership_id is None:
        bank = lock_bank(session, doing.bank_id)  # two applications of one person meet here
        applicant = ContactDetails(application.name, application.email, application.phone)
        same = find_same_person(session, bank.id, applicant)
        if same is not None:
            raise AlreadyMemberError(name=same.name, number=same.number)
        newcomer = members.NewMember(
            application.name,
            email=application.email,
            phone=application.phone,
            about=application.about,
            area_id=application.area_id,
            proved=proved,
            contacts_are_own=application.recorded_by is None,
            needs_second_keeper=_needs_second_keeper(session, application, doing),
        )
        application.membership_id = members.admit(session, bank, newcomer, doing.part_of_it()).id
        session.flush()
    return session.get_one(Membership, (doing.bank_id, application.membership_id)).code


def _needs_second_keeper(session: Session, application: Application, doing: Doing) -> bool:
    """Return whether one keeper alone took every step, and the bank has another who could look.

    Neither of the two may depend on the other: a broker whom one coordinator has made is no second keeper for her.
    """
    keeper_id = doing.by.membership_id
    others = list_independent_keepers(session, doing.bank_id, [keeper_id], now=doing.now)[keeper_id]
    return bool(others) and not others & list_step_keepers(session, doing.bank_id, application.id)


def decline(session: Session, code: str, doing: Doing, *, reason: str) -> None:
    """Decline an application, with a reason."""
    _take(session, code, _StepTaken(Step.DECLINE, reason), doing)


def withdraw(session: Session, code: str, doing: Doing, *, words: str) -> None:
    """Store that the applicant withdrew."""
    _take(session, code, _StepTaken(Step.WITHDRAW, words), doing)


def _check(new: NewApplication, by: Actor | None) -> None:
    if by is not None and not may_broker(by):
        raise NotAllowedError
    if not new.email and not new.phone:
        raise NoWayToReachError
    if not new.is_adult:
        raise NotAdultError
    if new.agreed is None or (new.agreed is Agreed.ONLINE) is not (by is None):
        raise NoticeNotAgreedError


def _code_of(session: Session, bank: Bank, form_key: str) -> str:
    """Return a code derived from the form's key, since the trail stores keys of members only."""
    message = f"application {bank.id} {form_key}".encode()
    return codes.reference_of(hmac.digest(session.info["books_key"], message, "sha256"))


def _same(sent_before: Application, new: NewApplication) -> str:
    kept = (sent_before.name, sent_before.email, sent_before.phone, sent_before.area_id, sent_before.about)
    if kept != (new.name, new.email, new.phone, new.area_id, new.about):
        raise OtherContentError(subject=f"application:{sent_before.code}")
    return sent_before.code


def _refuse_flood(session: Session, bank: Bank, now: datetime) -> None:
    last_hour, last_day = (count_from_site(session, bank.id, now - span) for span in (rules.HOUR, rules.DAY))
    if not rules.has_room(last_hour, last_day):
        raise TooManyApplicationsError


@dataclass(frozen=True, slots=True)
class _StepTaken:
    """A step, and what is stored with it."""

    step: Step
    words: str = ""
    referee: str | None = None


def _take(session: Session, code: str, taken: _StepTaken, doing: Doing) -> Application:
    """Take an application one step on; return it, also if this form was submitted before.

    Raises WordsMissingError, NotAllowedError, OwnApplicationError or StepNotNowError.
    """
    content = {"words": taken.words, "referee": taken.referee}
    deed = DeedName(f"application.{taken.step}")
    was_done = trail.is_repeat(session, doing, deed, Ref(Subject.APPLICATION, code), content)
    application = _lock(session, doing.bank_id, code)
    if was_done:
        return application
    if taken.step in rules.NEED_WORDS and is_blank(taken.words):
        raise WordsMissingError
    if taken.referee is not None and not taken.referee:
        raise RefereeMissingError
    _refuse_own(session, application, doing.by)
    referees = tuple(list_referees(session, doing.bank_id, application.id))
    needed = session.get_one(Bank, doing.bank_id).references_needed
    progress = Progress(Stage(application.stage), referees, needed)
    leads_to = rules.after(progress, taken.step)
    if leads_to is None:
        raise StepNotNowError
    if taken.referee is not None and rules.has_spoken(progress, taken.referee):
        raise RefereeSpokeError(name=taken.referee)
    if taken.referee is not None and fold(taken.referee) == fold(application.name):
        raise OwnRefereeError
    application.stage, application.changed_at = leads_to, doing.now
    _add_step(session, application, taken.step, doing, taken)
    return application


def _lock(session: Session, bank_id: int, code: str) -> Application:
    """Return the application, row-locked and refreshed."""
    return get_locked(session, select(Application).where(Application.bank_id == bank_id, Application.code == code))


def _refuse_own(session: Session, application: Application, by: Actor) -> None:
    if not may_broker(by):
        raise NotAllowedError
    person = session.get_one(Person, by.person_id)
    applicant = ContactDetails(application.name, application.email, application.phone)
    if not rules.may_handle(by, applicant, ContactDetails(person.name, person.email, person.phone)):
        raise OwnApplicationError


def _add_step(
    session: Session,
    application: Application,
    step: Step,
    doing: Doing | Unattended,
    taken: _StepTaken | None = None,
) -> None:
    """Insert a step with the next number; the application is row-locked."""
    of_it = (ApplicationStep.bank_id == application.bank_id, ApplicationStep.application_id == application.id)
    session.add(
        ApplicationStep(
            bank_id=application.bank_id,
            application_id=application.id,
            number=next_number(session, ApplicationStep.number, *of_it),
            step=step,
            referee=taken.referee if taken else None,
            words=taken.words.strip() if taken else "",
            done_by=doing.doer_id,
            done_at=doing.now,
        )
    )
    session.flush()
