"""Somebody leaves: where the hours go, why, what is checked, and what the books say after it."""

import pytest

from tests.web.statement.lines import read_totals
from timebank.codes import spoken

YES, AGAIN = "Yes, Grace leaves", "Change the reason"


@pytest.fixture
def path(village):
    """Where Grace's leaving begins."""
    return f"members/{spoken(village.grace.code)}/leaving"


def to_check(browser, page, reason="Moves to Fife", **where):
    """Answer the questions up to the page that checks them."""
    if page.path.endswith("/leaving"):
        page = browser.done(page, **where)
    return browser.submit(page, reason=reason)


def standing(books):
    return books.member_called("Grace Okafor").standing


def closed(books):
    return [row.closed_at is not None for row in books.ask("SELECT closed_at FROM account WHERE closed_at IS NOT NULL")]


def pot(books):
    return books.ask("SELECT balance FROM account WHERE kind = 'pot' ORDER BY bank_id")[0].balance


def test_a_broker_comes_from_the_members_page_and_the_pot_is_pressed_in_already(as_, village, books):
    books.confirmed(village.grace, village.ada, minutes=90)
    rosa = as_(village.rosa)
    page = rosa.get(rosa.get(f"members/{spoken(village.grace.code)}").links["Leaves the time bank"])
    assert page.title.startswith("Grace Okafor leaves")
    assert "Grace has 1 hour 30 minutes to use." in page
    assert page.form.fields["to"] == ["pot"]
    page = rosa.done(page)
    assert "1 hour 30 minutes go to: Community pot" in page
    page = rosa.submit(page, reason="Moves to Fife")
    assert page.status == 200
    assert "Check before Grace leaves" in page.title
    assert "Grace Okafor now: 1 hour 30 minutes to use; then: No hours either way" in page
    assert "Community pot now: No hours either way; then: 1 hour 30 minutes to use" in page
    assert "Grace cannot sign in here any more" in page
    assert (standing(books), books.balance(village.grace)) == ("active", 90)
    page = rosa.done(page, YES)
    assert page.title.startswith("Grace Okafor has left")
    assert "1 hour 30 minutes went to the community pot." in page
    reference = page.words.partition("Your reference: ")[2].split()[0].replace("-", "")
    assert [row.key for row in books.ask("SELECT key FROM entry WHERE kind = 'leaving'")] == [f"leaving:{reference}"]
    assert (standing(books), books.balance(village.grace), closed(books)) == ("left", 0, [True])
    assert books.are_right()


def test_hours_go_to_a_person_who_is_found_by_name_and_reads_it_kindly(as_, village, books, path):
    books.confirmed(village.grace, village.ada, minutes=60)
    rosa = as_(village.rosa)
    page = to_check(rosa, rosa.get(path), words="linus")
    assert "Linus Baxter now: No hours either way; then: 1 hour to use" in page
    assert "1 hour went to Linus Baxter." in rosa.done(page, YES)
    page = as_(village.linus).get("hours")
    assert "Left by Grace Okafor, who left the time bank" in page
    assert "Moves to Fife" not in page.html
    assert "Moves to Fife" not in as_(village.linus).get("hours.csv").html
    assert read_totals(page) == {"Given": 0, "Received": 0, "Welcome hours and other": 60}
    assert "Left to Linus Baxter on leaving" in rosa.get(f"members/{spoken(village.grace.code)}/hours")
    assert books.are_right()


def test_below_zero_the_time_bank_takes_over_with_a_reason(as_, village, books, path):
    books.confirmed(village.ada, village.grace, minutes=75)
    mary = as_(village.mary)
    page = mary.get(path)
    assert (page.status, mary.follow(page).path) == (302, f"/angus/{path}/reason")
    page = mary.follow(page)
    assert "Grace is 1 hour 15 minutes below zero. The time bank takes them over" in page
    page = mary.submit(page, reason="In hospital for good")
    assert "Leavers' account now: No hours either way; then: 1 hour 15 minutes below zero" in page
    page = mary.done(page, YES)
    assert "1 hour 15 minutes below zero were taken over by the time bank." in page
    assert "Taken over by the time bank on leaving" in mary.get(page.links["Every line"])
    audit = mary.get("audit")
    assert "Taken over from those who left \u22121 h 15 min" in audit
    page = mary.get(
        audit.links["\u22121 h 15 min"] if "leavers" in audit.links["\u22121 h 15 min"] else "audit/leavers"
    )
    assert "Leaving with Grace Okafor “In hospital for good” \u2212 1 h 15 min" in page
    assert "In hospital for good" in mary.get(page.links["Leaving"])
    assert books.are_right()


