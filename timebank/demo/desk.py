"""The demo's work of brokers and coordinators: limits, standings, and tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from timebank.actors import Doing, Role, Standing
from timebank.approvals.roles import set_roles
from timebank.bookkeeping.queries import get_account
from timebank.demo.correcting import Adjusted
from timebank.demo.deeds import LowerLimit
from timebank.demo.stories import Neighbourhood, Story
from timebank.exchanges.time_rule import begin_time_rule
from timebank.leaving.actions import leave, take_back_in
from timebank.leaving.rules import Departure
from timebank.listings.actions import ask_broker
from timebank.listings.to_do import put_on_list
from timebank.members import limits
from timebank.members.actions import get_membership_by_code
from timebank.members.queries import find_actor_by_code
from timebank.members.standing import change_standing
from timebank.references import Ref, Subject
from timebank.signing_in.actions import Arrival, open_session
from timebank.signing_in.code_actions import make_code, use_code
from timebank.tasks.actions import finish, take
from timebank.tasks.queries import list_not_done
from timebank.tasks.rules import TaskKind

_ASKED_AT, _LOOKED_AT = time(11, 15), time(14, 20)


@dataclass(frozen=True, slots=True)
class StandingMove:
    """A member is suspended, leaves or comes back, `days_ago` days ago."""

    days_ago: int
    whose: str
    to: Standing
    reason: str


@dataclass(frozen=True, slots=True)
class LookedFor:
    """A member's request that a broker find somebody for them."""

    days_ago: int
    whose: str
    words: str


@dataclass(frozen=True, slots=True)
class Handled:
    """A task about a member that a broker has taken; it is done if there is a `note`."""

    days_ago: int
    kind: TaskKind
    whose: str
    broker: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class NotedMissing:
    """A kind of help or an area that a broker put on the to-do list; `taken_by` looks after it."""

    days_ago: int
    about: Ref
    broker: str
    taken_by: str = ""


@dataclass(frozen=True, slots=True)
class ProposedRole:
    """A role that the coordinator asks to give, and that waits for a second approver."""

    days_ago: int
    whose: str
    role: Role


@dataclass(frozen=True, slots=True)
class LetIn:
    """A member whom a broker let in with a sign-in code."""

    days_ago: int
    whose: str
    broker: str


@dataclass(frozen=True, slots=True)
class DeskWork:
    """All work of a bank's desk. The coordinator changes limits and standings, and proposes adjustments.

    Months are signed off if there is an `approver`.
    """

    limits: Sequence[LowerLimit] = ()
    moves: Sequence[StandingMove] = ()
    looked_for: Sequence[LookedFor] = ()
    handled: Sequence[Handled] = ()
    missing: Sequence[NotedMissing] = ()
    adjusted: Sequence[Adjusted] = ()
    proposed_roles: Sequence[ProposedRole] = ()
    let_in: Sequence[LetIn] = ()
    approver: str = ""


def confirm_by_time(neighbourhood: Neighbourhood, days_ago: int, by: str) -> Story:
    """The coordinator answers for it that hours are confirmed by time."""
    now = yield neighbourhood.moment(days_ago, _LOOKED_AT)
    begin_time_rule(neighbourhood.session, neighbourhood.bank, Doing(neighbourhood.actor(by), now, "by time"))


def lower(neighbourhood: Neighbourhood, override: LowerLimit, coordinator: str) -> Story:
    """The coordinator lowers a member's limit for a time."""
    now = yield neighbourhood.moment(override.days_ago)
    limits.lower_limit(
        neighbourhood.session,
        neighbourhood.bank,
        neighbourhood.people[override.whose],
        limits.Override(
            -override.floor_minutes,
            override.reason,
            neighbourhood.today + timedelta(days=override.days - override.days_ago),
        ),
        Doing(neighbourhood.people[coordinator], now, f"village-limit-{override.whose}"),
    )


