"""Putting what is missing on the to-do list: by brokers, once, and for what the bank has."""

import pytest

from tests.people import NOW
from timebank.actors import Doing
from timebank.banks.areas import add_area, rename_area
from timebank.banks.queries import find_area, list_area_names
from timebank.errors import NotAllowedError, NotVisibleError
from timebank.listings.errors import OnListAlreadyError
from timebank.listings.to_do import put_on_list
from timebank.references import Ref, Subject
from timebank.tasks.actions import finish
from timebank.tasks.queries import list_not_done
from timebank.tasks.rules import TaskKind

GARDENING = Ref(Subject.CATEGORY, "outdoors/gardening")
FORFAR = Ref(Subject.AREA, "Forfar")


@pytest.fixture
def on_list(session, village):
    return lambda: list_not_done(session, village.angus.id, TaskKind.SOMETHING_MISSING)


@pytest.fixture
def forfar(session, village):
    add_area(session, "Forfar", Doing(village.mary, NOW, "forfar"))
    return find_area(session, village.angus.id, "Forfar")


@pytest.mark.usefixtures("tree", "forfar")
def test_a_kind_and_an_area_are_put_on_the_list(session, village, on_list):
    put_on_list(session, GARDENING, Doing(village.rosa, NOW, "kind"))
    put_on_list(session, FORFAR, Doing(village.clara, NOW, "area"))
    assert set(on_list()) == {"category:outdoors/gardening", "area:Forfar"}


@pytest.mark.usefixtures("tree")
def test_it_is_on_the_list_once_until_it_is_done(session, village, on_list):
    put_on_list(session, GARDENING, Doing(village.rosa, NOW, "first"))
    with pytest.raises(OnListAlreadyError):
        put_on_list(session, GARDENING, Doing(village.mary, NOW, "second"))
    (code,) = on_list().values()
    finish(session, code, Doing(village.rosa, NOW), note="Linus offers it now")
    assert on_list() == {}
    put_on_list(session, GARDENING, Doing(village.mary, NOW, "third"))
    assert len(on_list()) == 1


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("key", ["ada", "tom", "audrey"])
def test_only_brokers_and_coordinators_put_it_there(key, session, village):
    with pytest.raises(NotAllowedError):
        put_on_list(session, GARDENING, Doing(getattr(village, key), NOW, "no"))


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("about", [FORFAR, Ref(Subject.CATEGORY, "nonsense")])
def test_what_the_bank_does_not_have_is_not_put_there(about, session, village):
    with pytest.raises(NotVisibleError):
        put_on_list(session, about, Doing(village.rosa, NOW, "no"))


def test_another_banks_kinds_are_not_this_banks(session, village, tree):
    with pytest.raises(NotAllowedError):
        put_on_list(session, GARDENING, Doing(village.perdita, NOW, "no"))


def test_a_task_follows_its_area_to_the_new_name(session, village, forfar, on_list):
    put_on_list(session, FORFAR, Doing(village.rosa, NOW, "area"))
    rename_area(session, forfar, "Letham", Doing(village.mary, NOW, "rename"))
    assert set(on_list()) == {"area:Letham"}
    with pytest.raises(OnListAlreadyError):
        put_on_list(session, Ref(Subject.AREA, "Letham"), Doing(village.rosa, NOW, "again"))
    assert list_area_names(session, village.angus.id, ["Forfar", "Letham"]) == {"Letham": "Letham"}
