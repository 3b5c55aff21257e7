"""A month is signed by one and confirmed by another who reckons the same; then it stands, and is checked for ever."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from tests.people import NOW
from timebank.actors import Doing, How, acting_for
from timebank.audit.checks import check_books
from timebank.bookkeeping import closings
from timebank.bookkeeping.sealing.actions import seal
from timebank.corrections import months
from timebank.corrections.checks import corrections_have_entries, months_as_signed_off
from timebank.corrections.errors import AnsweredError, FiguresDifferError, MonthNotOverError, MonthSignedError
from timebank.corrections.figures import read
from timebank.corrections.month_queries import list_bank_months, reckon_beside, reckon_months
from timebank.errors import NotAllowedError, ReasonMissingError
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import EntryKind, Line

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
LATER = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def november(desk, village):
    """An hour of help and a gift in November, another hour in December that happened in November."""
    ada, grace = village.ada.account_id, village.grace.account_id
    help_ = {"kind": EntryKind.EXCHANGE, "deed": "history:1"}
    desk.post(Line(grace, ada, 60), key="history:1", **help_)
    desk.post(Line(desk.pot, grace, 30), key="gift:AAAA2222", now=datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
    desk.post(
        Line(grace, ada, 45), key="history:2", day=date(2026, 11, 29), now=datetime(2026, 12, 1, tzinfo=UTC), **help_
    )
    return NOVEMBER


def do(desk, verb, month=NOVEMBER, *, by, now=LATER, form_key=None, **said):
    with desk.backend.session() as session:
        bank, doing = desk.village.angus, Doing(by, now, form_key)
        if verb in {months.sign, months.confirm}:
            said.setdefault("figures", reckon_beside(session, bank.id, month, bank.time_zone))
            verb(session, bank, month, said.pop("figures"), doing, **said)
        else:
            verb(session, bank, month, doing, **said)
        session.commit()


def sign(desk, **said):
    do(desk, months.sign, **{"by": desk.village.mary, "words": "Looked at every late entry", **said})


def confirm(desk, **said):
    do(desk, months.confirm, **{"by": desk.village.tom, **said})


def check(desk, question=months_as_signed_off):
    with desk.backend.owner_session() as session:
        return question(session)


def test_the_figures_are_by_the_day_of_posting(desk, village, november):
    with desk.backend.session() as session:
        found = reckon_months(session, village.angus.id, [NOVEMBER, DECEMBER], village.angus.time_zone)
    first, second = found[NOVEMBER], found[DECEMBER]
    assert (first.entries, first.minutes, first.given, first.received, first.late) == (2, 90, 60, 60, 0)
    assert {kind: (one.entries, one.minutes) for kind, one in first.kinds.items()} == {
        "exchange": (1, 60),
        "gift": (1, 30),
    }
    assert (first.above, first.below, first.pot, first.total, first.with_hours) == (60, -60, -30, 0, 3)
    assert (second.entries, second.late, second.minutes, second.above, second.pot) == (1, 1, 45, 105, -30)


@pytest.mark.parametrize(("zone", "entries"), [("Europe/London", 2), ("Pacific/Auckland", 1), ("Pacific/Honolulu", 3)])
def test_a_month_ends_where_the_bank_is(desk, village, november, zone, entries):
    with desk.backend.session() as session:
        figures = reckon_months(session, village.angus.id, [NOVEMBER], zone)[NOVEMBER]
    assert (figures.entries, figures.time_zone) == (entries, zone)


def test_the_figures_of_one_month_are_the_same_asked_alone_or_among_others(desk, village, november):
    with desk.backend.session() as session:
        bank_id, all_three = village.angus.id, [OCTOBER, NOVEMBER, DECEMBER]
        together = reckon_months(session, bank_id, all_three, "Europe/London")
        for month in all_three:
            assert reckon_months(session, bank_id, [month], "Europe/London")[month] == together[month]


def test_another_banks_rows_are_not_counted(desk, village, november):
    with desk.backend.session() as session:
        figures = reckon_months(session, village.perth.id, [NOVEMBER], "Europe/London")[NOVEMBER]
    assert (figures.entries, figures.minutes, figures.above) == (0, 0, 0)


def test_accounts_closed_by_the_end_are_not_counted_as_open(desk, village, november):
    with desk.backend.session() as session:
        before = reckon_months(session, village.angus.id, [NOVEMBER], "Europe/London")[NOVEMBER].accounts
        by = village.mary.membership_id
        closings.close_account(session, village.angus.id, village.linus.account_id, reason="Left", by=by, now=NOW)
        session.commit()
        after = reckon_months(session, village.angus.id, [NOVEMBER], "Europe/London")[NOVEMBER].accounts
    assert after == before - 1


def test_a_month_is_signed_by_one_and_confirmed_by_another(desk, village, november):
    sign(desk)
    assert desk.ask("SELECT count(*) FROM closing") == [(0,)]
    confirm(desk, now=LATER + timedelta(hours=1))
    with desk.backend.session() as session:
        (row,) = closings.list_signed_off(session, village.angus.id)
    mary, tom = village.mary.membership_id, village.tom.membership_id
    assert (row.month, row.recorded_by, row.approved_by) == (NOVEMBER, mary, tom)
    assert (row.reason, row.recorded_at) == ("Looked at every late entry", LATER + timedelta(hours=1))
    assert (read(row.figures).entries, json.loads(row.figures)["total"]) == (2, 0)
    trail = desk.ask("SELECT deed, done_by FROM trail WHERE subject = 'month:2026-11' ORDER BY id")
    assert trail == [("month.signed", mary), ("month.confirmed", tom)]
    assert check(desk).verdict is Verdict.RIGHT


def test_nobody_confirms_what_they_signed(desk, village, november):
    sign(desk)
    for verb, said in ((months.confirm, {}), (months.refuse, {"reason": "No"})):
        with pytest.raises(NotAllowedError):
            do(desk, verb, by=village.mary, **said)
    assert desk.ask("SELECT count(*) FROM closing") == [(0,)]


@pytest.mark.parametrize("name", ["ada", "rosa", "audrey"])
def test_only_coordinators_sign_and_only_second_approvers_confirm(desk, village, november, name):
    by = getattr(village, name)
    with pytest.raises(NotAllowedError):
        sign(desk, by=by)
    sign(desk)
    for verb, said in ((months.confirm, {}), (months.refuse, {"reason": "No"}), (months.withdraw, {})):
        with pytest.raises(NotAllowedError):
            do(desk, verb, by=by, **said)


def test_a_trustee_does_not_sign_nor_a_brokers_hand(desk, village, november):
    for by in (village.tom, acting_for(village.rosa, village.clara, How.PHONE)):
        with pytest.raises(NotAllowedError):
            sign(desk, by=by)


def test_a_month_is_signed_once_it_is_over(desk, november):
    for now in (NOW, datetime(2026, 11, 30, 23, 59, tzinfo=UTC)):
        with pytest.raises(MonthNotOverError):
            sign(desk, now=now)
    sign(desk, now=datetime(2026, 12, 1, tzinfo=UTC))


def test_a_signature_comes_with_words(desk, november):
    with pytest.raises(ReasonMissingError):
        sign(desk, words=" ")


def test_a_month_is_signed_once(desk, village, november):
    sign(desk, form_key="one")
    sign(desk, form_key="one")
    with pytest.raises(MonthSignedError):
        sign(desk, by=village.clara)
    confirm(desk, form_key="yes")
    confirm(desk, form_key="yes")
    with pytest.raises(MonthSignedError):
        sign(desk, by=village.clara)
    with pytest.raises(AnsweredError):
        confirm(desk, by=village.clara)
    assert desk.ask("SELECT count(*) FROM closing") == [(1,)]
    assert desk.ask("SELECT count(*) FROM sign_off") == [(1,)]


def test_figures_that_are_not_those_signed_are_not_confirmed(desk, november):
    sign(desk)
    ada, grace = desk.village.ada.account_id, desk.village.grace.account_id
    # A clock that was turned back: the month is over, and still something is posted in it.
    desk.post(Line(ada, grace, 15), key="gift:BBBB2222", now=NOW)
    with pytest.raises(FiguresDifferError):
        confirm(desk)
    assert desk.ask("SELECT closed_at FROM sign_off") == [(None,)]
    do(desk, months.refuse, by=desk.village.tom, reason="The entries have changed")
    sign(desk)
    confirm(desk)
    assert check(desk).verdict is Verdict.RIGHT


def test_a_signature_is_turned_down_with_a_reason_or_taken_back(desk, village, november):
    sign(desk)
    with pytest.raises(ReasonMissingError):
        do(desk, months.refuse, by=village.tom, reason=" ")
    do(desk, months.refuse, by=village.tom, reason="Look at slip 12")
    sign(desk)
    with pytest.raises(NotAllowedError):
        do(desk, months.withdraw, by=village.clara)
    do(desk, months.withdraw, by=village.mary)
    with pytest.raises(AnsweredError):
        confirm(desk)
    rows = desk.ask("SELECT refused_by, refused_because, confirmed_by FROM sign_off ORDER BY id")
    assert rows == [(village.tom.membership_id, "Look at slip 12", None), (village.mary.membership_id, None, None)]


def test_a_month_on_record_is_sealed_with_the_next_seal(desk, village, november):
    sign(desk)
    confirm(desk)
    with desk.backend.session() as session:
        seal(session, village.angus.id, now=LATER)
        session.commit()
        wrong = {found.name for found in check_books(session) if found.verdict is Verdict.WRONG}
    assert wrong == {"history_as_brought_in", "trail_tells"}  # the rows of this test came without an import
    assert desk.ask("SELECT count(*) FROM leaf WHERE kind = 'closing'") == [(1,)]


def test_what_is_posted_later_changes_nothing_that_was_signed(desk, village, november):
    sign(desk)
    confirm(desk)
    ada, grace = village.ada.account_id, village.grace.account_id
    desk.post(Line(ada, grace, 15), key="gift:BBBB2222", day=date(2026, 11, 3), now=LATER)
    found = check(desk)
    assert (found.verdict, found.figure, found.unit) == (Verdict.RIGHT, 1, "months")


def test_the_months_of_a_bank_are_listed_newest_first(desk, village, november):
    sign(desk)
    with desk.backend.session() as session:
        found = list_bank_months(session, village.angus, LATER)
    assert [(one.month, one.is_over, one.waiting is not None) for one in found] == [
        (DECEMBER, False, False),
        (NOVEMBER, True, True),
    ]
    confirm(desk)
    with desk.backend.session() as session:
        found = list_bank_months(session, village.angus, LATER)
    assert [one.signed_off is not None for one in found] == [False, True]
    assert found[1].figures.entries == 2


#: What a thief writes once the guards are down, and the figure that is named.
TAMPERINGS = {
    "UPDATE closing SET figures = replace(figures, 'late\":0', 'late\":1')": "late was signed as 1, the books come",
    "UPDATE closing SET figures = 'nothing'": "its figures cannot be read",
    "UPDATE closing SET figures = replace(figures, 'Europe/London', 'Mars/Base')": "its figures cannot be read",
    "UPDATE closing SET month = '2026-10-01'": "month was signed as 2026-11, the books come to 2026-10",
    "UPDATE posting SET minutes = 61 WHERE minutes = 60": "minutes was signed as 90, the books come to 91",
    "UPDATE entry SET kind = 'grant' WHERE kind = 'gift'": "kinds.gift.entries was signed as 1, the books come to None",
    "UPDATE entry SET occurred_on = '2026-10-09' WHERE kind = 'gift'": "late was signed as 0, the books come to 1",
    "UPDATE entry SET recorded_at = '2026-12-02 09:00:00' WHERE kind = 'gift'": "entries was signed as 2, the books",
    "UPDATE account SET opened_at = '2026-12-02 09:00:00' WHERE id = {ada}": "accounts was signed as",
}


@pytest.mark.parametrize("said", TAMPERINGS)
def test_the_check_names_a_month_whose_figures_changed(desk, village, november, said):
    sign(desk)
    confirm(desk)
    with desk.backend.owner_session() as session:
        if desk.backend.name == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            for (name,) in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text(said.replace("{ada}", str(village.ada.account_id)).replace(":", r"\:")))
        session.commit()
    found = check(desk)
    assert found.verdict is Verdict.WRONG
    problems = [one.problem for one in found.findings]
    assert any(problem.startswith(TAMPERINGS[said]) for problem in problems), problems
    assert {one.row.partition("/")[0] for one in found.findings} == {str(village.angus.id)}


@pytest.mark.parametrize(
    "said",
    [
        "UPDATE correction SET lines = replace(lines, ' 60]', ' 90]')",
        "UPDATE correction SET approved_by = {clara}",
        "UPDATE correction SET code = 'AAAA2222'",
    ],
)
def test_the_check_names_a_correction_that_differs_from_its_entry(desk, village, said):
    desk.approve(desk.adjust())
    assert check(desk, corrections_have_entries).verdict is Verdict.RIGHT
    with desk.backend.owner_session() as session:
        session.execute(text(said.replace("{clara}", str(village.clara.membership_id))))
        session.commit()
    found = check(desk, corrections_have_entries)
    assert (found.verdict, found.figure, found.finding_count) == (Verdict.WRONG, 1, 1)
