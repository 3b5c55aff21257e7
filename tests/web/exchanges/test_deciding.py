import pytest

from tests.web.exchanges.deciding import checked, decide


@pytest.mark.parametrize(("typed", "minutes"), [("45 min", 45), ("20 min", 30), ("2 h", 120)])
def test_a_broker_who_took_no_part_decides_with_a_reason_that_both_read(typed, minutes, as_, village, books):
    code = books.disputed(village.ada, village.grace)
    rosa = as_(village.rosa)
    page = rosa.get(f"exchanges/{code}/decision")
    assert "“It was shorter”" in page
    page = rosa.done(checked(rosa, page, how_long=typed, reason="Both rang me"))
    assert "Decided" in page.title
    assert (books.balance(village.ada), books.balance(village.grace)) == (minutes, -minutes)
    assert books.steps(code)[-1] == ("decide", village.rosa.membership_id)
    for reader in (village.ada, village.grace):
        shown = as_(reader).get(f"exchanges/{code}")
        assert "A broker has decided, and the reason is below." in shown
        assert "Rosa Lindsay decided" in shown
        assert "“Both rang me”" in shown
    assert books.are_right()


def test_a_broker_decides_that_no_hours_move(as_, village, books):
    code = books.disputed(village.ada, village.grace)
    rosa = as_(village.rosa)
    decide(rosa, code, how_long="0", reason="It did not happen")
    assert (books.state(code), books.exchange(code).minutes, books.count("entry")) == ("decided", 0, 0)
    assert books.are_right()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"how_long": "45 min", "reason": ""}, "Say why. Both will read it."),
        ({"how_long": "45 min", "reason": "   "}, "Say why. Both will read it."),
        ({"how_long": "", "reason": "Both rang me"}, "Type how long it was, or 0."),
        ({"how_long": "-1 h", "reason": "Both rang me"}, "The time has to be more than nothing."),
        ({"how_long": "25 h", "reason": "Both rang me"}, "That is more than 24 hours."),
    ],
)
def test_a_decision_that_is_not_whole_keeps_what_was_typed(typed, sentence, as_, village, books):
    code = books.disputed(village.ada, village.grace)
    rosa = as_(village.rosa)
    page = rosa.submit(rosa.get(f"exchanges/{code}/decision"), **typed)
    assert page.status == 200
    assert sentence in page
    assert {name: page.form.fields[name] for name in typed} == {name: [said] for name, said in typed.items()}
    assert books.state(code) == "disputed"


def test_a_broker_who_took_part_does_not_decide(as_, village, books):
    code = books.disputed(village.rosa, village.grace)
    rosa = as_(village.rosa)
    path = f"exchanges/{code}/decision"
    assert rosa.get(path).status == 403
    assert rosa.post(path, how_long="2 h", reason="I know best", form_key="k").status == 403
    assert not rosa.get(f"exchanges/{code}").has_button("Decide")
    assert (books.state(code), books.balance(village.rosa)) == ("disputed", 0)


@pytest.mark.parametrize("name", ["ada", "grace", "linus", "tom", "audrey"])
def test_only_brokers_decide(name, as_, village, books):
    code = books.disputed(village.ada, village.grace)
    answer = as_(getattr(village, name)).post(f"exchanges/{code}/decision", how_long="2 h", reason="So", form_key="k")
    assert answer.status == 403
    assert books.state(code) == "disputed"


def test_only_a_dispute_is_decided(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    rosa = as_(village.rosa)
    assert rosa.get(f"exchanges/{code}/decision").to == f"/angus/exchanges/{code}"
    page = rosa.post(f"exchanges/{code}/decision", how_long="2 h", reason="So", form_key="k")
    page = rosa.submit(page)
    assert "This was dealt with a moment ago, so nothing more happened." in page
    assert (books.state(code), books.count("entry")) == ("recorded", 0)


def test_deciding_twice_moves_the_hours_once(as_, village, books):
    code = books.disputed(village.ada, village.grace)
    rosa = as_(village.rosa)
    page = checked(rosa, rosa.get(f"exchanges/{code}/decision"), how_long="45 min", reason="Both rang me")
    assert rosa.submit(page).to == rosa.submit(page).to == f"/angus/exchanges/{code}/done"
    refused = rosa.submit(page, how_long="2 h")
    assert "You sent this already, with other words." in refused
    assert (books.balance(village.ada), books.count("entry")) == (45, 1)


def test_a_decision_below_the_floor_is_refused_kindly_and_keeps_the_reason(as_, village, books):
    books.confirmed(village.ada, village.grace, minutes=1200)
    code = books.disputed(village.linus, village.grace)
    rosa = as_(village.rosa)
    page = checked(rosa, rosa.get(f"exchanges/{code}/decision"), how_long="45 min", reason="Both rang me")
    page = rosa.submit(page)
    assert "These hours cannot move yet" in page
    assert page.form.fields["reason"] == ["Both rang me"]
    assert (books.state(code), books.balance(village.grace)) == ("disputed", -1200)


def test_before_it_moves_hours_a_decision_is_shown_with_both_balances_before_and_after(as_, village, books):
    books.confirmed(village.grace, village.linus, minutes=120)
    code = books.disputed(village.ada, village.grace)
    rosa = as_(village.rosa)
    page = checked(rosa, rosa.get(f"exchanges/{code}/decision"), how_long="20 min", reason="Both rang me")
    assert "Who gave Ada Lamont" in page
    assert "Who received Grace Okafor" in page
    assert "How long 30 minutes" in page
    assert "Why Both rang me" in page
    assert "Ada Lamont now: No hours either way; then: 30 minutes to use" in page
    assert "Grace Okafor now: 2 hours to use; then: 1 hour 30 minutes to use" in page
    assert (books.state(code), books.balance(village.ada)) == ("disputed", 0)
    rosa.done(page)
    assert (books.state(code), books.balance(village.ada)) == ("decided", 30)
