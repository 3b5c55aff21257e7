"""What existing systems get wrong (product.md), each held by name."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.people import NOW, TODAY, make_confirmed, settle
from tests.web.exchanges.deciding import decide
from tests.web.statement.lines import read_lines, read_totals
from timebank.actors import Doing, Unattended
from timebank.codes import spoken
from timebank.exchanges import reversals
from timebank.members.actions import NewMember, admit
from timebank.members.limits import Override, end_overrides, lower_limit


def record(browser, *, side="giver", purpose="record", words="Grace", **answers):
    """Answer every question as a member would; gives the check page."""
    page = browser.done(browser.get(f"help/{purpose}/{side}"), words=words)
    page = browser.done(page, what=answers.get("what", "Gardening"))
    page = browser.done(page, choice=answers.get("day", "today"))
    return browser.done(page, how_long=answers.get("how_long", "1 h"))


@pytest.mark.parametrize(
    ("purpose", "side", "balance"),
    [("record", "giver", 60), ("record", "receiver", -60), ("propose", "giver", 60), ("propose", "receiver", -60)],
)
def test_hours_move_from_who_received_to_who_gave_whoever_wrote_it_down(purpose, side, balance, as_, village, books):
    ada, grace = as_(village.ada), as_(village.grace)
    ada.done(record(ada, side=side, purpose=purpose))
    code = spoken(books.only_exchange().code)
    if purpose == "propose":
        grace.done(grace.get(f"exchanges/{code}"), "Yes, that suits me")
        page = ada.done(ada.get(f"exchanges/{code}"), "It has happened: record it")
        ada.done(ada.done(page, choice="today"))
    grace.done(grace.get(f"exchanges/{code}/confirmation"))
    assert (books.balance(village.ada), books.balance(village.grace)) == (balance, -balance)
    assert books.account(village.ada).given == books.account(village.grace).received == max(balance, 0)


def test_a_double_click_creates_one_exchange(as_, village, books):
    ada = as_(village.ada)
    page = record(ada)
    assert ada.submit(page).to == ada.submit(page).to
    assert books.exchanges() == 1


def test_a_double_click_at_the_very_same_moment_creates_one_exchange_and_moves_hours_once(
    app, as_, village, books, backend
):
    ada, grace = as_(village.ada), as_(village.grace)
    answers = _press_at_once(app, ada, record(ada).form)
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert books.exchanges() == 1
    page = grace.get(f"exchanges/{spoken(books.only_exchange().code)}/confirmation")
    answers = _press_at_once(app, grace, page.form)
    assert {answer.status_code for answer in answers} == {303}
    assert (books.balance(village.ada), books.count("entry")) == (60, 1)
    assert books.are_right()


def test_a_double_click_at_the_very_same_moment_is_one_application_and_one_member(app, as_, village, books, visitor):
    form = visitor.get("join").form
    form.fields |= {"name": ["Sam Reid"], "phone": ["01632 960 321"], "is_adult": ["y"], "agrees": ["y"]}
    answers = _press_at_once(app, visitor, form)
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert (books.count("application"), books.count("application_step")) == (1, 1)
    rosa, people = as_(village.rosa), books.count("person")
    page = rosa.get(f"applications/{books.application('Bea Reid', steps=4)}")
    answers = _press_at_once(app, rosa, page.form_with("Take in"))
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert books.count("person") == people + 1
    assert books.are_right()


def _press_at_once(app, browser, form, times=4):
    cookie = browser.client.get_cookie("session").value
    gate, answers = threading.Barrier(times), []

    def press():
        client = app.test_client()
        client.set_cookie("session", cookie)
        gate.wait()
        answers.append(client.post(form.action, data=form.fields))

    threads = [threading.Thread(target=press) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == times
    return answers


def _asked_how_long(ada):
    page = ada.done(ada.get("help/record/giver"), words="Grace")
    return ada.done(ada.done(page, what="Gardening"), choice="today")


@pytest.mark.parametrize("typed", ["0", "0 h", "0:00", "0 min", "0.0 h"])
def test_no_time_at_all_is_refused(typed, as_, village, books):
    ada = as_(village.ada)
    page = ada.submit(_asked_how_long(ada), how_long=typed)
    assert "The time has to be more than nothing." in page
    assert books.exchanges() == 0


@pytest.mark.parametrize("typed", ["5400", "3600 s", "90 sec", "90 seconds", "1:30:00", "PT1H"])
def test_seconds_are_never_read_as_hours_or_minutes(typed, as_, village, books):
    ada = as_(village.ada)
    page = ada.submit(_asked_how_long(ada), how_long=typed)
    assert page.status == 200
    assert page.form.fields["how_long"] == [typed]
    assert books.exchanges() == 0


def test_what_is_credited_is_debited_to_the_minute(as_, village, books):
    ada, grace = as_(village.ada), as_(village.grace)
    for _ in range(3):
        ada.done(record(ada, how_long="3.33 h"))
        newest = books.ask("SELECT code FROM exchange WHERE state = 'recorded'")[0].code
        grace.done(grace.get(f"exchanges/{spoken(newest)}/confirmation"))
    assert books.balance(village.ada) == -books.balance(village.grace) == 3 * 210
    assert books.are_right()


@pytest.mark.parametrize("way", ["the giver agrees", "the receiver agrees", "a broker decides"])
def test_a_dispute_has_a_way_out(way, as_, village, books):
    code = books.disputed(village.ada, village.grace, minutes=60, says=30)
    if way == "a broker decides":
        decide(as_(village.rosa), code, how_long="45 min", reason="Both rang me")
    else:
        browser = as_(village.ada if "giver" in way else village.grace)
        browser.done(browser.get(f"exchanges/{code}/agreement"))
    expected = {"the giver agrees": 30, "the receiver agrees": 60, "a broker decides": 45}[way]
    assert books.balance(village.ada) == expected
    assert books.are_right()


def test_every_correction_can_be_traced_to_who_asked_who_approved_and_why(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    reversal = books.reversal(code, by=village.mary, reason="It was another day")
    tom = as_(village.tom)
    tom.done(tom.get(f"reversals/{reversal}"), "Approve")
    page = as_(village.ada).get(f"reversals/{reversal}")
    for said in ("Why It was another day", "Asked by Mary Duncan, 21 Nov, 10:00", "Approved by Tom Ferrier"):
        assert said in page


def test_who_recorded_it_is_stored_and_shown(as_, village, books):
    grace = as_(village.grace)
    grace.done(record(grace, side="receiver", words="Ada"))
    made = books.only_exchange()
    assert books.steps(made.code) == [("record", village.grace.membership_id)]
    assert "Grace Okafor recorded it" in as_(village.ada).get(f"exchanges/{spoken(made.code)}")
    trail = books.ask("SELECT done_by FROM trail WHERE deed = 'exchange.record'")
    assert [row.done_by for row in trail] == [village.grace.membership_id]


def test_the_key_of_a_form_is_kept_in_the_database_and_outlives_the_site(as_, village, books, backend):
    grace = as_(village.grace)
    code = books.recorded(village.ada, village.grace)
    page = grace.get(f"exchanges/{code}/confirmation")
    grace.done(page)
    key = page.form.fields["form_key"][0]
    kept = books.ask("SELECT deed, subject FROM trail WHERE form_key LIKE :key", key=f"{key}%")
    assert [tuple(row) for row in kept] == [("exchange.confirm", f"exchange:{code.replace('-', '')}")]
    backend.engine.dispose()
    assert grace.submit(page).to == f"/angus/exchanges/{code}/done"
    assert books.count("entry") == 1


def test_a_newcomer_without_any_hours_can_receive_at_once(as_, village, books):
    linus, ada = as_(village.linus), as_(village.ada)
    assert books.balance(village.linus) == 0
    linus.done(record(linus, side="receiver", words="Ada"))
    ada.done(ada.get(f"exchanges/{spoken(books.only_exchange().code)}/confirmation"))
    assert books.balance(village.linus) == -60


def test_limits_of_zero_cannot_block_the_very_first_exchange(as_, village, books):
    mary = as_(village.mary)
    page = mary.get("rules/settings")
    refused = mary.submit(page, floor="0", low="0", welcome="0")
    assert "Then nobody could be helped first. Leave some room below zero, or give welcome hours." in refused
    assert refused.form.fields["floor"] == ["0"]
    assert books.account(village.grace).floor == -1200
    mary.done(page, floor="0", low="0", welcome="1 hour", floor_for="next")
    mary.done(mary.get(f"applications/{books.application(steps=4)}"), "Take in")  # Rosa took the steps before
    sam = books.member_called("Sam Reid")
    books.confirmed(village.ada, sam, minutes=60)
    assert (books.balance(sam), books.account(sam).floor) == (0, 0)
    assert books.are_right()


@pytest.mark.parametrize("shared", [None, "ada@example.org"])
def test_a_member_without_an_e_mail_or_with_a_shared_one_comes_in_and_confirms(shared, as_, village, books):
    sam = books.taken_in("Sam Reid", phone="+441632960321", email=shared)
    code = books.recorded(village.ada, sam)
    browser = as_(None)
    browser.done(browser.get("sign-in/code"), code=books.sign_in_code(sam))
    assert "Hello, Sam" in browser.get()
    browser.done(browser.get(f"exchanges/{code}/confirmation"))
    assert books.balance(sam) == -60


@pytest.mark.parametrize(
    ("side", "question", "so_far", "gave", "received"),
    [
        ("giver", "Who did you help?", "You helped Grace Okafor.", "Ada Lamont (you)", "Grace Okafor"),
        ("receiver", "Who helped you?", "Grace Okafor helped you.", "Grace Okafor", "Ada Lamont (you)"),
    ],
)
def test_who_gives_and_who_receives_is_said_on_every_form(side, question, so_far, gave, received, as_, village):
    ada = as_(village.ada)
    page = ada.get(f"help/record/{side}")
    assert question in page
    page = ada.done(page, words="Grace")
    assert so_far in page
    page = ada.done(page, what="Gardening")
    assert so_far in page
    page = ada.done(page, choice="today")
    assert so_far in page
    page = ada.done(page, choice="60")
    assert f"Who gave {gave}" in page
    assert f"Who received {received}" in page


def test_a_statement_adds_up_and_no_row_can_be_hidden(as_, village, books):
    books.confirmed(village.ada, village.grace, minutes=90)
    taken_back = books.confirmed(village.ada, village.grace, minutes=30)
    books.approved(books.reversal(taken_back, by=village.mary), by=village.tom)
    page = as_(village.ada).get("hours")
    lines, totals = read_lines(page), read_totals(page)
    assert sum(line.minutes for line in lines) == lines[0].balance == books.balance(village.ada) == 90
    assert totals["Given"] - totals["Received"] + totals["Welcome hours and other"] == 90


@pytest.mark.parametrize(
    "table",
    ["entry", "taken_back", "posting", "account", "account_holder", "limit_change", "memo", "trail", "membership"],
)
def test_nothing_that_was_written_can_be_deleted_by_the_site(table, postgresql):
    with postgresql.session() as session:
        village = settle(session)
        code = make_confirmed(session, village, village.ada, village.grace)
        reversal = reversals.propose(session, code, Doing(village.mary, NOW), reason="Twice")
        reversals.approve(session, village.angus, reversal, Doing(village.tom, NOW))
        session.commit()
        before = session.scalar(text(f"SELECT count(*) FROM {table}"))
    with pytest.raises(DBAPIError, match="permission denied"), postgresql.engine.begin() as connection:
        connection.execute(text(f"DELETE FROM {table}"))
    with postgresql.session() as session:
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) == before > 0


@pytest.mark.parametrize("table", ["entry", "taken_back", "posting", "account_holder", "membership"])
def test_nothing_in_the_books_can_be_deleted_even_by_the_databases_owner(table, backend, village, books):
    books.confirmed(village.ada, village.grace)
    taken_back = books.confirmed(village.ada, village.grace, minutes=30)
    books.approved(books.reversal(taken_back, by=village.mary), by=village.tom)
    with pytest.raises(DBAPIError), backend.owner.begin() as connection:
        connection.execute(text(f"DELETE FROM {table}"))
    assert books.are_right()
    assert books.balance(village.ada) == 60


def test_no_page_or_button_of_the_site_deletes_an_exchange(app, as_, village, books):
    assert not [rule for rule in app.url_map.iter_rules() if "DELETE" in rule.methods]
    code = books.confirmed(village.ada, village.grace)
    mary = as_(village.mary)
    assert "Call it off" not in mary.get(f"exchanges/{code}")
    ada = as_(village.ada)
    ada.post(f"exchanges/{code}/cancellation")
    assert (books.state(code), books.balance(village.ada)) == ("confirmed", 60)
    assert books.are_right()


@pytest.mark.parametrize(
    ("kind", "button", "gives"), [("request", "I can help with this", "ada"), ("offer", "Ask Grace for this", "grace")]
)
def test_credit_goes_to_who_helped_on_a_request_as_on_an_offer(kind, button, gives, as_, village, books):
    listed = books.listed(village.grace, kind=kind)
    ada, grace = as_(village.ada), as_(village.grace)
    page = ada.done(ada.get(f"listings/{listed}"), button)
    page = ada.done(ada.done(page), choice="today")
    ada.done(ada.done(page, how_long="1 h"))
    code = spoken(books.only_exchange().code)
    grace.done(grace.get(f"exchanges/{code}"), "Yes, that suits me")
    page = grace.done(grace.get(f"exchanges/{code}"), "It has happened: record it")
    grace.done(grace.done(page, choice="today"))
    ada.done(ada.get(f"exchanges/{code}/confirmation"))
    receives = "grace" if gives == "ada" else "ada"
    assert books.balance(getattr(village, gives)) == books.account(getattr(village, gives)).given == 60
    assert -books.balance(getattr(village, receives)) == books.account(getattr(village, receives)).received == 60
    assert books.are_right()


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Cr\u00eapes for caf\u00e9s", "crepe cafe"),
        ("Crepes for cafes", "CR\u00caPES"),
        ("Walking dogs", "dog walks"),
        ("A lift to the doctor's", "doctors lifts"),
        ("Babysitting", "baby sitting"),
    ],
)
def test_a_search_finds_words_with_other_accents_and_endings(title, typed, as_, village, books):
    books.listed(village.grace, title=title)
    books.listed(village.linus, title="Zeppelins")
    found = as_(village.ada).get(f"listings?words={typed}").links
    assert title in found
    assert "Zeppelins" not in found


def test_a_search_for_somebody_finds_their_name_without_its_accents(as_, village, books):
    books.taken_in("Zo\u00eb M\u00fcller", phone="+441632960444")
    assert "Zo\u00eb M\u00fcller" in as_(village.rosa).get("members?words=zoe").links
    ada = as_(village.ada)
    assert "You helped Zo\u00eb M\u00fcller." in ada.done(ada.get("help/record/giver"), words="muller")


def test_a_search_without_a_hit_keeps_the_words_and_offers_a_person(as_, village, books):
    ada = as_(village.ada)
    page = ada.get("listings?words=unicycle+lessons")
    ada.done(page, "Ask a broker to find someone")
    assert "Find somebody: Ada Lamont" in as_(village.rosa).get("tasks").links
    assert books.notes("find_somebody") == ["unicycle lessons"]


def test_categories_are_changed_by_a_coordinator_without_any_developer(as_, village, books):
    books.open_categories()
    mary, ada = as_(village.mary), as_(village.ada)
    page = mary.done(mary.get("categories/new"), name="Bees", under="outdoors")
    mary.done(mary.get(page.links["Bees"]), "Keep these changes", name="Beehives")
    page = ada.get("my-listings/new/offer")
    (own,) = (key for key in page.form.choices["kind1"] if key.startswith("own/"))
    assert "Beehives" in ada.done(page, title="Honey", kind1=own)
    mary.done(mary.get(f"category/{own}"), "Retire it")
    assert own not in ada.get("my-listings/new/offer").form.choices["kind1"]
    assert "Beehives" in ada.get(ada.get("listings").links["Honey"])


def test_every_change_of_a_limit_can_be_traced_to_who_changed_it_and_why(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(f"members/{spoken(village.grace.code)}/limit")
    page = rosa.done(page, below="30 hours", reason="Back from hospital", until="31 March 2027")
    assert "30 hours below zero until 31 Mar 2027 Back from hospital 21 Nov, 10:00" in page
    traced = books.ask("SELECT done_by, subject FROM trail WHERE deed = 'limit.lowered'")
    assert [tuple(row) for row in traced] == [(village.rosa.membership_id, f"member:{village.grace.code}")]
    assert books.are_right()


def test_what_time_brings_mints_no_hours(village, books, backend):
    books.confirmed(village.ada, village.grace, minutes=90)
    with backend.session() as session:
        lower = {"below_minutes": 1800, "reason": "Back from hospital", "until": TODAY}
        lower_limit(session, village.angus, village.grace, Override(**lower), Doing(village.rosa, NOW))
        session.commit()
        assert end_overrides(session, village.angus, now=NOW + timedelta(days=2)) == 1
        session.commit()
    assert books.count("entry") == 1
    assert books.ask("SELECT sum(balance) FROM account")[0][0] == 0
    assert books.are_right()


def test_hours_are_not_destroyed_when_a_member_leaves_or_joins_another_bank(as_, village, books, backend):
    books.confirmed(village.ada, village.grace, minutes=90)
    books.leaves(village.ada, to=village.linus, reason="Moved to Perth")
    with backend.session() as session:
        newcomer = NewMember("Ada Lamont", email="ada@example.org", person_id=village.ada.person_id)
        admit(session, village.perth, newcomer, Unattended(village.perth.id, NOW))
        session.commit()
    assert (books.balance(village.ada), books.balance(village.linus), books.balance(village.grace)) == (0, 90, -90)
    assert as_(village.ada).get("/perth/hours").status == 200
    assert books.are_right()


@pytest.mark.parametrize("shows", ["everything", "given", "received"])
def test_the_balance_beside_each_line_is_right_under_every_filter(shows, as_, village, books):
    for giver, receiver, minutes in (("ada", "grace", 90), ("grace", "ada", 30), ("ada", "linus", 45)):
        books.confirmed(getattr(village, giver), getattr(village, receiver), minutes=minutes)
    lines = read_lines(as_(village.ada).get(f"hours?shows={shows}"))
    whole = read_lines(as_(village.ada).get("hours"))
    assert [line.balance for line in whole] == [105, 60, 90]
    assert lines == [line for line in whole if shows == "everything" or (line.minutes > 0) == (shows == "given")]
    assert read_totals(as_(village.ada).get(f"hours?shows={shows}"))["Given"] == 135
