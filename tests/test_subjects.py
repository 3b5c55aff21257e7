"""Names of what references point to: one query for each kind, and a kind is registered by its own room."""

import pytest

from tests.people import make_recorded
from timebank import subjects
from timebank.references import Ref, Subject, code_of


@pytest.fixture
def choirs(monkeypatch):
    """A room of groups that has registered their names; gives the codes of each query."""
    queries = []

    def list_names(_session, _bank_id, codes):
        queries.append(list(codes))
        return {code: f"Choir {code}" for code in codes if code != "missing"}

    monkeypatch.setattr(subjects, "_NAMES", dict(subjects._NAMES))
    subjects.register(Subject.GROUP, list_names)
    return queries


def test_members_and_exchanges_are_named_by_their_rooms(session, village):
    code = make_recorded(session, village, village.ada, village.grace, what="Hedge cutting")
    ada, exchange = Ref(Subject.MEMBER, village.ada.code), Ref(Subject.EXCHANGE, code)
    assert subjects.list_names(session, village.angus.id, [ada, exchange]) == {
        ada: "Ada Lamont",
        exchange: "Hedge cutting",
    }


def test_what_another_bank_has_is_not_named(session, village):
    assert subjects.list_names(session, village.perth.id, [Ref(Subject.MEMBER, village.ada.code)]) == {}


def test_each_kind_is_one_query_and_what_has_no_name_is_left_out(session, village, choirs):
    refs = [Ref(Subject.GROUP, "a"), Ref(Subject.GROUP, "missing"), Ref(Subject.GROUP, "b"), Ref(Subject.POT)]
    names = subjects.list_names(session, village.angus.id, refs)
    assert names == {Ref(Subject.GROUP, "a"): "Choir a", Ref(Subject.GROUP, "b"): "Choir b"}
    assert choirs == [["a", "missing", "b"]]


@pytest.mark.parametrize(
    ("reference", "code"),
    [("exchange:K7M3Q2XZ", "K7M3Q2XZ"), ("member:K7M3Q2XZ", None), ("pot", None), ("history:7", None), ("", None)],
)
def test_a_code_is_read_from_references_of_its_kind_alone(reference, code):
    assert code_of(Subject.EXCHANGE, reference) == code


def test_a_kind_is_registered_once():
    with pytest.raises(ValueError, match="member"):
        subjects.register(Subject.MEMBER, lambda *_args: {})