def test_at_zero_there_is_nothing_to_move(as_, village, books, path):
    rosa = as_(village.rosa)
    page = rosa.follow(rosa.get(path))
    assert "There are no hours on the account, so none move." in page
    page = rosa.submit(page, reason="Moves to Fife")
    assert "What it changes" not in page
    page = rosa.done(page, YES)
    assert "The account stands at zero and is closed." in page
    assert books.count("entry") == 0
    assert (standing(books), closed(books)) == ("left", [True])


def test_what_is_unfinished_comes_first_and_is_linked(as_, village, books, path):
    books.confirmed(village.grace, village.ada, minutes=90)
    rosa = as_(village.rosa)
    begun = rosa.submit(rosa.done(rosa.get(path)), reason="Moves to Fife")
    code = books.recorded(village.ada, village.grace, what="Hedge cutting")
    answer = rosa.submit(begun, YES)
    assert (answer.status, answer.to) == (303, f"/angus/{path}")
    page = rosa.follow(answer)
    assert "These have to be settled or called off before Grace can leave." in page
    assert page.links["Hedge cutting"] == f"/angus/exchanges/{code}"
    assert rosa.post(path, to="pot").status == 200
    assert rosa.get(f"{path}/reason?to=pot").to == f"/angus/{path}"
    assert (standing(books), books.balance(village.grace)) == ("active", 90)


def test_listings_of_who_leaves_are_closed_as_the_check_page_announces(as_, village, books, path):
    listed = [books.listed(village.grace), books.listed(village.grace, title="Jam")]
    rosa = as_(village.rosa)
    page = to_check(rosa, rosa.follow(rosa.get(path)))
    assert "2 offers and requests are closed." in page
    rosa.done(page, YES)
    assert [books.listing(code).life for code in listed] == ["closed", "closed"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"words": "Zebedee"}, "Nobody who can have these hours is called that."),
        ({"words": "Grace"}, "Nobody who can have these hours is called that."),
        ({"words": "Rosa"}, "Nobody who can have these hours is called that."),
        ({"words": "Audrey"}, "Nobody who can have these hours is called that."),
        ({"words": "Perdita"}, "Nobody who can have these hours is called that."),
        ({"words": "l"}, "More than one person is called that. Choose one below."),
        ({"to": "AAAAAAAA"}, "Choose where the hours go."),
        ({"to": []}, "Choose where the hours go."),
        ({"words": "w" * 81}, "That is too long for a name."),
    ],
)
def test_where_hours_cannot_go_is_said_and_what_was_typed_stays(typed, sentence, as_, village, books, path):
    books.confirmed(village.grace, village.ada, minutes=90)
    rosa = as_(village.rosa)
    page = rosa.submit(rosa.get(path), **typed)
    assert page.status == 200
    assert sentence in page
    assert page.form.fields["words"] == [typed.get("words", "")]
    assert "pot" in page.form.choices["to"]


def test_one_of_several_matches_can_be_chosen_while_the_name_is_still_typed(as_, village, books, path):
    books.confirmed(village.grace, village.ada, minutes=90)
    rosa = as_(village.rosa)
    page = rosa.submit(rosa.get(path), words="l")
    assert {village.ada.code, village.linus.code} <= set(page.form.choices["to"])
    page = rosa.done(page, to=village.ada.code)
    assert "1 hour 30 minutes go to: Ada Lamont" in page


@pytest.mark.parametrize("reason", ["", " ", "w" * 2001])
def test_a_reason_that_is_not_one_is_refused_and_kept_as_typed(reason, as_, village, books, path):
    rosa = as_(village.rosa)
    page = rosa.submit(rosa.get(f"{path}/reason"), reason=reason)
    assert page.status == 200
    assert ("Say why." if len(reason) < 2 else "Say it in 2,000 letters or fewer.") in page
    assert page.form.fields["reason"] == [reason]
    assert standing(books) == "active"


def test_each_answer_can_be_changed_from_the_page_to_check(as_, village, books, path):
    books.confirmed(village.grace, village.ada, minutes=90)
    rosa = as_(village.rosa)
    page = to_check(rosa, rosa.get(path), words="Linus")
    again = rosa.submit(page, AGAIN)
    assert again.form.fields["reason"] == ["Moves to Fife"]
    page = rosa.get(page.links["Change where the hours go"])
    assert page.form.fields["to"] == [village.linus.code]
    page = to_check(rosa, page, to="pot")
    rosa.done(page, YES)
    assert (pot(books), books.balance(village.linus)) == (90, 0)


def test_a_form_sent_twice_does_it_once(as_, village, books, path):
    books.confirmed(village.grace, village.ada, minutes=90)
    rosa = as_(village.rosa)
    page = to_check(rosa, rosa.get(path))
    twice = [rosa.submit(page, YES) for _ in range(2)]
    assert [answer.status for answer in twice] == [303, 303]
    assert twice[0].to == twice[1].to == f"/angus/{path}/done"
    assert (books.count("closing"), pot(books)) == (1, 90)


