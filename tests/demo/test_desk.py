"""What the desk of the village has seen to: who would like to join, who left, limits, and what brokers look after."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from tests.people import NOW, TODAY
from timebank.actors import Standing
from timebank.banks.models import Bank
from timebank.bookkeeping.closings import is_closed, list_signed_off
from timebank.bookkeeping.limits import list_limits
from timebank.bookkeeping.queries import (
    StatementFilter,
    find_entry_id,
    get_account,
    get_account_of_kind,
    get_entry,
    list_statement,
)
from timebank.corrections.models import Correction
from timebank.corrections.month_queries import list_waiting_months
from timebank.demo.village import PLANS, SLUG
from timebank.exchanges.queries import count_by_category, list_open
from timebank.joining.models import Application, ApplicationStep
from timebank.joining.queries import list_applications
from timebank.joining.rules import OPEN_STAGES, Agreed, Stage, Step
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import EntryKind
from timebank.listings.missing import Lack, list_missing_areas, list_missing_kinds
from timebank.listings.missing_queries import list_area_people, list_filed
from timebank.listings.queries import get_tree
from timebank.members.models import Membership, Person, StandingChange
from timebank.members.queries import find_actor
from timebank.tasks.models import Task
from timebank.tasks.rules import Status, TaskKind
from timebank.trail.models import TrailRow

GLEN_ISLA, STRATHMORE = PLANS


def _actor(session, name):
    row = session.execute(
        select(Membership.bank_id, Person.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.name == name)
        .order_by(Membership.id)
    ).first()
    return find_actor(session, *row)


def _task(session, kind, name):
    subject = f"member:{_actor(session, name).code}"
    return session.scalars(select(Task).where(Task.kind == kind, Task.subject == subject)).one()


def test_an_application_stands_at_every_stage(life):
    rows = life.execute(select(Application.name, Application.stage)).all()
    assert set(map(tuple, rows)) == {
        ("Hamid Karimi", Stage.APPLIED),
        ("Ishbel Ross", Stage.APPLIED),
        ("Struan Baird", Stage.INTERVIEWED),
        ("Inês Duarte", Stage.INTERVIEWED),
        ("Peggy Arbuckle", Stage.REFERENCED),
        ("Yusra Osman", Stage.INDUCTED),
        ("Kenneth Gow", Stage.DECLINED),
        ("Ailsa Munro", Stage.WITHDRAWN),
        ("Moira Sim", Stage.ADMITTED),
        ("Nuala Byrne", Stage.APPLIED),
        ("Bernard Esson", Stage.INTERVIEWED),
    }
    assert {stage for _name, stage in rows} == set(Stage)


def test_every_step_of_joining_was_taken_by_a_broker(life):
    steps = Counter(life.scalars(select(ApplicationStep.step)))
    assert set(steps) == set(Step)
    brokers = {_actor(life, name).membership_id for name in ("Rosa Lindsay", "Iain Geddes", "Murdo Paton")}
    by = set(life.scalars(select(ApplicationStep.done_by).where(ApplicationStep.step != Step.APPLY)))
    assert by <= brokers


def test_people_apply_on_the_site_by_phone_on_paper_and_in_person(life):
    assert set(life.scalars(select(Application.notice_agreed))) == set(Agreed)


def test_what_waits_for_a_broker_is_in_the_list_of_applications(life):
    bank_id = _actor(life, "Rosa Lindsay").bank_id
    waiting = list_applications(life, bank_id).rows
    assert len(waiting) == 6
    assert {row.stage for row in waiting} == set(OPEN_STAGES)


def test_moira_came_the_whole_way(life):
    moira = _actor(life, "Moira Sim")
    application = life.scalars(select(Application).where(Application.membership_id == moira.membership_id)).one()
    steps = life.scalars(
        select(ApplicationStep.step)
        .where(ApplicationStep.application_id == application.id)
        .order_by(ApplicationStep.number)
    ).all()
    assert steps == [Step.APPLY, Step.INTERVIEW, Step.REFERENCE, Step.REFERENCE, Step.INDUCT, Step.ADMIT]
    assert get_account(life, moira.bank_id, moira.account_id).other == 120


def test_one_is_suspended_one_has_left_and_one_came_back(life):
    rows = life.execute(
        select(Person.name, Membership.standing)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.standing != Standing.ACTIVE)
    )
    assert dict(map(tuple, rows)) == {"Ross Meikle": Standing.SUSPENDED, "Gavin Soutar": Standing.LEFT}
    douglas = _actor(life, "Douglas Imrie")
    moves = life.scalars(
        select(StandingChange.standing)
        .where(StandingChange.membership_id == douglas.membership_id)
        .order_by(StandingChange.number)
    ).all()
    assert (moves, douglas.standing) == ([Standing.LEFT, Standing.ACTIVE], Standing.ACTIVE)


def test_who_left_has_nothing_unfinished_and_gave_the_hours_to_the_pot(life):
    gavin = _actor(life, "Gavin Soutar")
    assert list_open(life, gavin.bank_id, gavin.account_id) == []
    assert get_account(life, gavin.bank_id, gavin.account_id).balance == 0
    assert is_closed(life, gavin.bank_id, gavin.account_id)
    (newest,) = list_statement(life, gavin.bank_id, gavin.account_id, StatementFilter(), size=1).rows
    assert (newest.kind, newest.minutes < 0) == (EntryKind.LEAVING, True)
    assert newest.other_account == get_account_of_kind(life, gavin.bank_id, AccountKind.POT)


def test_a_limit_was_lowered_by_the_coordinator_and_stands_on_the_trail(life):
    kirsty, mary = _actor(life, "Kirsty Rennie"), _actor(life, "Mary Duncan")
    newest = list_limits(life, kirsty.bank_id, kirsty.account_id)[0]
    assert (newest.floor, newest.until > NOW.date()) == (-30 * 60, True)
    row = life.scalars(select(TrailRow).where(TrailRow.deed == "limit.lowered")).one()
    assert (row.subject, row.done_by) == (f"member:{kirsty.code}", mary.membership_id)


def test_something_is_missing_of_each_sort_and_two_of_it_are_on_the_to_do_list(life):
    bank = life.scalars(select(Bank).where(Bank.slug == SLUG)).one()
    listings = list_filed(life, bank.id, today=TODAY)
    times = count_by_category(life, bank.id, since=TODAY - timedelta(days=365))
    kinds = list_missing_kinds(get_tree(life, bank.id), listings, times)
    lines = [*kinds, *list_missing_areas(list_area_people(life, bank.id), listings)]
    assert {line.lack for line in lines} == set(Lack)
    assert [(line.name, line.members, line.requests) for line in lines[len(kinds) :]] == [("Lochside", 2, 1)]
    helpers = {line.name: line.helper for line in kinds if line.lack is Lack.ONE_HELPER}
    assert helpers["Getting about/Lifts nearby"] == "Wilma Ogilvie"
    tasks = life.scalars(select(Task).where(Task.kind == TaskKind.SOMETHING_MISSING).order_by(Task.id))
    assert [(task.subject, task.status) for task in tasks] == [
        ("category:getting-about/longer-trips", Status.OPEN),
        ("area:Lochside", Status.TAKEN),
    ]


def test_the_soft_limits_opened_tasks_by_themselves(life):
    assert _task(life, TaskKind.ABOVE_SOFT_LIMIT, "Wilma Ogilvie").status == Status.TAKEN
    assert _task(life, TaskKind.BELOW_SOFT_LIMIT, "Nell Crombie").status == Status.OPEN


def test_a_task_is_taken_and_one_is_done(life):
    taken, done = (
        _task(life, TaskKind.ABOVE_SOFT_LIMIT, "Wilma Ogilvie"),
        _task(life, TaskKind.BELOW_SOFT_LIMIT, "Agnes Farquhar"),
    )
    assert taken.owner_id == _actor(life, "Rosa Lindsay").membership_id
    assert (done.status, done.done_by) == (Status.DONE, _actor(life, "Iain Geddes").membership_id)
    assert "She knits again." in done.note
    statuses = Counter(life.scalars(select(Task.status)))
    assert set(statuses) == set(Status)
    assert statuses[Status.OPEN] >= 4


def test_three_asked_a_broker_to_find_something_one_by_telephone(life):
    words = set(life.scalars(select(Task.note).where(Task.kind == TaskKind.FIND_SOMEBODY)))
    assert words == {one.words for one in GLEN_ISLA.desk_work.looked_for}
    by_hand = life.scalar(
        select(func.count()).where(TrailRow.deed == "help.looked_for", TrailRow.on_behalf_of.is_not(None))
    )
    assert by_hand == 2


def test_every_deed_of_the_village_stands_on_the_trail(life):
    deeds = Counter(life.scalars(select(TrailRow.deed)))
    assert deeds["member.admitted"] == sum(len(plan.cast) for plan in PLANS)
    assert deeds["application.apply"] == sum(len(plan.wished) for plan in PLANS)
    assert deeds["listing.offer"] == sum(len(plan.offers) for plan in PLANS)
    assert deeds["listing.request"] == sum(len(plan.requests) for plan in PLANS)
    assert deeds["categories.opened"] == len(PLANS)
    assert deeds["area.added"] == sum(len(plan.areas.names) + 1 for plan in PLANS)
    assert sum(count for deed, count in deeds.items() if deed.startswith("standing.")) == 4
    assert deeds["exchange.dispute"] == 3
    assert (deeds["reversal.proposed"], deeds["reversal.approved"]) == (2, 1)


def test_one_balance_was_put_right_and_one_waits(life):
    rows = life.execute(select(Correction.approved_by, Correction.closed_at).order_by(Correction.id)).all()
    tom = _actor(life, "Tom Ferrier")
    assert [(row.approved_by, row.closed_at is None) for row in rows] == [(tom.membership_id, False), (None, True)]
    jean = _actor(life, "Jean Milne")
    key = f"adjustment:{life.scalars(select(Correction.code).order_by(Correction.id)).first()}"
    entry = get_entry(life, jean.bank_id, find_entry_id(life, jean.bank_id, key))
    assert [(line.to_account, line.minutes) for line in entry.entry.lines] == [(jean.account_id, 120)]
    assert (entry.recorded_by, entry.approved_by) == (_actor(life, "Mary Duncan").membership_id, tom.membership_id)


def test_the_first_months_are_signed_off_one_waits_and_one_is_still_to_be_signed(life):
    bank_id = _actor(life, "Mary Duncan").bank_id
    signed = [row.month.month for row in reversed(list_signed_off(life, bank_id))]
    waiting = [row.month.month for row in list_waiting_months(life, bank_id)]
    assert (signed, waiting) == ([8], [9])


def test_the_names_of_applicants_lead_nowhere():
    for plan in PLANS:
        for one in plan.wished:
            assert one.email is None or one.email.endswith("@example.org"), one.name
            assert one.phone is None or one.phone.startswith(("+441632960", "+447700900")), one.name
            assert one.email or one.phone, one.name
    assert GLEN_ISLA.slug == SLUG
