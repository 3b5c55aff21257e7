"""Filing an exchange under a category: by brokers, on the trail, and no hours move."""

import pytest

from tests.people import NOW, balance_of, make_confirmed
from timebank import clock
from timebank.exchanges.errors import CannotFileError, NotYoursError
from timebank.exchanges.filing import file_under, find_shelf, list_shelves
from timebank.exchanges.queries import find_exchange
from timebank.listings.models import Category
from timebank.trail.actions import OtherContentError
from timebank.trail.queries import list_deeds


def make_category(session, bank, name, *, parent=None, position=1, retired=False):
    row = Category(
        bank_id=bank.id,
        id=clock.next_id(),
        parent_id=parent,
        name=name,
        position=position,
        retired_at=NOW if retired else None,
    )
    session.add(row)
    session.flush()
    return row.id


@pytest.fixture
def shelves(session, village):
    home = make_category(session, village.angus, "Home", position=2)
    return {
        "Garden": make_category(session, village.angus, "Garden", position=1),
        "Home": home,
        "Home/Cleaning": make_category(session, village.angus, "Cleaning", parent=home),
        "Home/Coal": make_category(session, village.angus, "Coal", parent=home, position=2, retired=True),
        "Perth": make_category(session, village.perth, "Perth"),
    }


@pytest.fixture
def code(session, village, shelves):
    return make_confirmed(session, village, village.ada, village.grace)


def category_of(session, village, code):
    return find_exchange(session, village.angus.id, code).category_id


def test_shelves_stand_in_the_banks_order_with_those_below(session, village, shelves):
    found = list_shelves(session, village.angus.id)
    assert [shelf.label for shelf in found] == ["Garden", "Home"]
    assert [below.label for below in found[1].below] == ["Home/Cleaning", "Home/Coal"]
    assert found[1].ids == (shelves["Home"], shelves["Home/Cleaning"], shelves["Home/Coal"])
    assert find_shelf(found, "Home/Cleaning").id == shelves["Home/Cleaning"]
    assert find_shelf(found, "Cleaning") is None
    assert find_shelf(found, "") is None


@pytest.mark.parametrize("who", ["rosa", "mary"])
def test_a_broker_files_an_exchange_and_it_is_on_the_trail(session, village, shelves, code, who):
    by = getattr(village, who)
    file_under(session, code, "Home/Cleaning", by=by, now=NOW, form_key="f")
    assert category_of(session, village, code) == shelves["Home/Cleaning"]
    deed = list_deeds(session, village.angus.id, f"exchange:{code}")[-1]
    assert (deed.deed, deed.done_by) == ("exchange.filed", by.membership_id)
    assert balance_of(session, village.ada) == 60
    file_under(session, code, "", by=by, now=NOW, form_key="g")
    assert category_of(session, village, code) is None


def test_a_form_sent_twice_files_once_and_a_changed_one_is_told_so(session, village, shelves, code):
    for _twice in range(2):
        file_under(session, code, "Garden", by=village.rosa, now=NOW, form_key="f")
    deeds = [deed.deed for deed in list_deeds(session, village.angus.id, f"exchange:{code}")]
    assert deeds.count("exchange.filed") == 1
    with pytest.raises(OtherContentError):
        file_under(session, code, "Home", by=village.rosa, now=NOW, form_key="f")


@pytest.mark.parametrize("label", ["Perth", "Nonsense", "Home/Coal", "Cleaning"])
def test_what_the_bank_has_not_or_has_retired_is_not_filed_under(session, village, shelves, code, label):
    with pytest.raises(CannotFileError):
        file_under(session, code, label, by=village.rosa, now=NOW, form_key="f")
    assert category_of(session, village, code) is None


def test_what_is_filed_under_a_retired_one_can_stay_there(session, village, shelves, code):
    exchange = find_exchange(session, village.angus.id, code)
    exchange.category_id = shelves["Home/Coal"]
    file_under(session, code, "Home/Coal", by=village.rosa, now=NOW, form_key="f")
    assert category_of(session, village, code) == shelves["Home/Coal"]


@pytest.mark.parametrize("who", ["ada", "linus", "tom", "audrey"])
def test_members_trustees_and_auditors_file_nothing(session, village, shelves, code, who):
    with pytest.raises(NotYoursError):
        file_under(session, code, "Garden", by=getattr(village, who), now=NOW, form_key="f")
