"""The village's people say when they can help, and which languages they speak."""

from sqlalchemy import func, select

from tests.people import TODAY
from timebank.demo.village import PLANS
from timebank.members.helping import select_helping
from timebank.members.models import HelpingWishes, SpokenLanguage
from timebank.members.rules import DISTANCES, INVITATIONS
from timebank.trail.models import TrailRow


def test_what_people_say_differs(life):
    rows = life.execute(select(HelpingWishes)).scalars().all()
    assert len(rows) == sum(len(plan.helping) for plan in PLANS) > 20
    assert {row.farthest_minutes for row in rows} == set(DISTANCES)
    assert {row.most_invitations for row in rows} == set(INVITATIONS)
    assert len({row.free_parts for row in rows}) > 8
    assert len(set(life.scalars(select(SpokenLanguage.language)))) > 15


def test_one_of_each_bank_is_away_or_will_be(life):
    rows = life.execute(select(HelpingWishes).where(HelpingWishes.away_until >= TODAY)).scalars().all()
    assert len({row.bank_id for row in rows}) == len(PLANS)
    assert [row for row in rows if row.away_from <= TODAY]
    assert [row for row in rows if row.away_from > TODAY]


def test_some_have_said_nothing_and_are_free_at_any_time(life):
    bank_id = life.scalar(select(HelpingWishes.bank_id).order_by(HelpingWishes.bank_id))
    silent = [row for row in life.execute(select_helping(bank_id)) if row.changed_at is None]
    assert len(silent) > 5
    assert {(row.free_parts, row.most_invitations) for row in silent} == {(0, 2)}


def test_a_broker_says_it_for_those_who_never_sign_in(life):
    said_for = select(func.count()).where(TrailRow.deed == "helping.changed", TrailRow.on_behalf_of.is_not(None))
    assert life.scalar(said_for) >= 3