def test_what_another_broker_did_meanwhile_is_told_and_done_once(as_, village, books, path):
    books.confirmed(village.grace, village.ada, minutes=90)
    rosa, mary = as_(village.rosa), as_(village.mary)
    page, other = to_check(rosa, rosa.get(path)), to_check(mary, mary.get(path), words="Linus")
    mary.done(other, YES)
    page = rosa.done(page, YES)
    assert "1 hour 30 minutes went to Linus Baxter." in page
    assert (pot(books), books.balance(village.linus), books.count("closing")) == (0, 90, 1)


def test_a_balance_that_changed_meanwhile_is_shown_again_before_anything_happens(as_, village, books, path):
    books.confirmed(village.grace, village.ada, minutes=90)
    rosa = as_(village.rosa)
    page = to_check(rosa, rosa.get(path))
    books.confirmed(village.grace, village.linus, minutes=30)
    page = rosa.submit(page, YES)
    assert page.status == 200
    assert "Hours moved on this account a moment ago." in page
    assert "Grace Okafor now: 2 hours to use" in page
    assert (standing(books), pot(books)) == ("active", 0)
    rosa.done(page, YES)
    assert pot(books) == 120


@pytest.mark.parametrize("balance", ["", "ninety", "--90", "9" * 30, "٩٠"])
def test_without_the_balance_that_was_shown_the_page_is_shown_again(balance, as_, village, books, path):
    books.confirmed(village.grace, village.ada, minutes=90)
    rosa = as_(village.rosa)
    page = rosa.submit(to_check(rosa, rosa.get(path)), YES, balance=balance)
    assert page.status == 200
    assert page.form_with(YES).fields["balance"] == ["90"]
    assert (standing(books), pot(books)) == ("active", 0)


@pytest.mark.parametrize("word", ["", "pots", "AAAA-AAAA", "rosa", "grace", "audrey", "perdita"])
def test_an_address_that_names_nobody_who_may_have_them_asks_again(word, as_, village, books, path):
    books.confirmed(village.grace, village.ada, minutes=90)
    to = spoken(getattr(village, word).code) if hasattr(village, word) else word
    rosa = as_(village.rosa)
    assert rosa.get(f"{path}/reason?to={to}").to == f"/angus/{path}"
    assert rosa.post(f"{path}/reason?to={to}", reason="x", checked="leave", balance="90").to == f"/angus/{path}"
    assert rosa.get(f"{path}?to={to}").form.fields["to"] == ["pot"]
    assert (standing(books), pot(books)) == ("active", 0)


@pytest.mark.parametrize("page", ["", "/reason", "/done"])
def test_members_cannot_record_their_own_leaving_and_brokers_not_that_of_somebody_with_a_role(
    page, as_, village, books
):
    rosa, mary = as_(village.rosa), as_(village.mary)
    for browser, member in ((rosa, village.rosa), (mary, village.mary), (rosa, village.audrey)):
        path = f"members/{spoken(member.code)}/leaving{page}"
        assert browser.get(path).status == 403
        if page != "/done":
            assert browser.post(path, reason="x", checked="leave", balance="0").status == 403
    assert "Leaves the time bank" not in rosa.get(f"members/{spoken(village.audrey.code)}").links
    assert books.count("closing") == 0
    assert mary.get(f"members/{spoken(village.audrey.code)}/leaving/reason").status == 200


@pytest.mark.parametrize("page", ["", "/reason", "/done"])
def test_a_member_who_is_not_there_is_not_found(page, as_, village):
    rosa = as_(village.rosa)
    for code in ("AAAA-AAAA", spoken(village.perdita.code)):
        assert rosa.get(f"members/{code}/leaving{page}").status == 404


def test_who_is_acted_for_is_not_let_go_in_that_mode(as_, village, path):
    acting = f"acting={spoken(village.ada.code)}&how=phone"
    assert as_(village.rosa).get(f"{path}/reason?{acting}").status == 403


def test_who_has_left_is_led_to_what_was_done(as_, village, books, path):
    rosa = as_(village.rosa)
    rosa.done(to_check(rosa, rosa.get(f"{path}/reason")), YES)
    assert rosa.get(path).to == rosa.get(f"{path}/reason").to == f"/angus/{path}/done"
    assert rosa.get(f"{path}/done").status == 200
    grace = as_(village.grace)
    assert "You have left Angus Time Bank" in grace.get("hours")


def test_the_page_of_what_was_done_is_nothing_for_who_is_here(as_, village, path):
    assert as_(village.rosa).get(f"{path}/done").to == f"/angus/members/{spoken(village.grace.code)}"
