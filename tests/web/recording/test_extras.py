"""Travel and getting ready are agreed with the help, and counted when it is recorded."""

import pytest
from sqlalchemy import update

from timebank.actors import Doing
from timebank.banks.areas import set_travel
from timebank.banks.models import Area
from timebank.codes import spoken
from timebank.exchanges.drafts import Purpose
from timebank.members.models import Membership


def test_travel_and_getting_ready_are_asked_for_where_help_is_agreed(as_, village, books, draft):
    ada = as_(village.ada)
    code = draft(purpose=Purpose.PROPOSE, what="Gardening", day=village.angus.opened_at.date())
    page = ada.done(
        ada.get(f"drafts/{code}/how-long"), choice="60", travel="20 minutes", preparation="10 min", how_long=""
    )
    assert "How long 1 hour" in page
    assert "Travel 20 minutes" in page
    assert "Getting ready 10 minutes" in page
    assert "Together 1 hour 30 minutes" in page
    ada.done(page)
    made = books.only_exchange()
    assert (made.agreed_minutes, made.travel_minutes, made.preparation_minutes) == (90, 20, 10)
    told = as_(village.grace).get(f"exchanges/{spoken(made.code)}")
    assert "Travel in it 20 minutes" in told


def test_they_are_not_asked_for_where_help_has_happened(as_, village, draft):
    page = as_(village.ada).get(f"drafts/{draft(what='Gardening', day=village.angus.opened_at.date())}/how-long")
    assert not {"travel", "preparation"} & page.form.names


def test_what_cannot_be_parsed_is_refused_at_its_field_and_kept_as_typed(as_, village, draft):
    ada = as_(village.ada)
    code = draft(purpose=Purpose.PROPOSE, what="Gardening", day=village.angus.opened_at.date())
    page = ada.submit(ada.get(f"drafts/{code}/how-long"), choice="60", travel="a bit", preparation="", how_long="")
    assert "Type how long it took, such as 45 minutes" in page
    assert page.form.fields["travel"] == ["a bit"]


def test_recording_agreed_help_adds_what_was_agreed(as_, village, books, draft):
    ada = as_(village.ada)
    code = draft(
        purpose=Purpose.PROPOSE, what="Gardening", day=village.angus.opened_at.date(), minutes=60, travel_minutes=20
    )
    ada.done(ada.get(f"drafts/{code}/check"))
    exchange = spoken(books.only_exchange().code)
    grace = as_(village.grace)
    grace.done(grace.get(f"exchanges/{exchange}"), "Yes, that suits me")
    page = ada.done(ada.get(f"exchanges/{exchange}"), "It has happened: record it")
    page = ada.done(page, choice="today")
    assert "Together 1 hour 30 minutes" in page
    how_long = ada.get(page.links["Change How long"])
    assert "You agreed on 20 minutes of travel and getting ready. It is added, so leave it out here." in how_long
    ada.done(page)
    assert books.only_exchange().minutes == 90


@pytest.fixture
def lives(books, village):
    """`lives(village.ada, area_id)` puts somebody into an area."""

    def put(actor, area_id):
        with books.backend.owner_session() as session:
            session.execute(update(Membership).where(Membership.id == actor.membership_id).values(area_id=area_id))
            session.commit()

    return put


def _how_long(as_, village, draft, purpose=Purpose.PROPOSE):
    code = draft(purpose=purpose, what="Gardening", day=village.angus.opened_at.date())
    return as_(village.ada).get(f"drafts/{code}/how-long")


def test_the_way_between_two_areas_is_said_where_help_is_agreed(as_, village, books, draft, lives):
    near, far = books.areas("Kirkton", "Folda")
    lives(village.ada, near)
    assert "there and back" not in _how_long(as_, village, draft).words.replace("Travel, there and back", "")
    lives(village.grace, far)
    assert "Between your two areas" not in _how_long(as_, village, draft)
    with books.backend.session() as session:
        area = session.get_one(Area, (village.angus.id, near))
        set_travel(session, area, {far: 10}, Doing(village.mary, village.angus.opened_at, "ways"))
        session.commit()
    assert "Between your two areas it is about 20 minutes, there and back." in _how_long(as_, village, draft)
    assert "Between your two areas" not in _how_long(as_, village, draft, Purpose.RECORD)


def test_within_one_area_there_is_no_way_to_speak_of(as_, village, books, draft, lives):
    (area,) = books.areas("Kirkton")
    for one in (village.ada, village.grace):
        lives(one, area)
    assert "Between your two areas" not in _how_long(as_, village, draft)