def change(neighbourhood: Neighbourhood, standing_move: StandingMove, coordinator: str) -> Story:
    """The coordinator changes a member's standing; on leaving, the balance goes to the community pot."""
    now = yield neighbourhood.moment(standing_move.days_ago)
    session, member, key = (
        neighbourhood.session,
        neighbourhood.people[standing_move.whose],
        f"village-standing-{standing_move.whose}-{standing_move.to}",
    )
    by = neighbourhood.people[coordinator]
    if standing_move.to is Standing.LEFT:
        going = Departure(get_account(session, neighbourhood.bank.id, member.account_id).balance, standing_move.reason)
        leave(session, neighbourhood.bank, member, going, Doing(by, now, key))
    elif standing_move.to is Standing.ACTIVE:
        take_back_in(session, member, Doing(by, now, key), reason=standing_move.reason)
    else:
        change_standing(session, member, standing_move.to, Doing(by, now, key), reason=standing_move.reason)
    actor = find_actor_by_code(session, neighbourhood.bank.id, member.code)
    if actor is not None:
        neighbourhood.people[standing_move.whose] = actor


def propose_role(neighbourhood: Neighbourhood, proposed: ProposedRole, coordinator: str) -> Story:
    """The coordinator asks to give a member a role."""
    now = yield neighbourhood.moment(proposed.days_ago)
    member = neighbourhood.people[proposed.whose]
    membership = get_membership_by_code(neighbourhood.session, neighbourhood.bank.id, member.code)
    doing = Doing(neighbourhood.people[coordinator], now)
    set_roles(neighbourhood.session, membership, member.roles | {proposed.role}, doing, before=member.roles)


def let_in_by_code(neighbourhood: Neighbourhood, let_in: LetIn) -> Story:
    """A broker makes a sign-in code for a member, who uses it an hour later and keeps her password."""
    now = yield neighbourhood.moment(let_in.days_ago, _ASKED_AT)
    session, bank, member = neighbourhood.session, neighbourhood.bank, neighbourhood.people[let_in.whose]
    code = make_code(session, member, Doing(neighbourhood.people[let_in.broker], now))
    now = yield now + timedelta(hours=1)
    used = use_code(session, bank.id, code, now=now)
    open_session(session, Arrival(bank.id, used.person_id, code_id=used.id), now=now)


def look_for(neighbourhood: Neighbourhood, request: LookedFor) -> Story:
    """A member asks a broker to find somebody for them."""
    now = yield neighbourhood.finds_time(request.whose, neighbourhood.moment(request.days_ago, _ASKED_AT))
    key = f"village-looked-for-{request.whose}"
    ask_broker(neighbourhood.session, request.words, Doing(neighbourhood.actor(request.whose), now, key))


def handle(neighbourhood: Neighbourhood, handled: Handled) -> Story:
    """A broker takes a task, and finishes it if there is a note."""
    now = yield neighbourhood.moment(handled.days_ago, _LOOKED_AT)
    session, broker = neighbourhood.session, neighbourhood.people[handled.broker]
    subject = Ref(Subject.MEMBER, neighbourhood.people[handled.whose].code)
    code = list_not_done(session, neighbourhood.bank.id, handled.kind)[str(subject)]
    take(session, code, Doing(broker, now))
    if handled.note:
        finish(session, code, Doing(broker, now), note=handled.note)


def note_missing(neighbourhood: Neighbourhood, noted: NotedMissing) -> Story:
    """A broker puts a kind of help or an area on the to-do list, and another one may take the task."""
    now = yield neighbourhood.moment(noted.days_ago, _LOOKED_AT)
    session, people = neighbourhood.session, neighbourhood.people
    put_on_list(session, noted.about, Doing(people[noted.broker], now, f"village-missing-{noted.about}"))
    if noted.taken_by:
        code = list_not_done(session, neighbourhood.bank.id, TaskKind.SOMETHING_MISSING)[str(noted.about)]
        take(session, code, Doing(people[noted.taken_by], now))
