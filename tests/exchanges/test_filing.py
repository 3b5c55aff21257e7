"""Filing an exchange under a category: by brokers, on the trail, and no hours move."""

import pytest

from tests.people import NOW, balance_of, make_confirmed
from timebank import clock
from timebank.actors import Doing
from timebank.exchanges.errors import CannotFileError, NotYoursError
from timebank.exchanges.filing import file_under
from timebank.exchanges.queries import find_exchange
from timebank.listings.models import Category
from timebank.trail.actions import OtherContentError
from timebank.trail.queries import list_deeds


def make_category(session, bank, key, name, *, parent=None, position=1, retired=False):
    row = Category(
        bank_id=bank.id,
        id=clock.next_id(),
        parent_id=parent,
        key=key,
        name=name,
        position=position,
        retired_at=NOW if retired else None,
    )
    session.add(row)
    session.flush()
    return row.id


@pytest.fixture
def shelves(session, village):
    home = make_category(session, village.angus, "home", "Home", position=2)
    return {
        "garden": make_category(session, village.angus, "garden", "Garden", position=1),
        "home": home,
        "home/cleaning": make_category(session, village.angus, "home/cleaning", "Cleaning", parent=home),
        "home/coal": make_category(session, village.angus, "home/coal", "Coal", parent=home, position=2, retired=True),
        "perth": make_category(session, village.perth, "perth", "Perth"),
    }


@pytest.fixture
def code(session, village, shelves):
    return make_confirmed(session, village, village.ada, village.grace)


def category_of(session, village, code):
    return find_exchange(session, village.angus.id, code).category_id


def test_a_key_with_a_slash_is_not_confused_with_another(session, village, shelves, code):
    """A main kind called 'Home/Cleaning' stands beside the kind Cleaning under Home."""
    stroke = make_category(session, village.angus, "own/k7m3q2xz", "Home/Cleaning", position=3)
    file_under(session, code, "own/k7m3q2xz", Doing(village.rosa, NOW, "f"))
    assert category_of(session, village, code) == stroke
    file_under(session, code, "home/cleaning", Doing(village.rosa, NOW, "g"))
    assert category_of(session, village, code) == shelves["home/cleaning"]


def test_a_kind_without_a_key_is_not_what_is_meant_by_none(session, village, shelves, code):
    make_category(session, village.angus, None, "From before")
    file_under(session, code, "", Doing(village.rosa, NOW, "f"))
    assert category_of(session, village, code) is None


@pytest.mark.parametrize("who", ["rosa", "mary"])
def test_a_broker_files_an_exchange_and_it_is_on_the_trail(session, village, shelves, code, who):
    by = getattr(village, who)
    file_under(session, code, "home/cleaning", Doing(by, NOW, "f"))
    assert category_of(session, village, code) == shelves["home/cleaning"]
    deed = list_deeds(session, village.angus.id, f"exchange:{code}")[-1]
    assert (deed.deed, deed.done_by) == ("exchange.filed", by.membership_id)
    assert balance_of(session, village.ada) == 60
    file_under(session, code, "", Doing(by, NOW, "g"))
    assert category_of(session, village, code) is None


def test_a_form_sent_twice_files_once_and_a_changed_one_is_refused(session, village, shelves, code):
    for _twice in range(2):
        file_under(session, code, "garden", Doing(village.rosa, NOW, "f"))
    deeds = [deed.deed for deed in list_deeds(session, village.angus.id, f"exchange:{code}")]
    assert deeds.count("exchange.filed") == 1
    with pytest.raises(OtherContentError):
        file_under(session, code, "home", Doing(village.rosa, NOW, "f"))


@pytest.mark.parametrize("key", ["perth", "nonsense", "home/coal", "cleaning"])
def test_an_unknown_or_retired_category_is_refused(session, village, shelves, code, key):
    with pytest.raises(CannotFileError):
        file_under(session, code, key, Doing(village.rosa, NOW, "f"))
    assert category_of(session, village, code) is None


def test_an_exchange_can_keep_a_category_that_was_retired(session, village, shelves, code):
    exchange = find_exchange(session, village.angus.id, code)
    exchange.category_id = shelves["home/coal"]
    file_under(session, code, "home/coal", Doing(village.rosa, NOW, "f"))
    assert category_of(session, village, code) == shelves["home/coal"]


@pytest.mark.parametrize("who", ["ada", "linus", "tom", "audrey"])
def test_members_trustees_and_auditors_file_nothing(session, village, shelves, code, who):
    with pytest.raises(NotYoursError):
        file_under(session, code, "garden", Doing(getattr(village, who), NOW, "f"))
