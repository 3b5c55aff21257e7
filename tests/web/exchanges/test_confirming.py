import pytest


def test_the_check_page_says_everything_and_ones_own_balance_before_and_after(as_, village, books):
    books.confirmed(village.grace, village.linus, minutes=120)
    code = books.recorded(village.ada, village.grace, what="Dog walk", minutes=45)
    page = as_(village.grace).get(f"exchanges/{code}/confirmation")
    assert "Is this right?" in page.title
    assert "Ada Lamont recorded this. The hours move when you confirm it." in page
    assert "Who gave Ada Lamont" in page
    assert "Who received Grace Okafor (you)" in page
    assert "What Dog walk" in page
    assert "When Today, Saturday 21 November" in page
    assert "How long 45 minutes" in page
    assert "Your hours now 2 hours to use Your hours after 1 hour 15 minutes to use" in page
    assert page.links["That is not right"] == f"/angus/exchanges/{code}/dispute"
    assert books.state(code) == "recorded"


def test_a_giver_who_confirms_reads_that_hours_come_in(as_, village, books):
    code = books.recorded(village.ada, village.grace, by=village.grace, minutes=90)
    page = as_(village.ada).get(f"exchanges/{code}/confirmation")
    assert "Your hours now No hours either way Your hours after 1 hour 30 minutes to use" in page


def test_confirming_moves_the_hours_and_gives_a_reference(as_, village, books):
    code = books.recorded(village.ada, village.grace, minutes=90)
    grace = as_(village.grace)
    page = grace.done(grace.get(f"exchanges/{code}/confirmation"))
    assert "Confirmed" in page.title
    assert "Ada Lamont gave 1 hour 30 minutes to Grace Okafor" in page
    assert f"Your reference: {code}" in page
    assert "Both have said yes, and the hours have moved." in page
    assert (books.balance(village.ada), books.balance(village.grace)) == (90, -90)
    assert books.account(village.ada).given == books.account(village.grace).received == 90
    assert books.steps(code)[-1] == ("confirm", village.grace.membership_id)
    assert books.are_right()


def test_confirming_twice_moves_the_hours_once(as_, village, books):
    code = books.recorded(village.ada, village.grace, minutes=90)
    grace = as_(village.grace)
    page = grace.get(f"exchanges/{code}/confirmation")
    first, second = grace.submit(page), grace.submit(page)
    assert first.to == second.to == f"/angus/exchanges/{code}/done"
    assert (books.balance(village.ada), books.count("entry")) == (90, 1)


def test_confirming_from_two_open_pages_moves_the_hours_once(as_, village, books):
    code = books.recorded(village.ada, village.grace, minutes=90)
    phone, library = as_(village.grace), as_(village.grace)
    page, other_page = phone.get(f"exchanges/{code}/confirmation"), library.get(f"exchanges/{code}/confirmation")
    phone.done(page)
    late = library.submit(other_page)
    assert late.status == 200
    assert "This was dealt with a moment ago, so nothing more happened." in late
    assert (books.balance(village.ada), books.count("entry")) == (90, 1)


def test_what_is_confirmed_has_nothing_left_to_confirm(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    assert as_(village.grace).get(f"exchanges/{code}/confirmation").to == f"/angus/exchanges/{code}"


def test_nobody_confirms_what_they_recorded_themselves(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    ada = as_(village.ada)
    assert ada.get(f"exchanges/{code}/confirmation").to == f"/angus/exchanges/{code}"
    page = ada.post(f"exchanges/{code}/confirmation", form_key="forged")
    assert "You cannot do this. If you think you should, ring us." in page
    assert books.state(code) == "recorded"
    assert books.count("entry") == 0


def test_a_stranger_cannot_confirm_anothers_exchange(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    assert as_(village.linus).post(f"exchanges/{code}/confirmation", form_key="k").status == 404
    assert as_(village.perdita).post(f"/angus/exchanges/{code}/confirmation", form_key="k").status == 404
    assert as_(village.rosa).post(f"exchanges/{code}/confirmation", form_key="k").status == 403
    assert as_(None).post(f"exchanges/{code}/confirmation", form_key="k").to == "/angus/sign-in"
    assert books.state(code) == "recorded"
    assert books.balance(village.ada) == 0


def test_the_code_of_another_banks_exchange_opens_nothing_here(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    assert as_(village.perdita).get(f"exchanges/{code}").status == 404
    assert as_(village.perdita).post(f"exchanges/{code}/confirmation", form_key="k").status == 404


def test_at_the_floor_a_kind_sentence_is_shown_and_nothing_is_lost(as_, village, books):
    books.confirmed(village.ada, village.grace, minutes=1200)
    code = books.recorded(village.linus, village.grace, what="Lamp mended", minutes=15)
    grace = as_(village.grace)
    page = grace.submit(grace.get(f"exchanges/{code}/confirmation"))
    assert page.status == 200
    assert "These hours cannot move yet: they would go below the lowest balance that is agreed." in page
    assert "Ring Mary Duncan on 01632 960 001, there is always a way." in page
    assert "What Lamp mended" in page
    assert page.has_button("Yes, this is right")
    assert (books.state(code), books.balance(village.grace), books.count("entry")) == ("recorded", -1200, 1)
    books.confirmed(village.grace, village.ada, minutes=15)
    grace.done(page)
    assert (books.state(code), books.balance(village.grace)) == ("confirmed", -1200)
    assert books.are_right()


@pytest.mark.parametrize("form_key", ["", "k" * 400, "k\x00k"])
def test_a_forged_form_key_moves_hours_once_at_most(form_key, as_, village, books):
    code = books.recorded(village.ada, village.grace)
    grace = as_(village.grace)
    grace.post(f"exchanges/{code}/confirmation", form_key=form_key)
    grace.post(f"exchanges/{code}/confirmation", form_key=form_key)
    assert (books.balance(village.ada), books.count("entry")) == (60, 1)


def test_a_key_used_for_one_exchange_does_not_confirm_another(as_, village, books):
    first, second = books.recorded(village.ada, village.grace), books.recorded(village.linus, village.grace)
    grace = as_(village.grace)
    page = grace.get(f"exchanges/{first}/confirmation")
    key = page.form.fields["form_key"][0]
    grace.done(page)
    refused = grace.post(f"exchanges/{second}/confirmation", form_key=key)
    assert refused.status == 200
    assert "You sent this already, with other words." in refused
    assert (books.state(second), books.balance(village.linus)) == ("recorded", 0)
