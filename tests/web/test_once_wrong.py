"""Once wrong, and mended: each of these was found by somebody who tried."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.web.exchanges.deciding import checked


def test_a_form_key_used_for_one_dispute_does_not_silently_end_another(as_, village, books):
    first, second = books.disputed(village.ada, village.grace), books.disputed(village.linus, village.grace)
    grace = as_(village.grace)
    page = grace.get(f"exchanges/{first}/agreement")
    grace.done(page)
    key = page.form.fields["form_key"][0]
    refused = grace.post(f"exchanges/{second}/agreement", minutes="60", form_key=key)
    assert refused.status == 200
    assert "You sent this already, with other words." in refused
    assert books.state(second) == "disputed"


def test_a_decision_that_was_refused_and_changed_is_shown_once_more(as_, village, books):
    books.confirmed(village.ada, village.grace, minutes=1200)
    code = books.disputed(village.linus, village.grace)
    books.confirmed(village.grace, village.ada, minutes=15)
    rosa = as_(village.rosa)
    page = checked(rosa, rosa.get(f"exchanges/{code}/decision"), how_long="2 h", reason="Both rang me")
    page = rosa.submit(page)
    assert "These hours cannot move yet" in page
    page = rosa.submit(page, how_long="15 min")
    assert "Check before you decide" in page.title
    assert books.state(code) == "disputed"


def test_changing_a_decision_from_its_check_page_keeps_the_reason(as_, village, books):
    code = books.disputed(village.ada, village.grace)
    rosa = as_(village.rosa)
    page = checked(rosa, rosa.get(f"exchanges/{code}/decision"), how_long="2 h", reason="Both rang me")
    again = rosa.submit(page, "Change it")
    assert again.form.fields["reason"] == ["Both rang me"]
    assert again.form.fields["checked"] == [""]
    assert books.state(code) == "disputed"


def test_a_wrong_method_gets_the_allowed_ones_in_a_header(as_, village):
    assert as_(village.ada).get("sign-out").answer.headers["Allow"]


def test_an_odd_link_breaks_nothing(as_, village):
    assert as_(village.ada).get("help/record/giver?with=%00").status == 200


def test_the_history_of_an_exchange_cannot_be_deleted_by_the_site(postgresql):
    for table in ("exchange_step", "exchange", "membership", "person", "bank"):
        with pytest.raises(DBAPIError, match="permission denied"), postgresql.engine.begin() as connection:
            connection.execute(text(f"DELETE FROM {table}"))
