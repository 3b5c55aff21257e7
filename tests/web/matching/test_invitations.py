"""From who could help to an invitation, and from an invitation to agreed help, through the real forms."""

from datetime import timedelta

import pytest

from tests.people import TODAY
from timebank.actors import Standing
from timebank.listings.rules import ListingKind

FRIDAY = TODAY + timedelta(days=6)


@pytest.fixture
def asked(books, village):
    """Grace's request for Friday, which Ada and Linus could help with; gives its code."""
    books.listed(village.ada, title="Weeding and hedges")
    books.listed(village.linus, title="Weeding and roses")
    return books.listed(village.grace, title="Weeding my roses", kind=ListingKind.REQUEST, wanted_on=FRIDAY)


def ask(as_, village, asked, *, whom="Ada", **typed):
    """Rosa ticks somebody on the page of who could help, checks what is asked, and sends it."""
    rosa = as_(village.rosa)
    helpers = rosa.get(f"listings/{asked}/helpers")
    form = helpers.form_with("Ask those who are ticked")
    codes = {"Ada": village.ada.code, "Linus": village.linus.code}
    ticked = [codes[name] for name in whom.split()]
    assert set(ticked) <= set(form.choices["who"])
    check = rosa.get(form.action.partition("?")[0] + "?" + "&".join(f"who={code}" for code in ticked))
    assert "Nothing is sent yet" in helpers
    return rosa.submit(check, "Send", **typed), rosa


def state(books):
    return [row.state for row in books.ask("SELECT state FROM invitation ORDER BY id")]


def test_a_member_says_yes_with_one_press_and_it_is_agreed(as_, village, books, asked):
    sent, rosa = ask(as_, village, asked, how_long="90 minutes", meeting_place="The back garden", words="Bring gloves")
    page = rosa.follow(sent)
    assert "Ada Lamont is asked." in page
    assert "Ada Lamont asked" in page
    ada = as_(village.ada)
    home = ada.get()
    assert "Could you help Grace on Friday?" in home
    assert "about 1 hour 30 minutes · The back garden" in home
    agreed = ada.done(home, "Yes")
    assert "Thank you! It is agreed." in agreed
    assert "Friday 27 November" in agreed
    assert "The back garden" in agreed
    assert state(books) == ["yes"]
    assert "Ada Lamont agreed to help on Friday." in as_(village.grace).get()
    assert "said yes" in rosa.get("board")
    assert books.are_right()


@pytest.mark.parametrize(
    ("button", "thanks"), [("Not this time", "That is fine."), ("No, and ask me less", "once a week at most")]
)
def test_a_member_may_always_say_no(as_, village, books, asked, button, thanks):
    ask(as_, village, asked, whom="Ada Linus")
    ada = as_(village.ada)
    page = ada.done(ada.get(), button)
    assert thanks in page
    assert "You are asked" not in page
    assert state(books) == ["no", "sent"]
    assert "Could you help Grace on Friday?" in as_(village.linus).get()


def test_the_page_of_an_invitation_says_all_of_it(as_, village, books, asked):
    code = books.invited(asked, village.ada, meeting_place="The back garden", words="Bring gloves")
    page = as_(village.ada).get(f"invitations/{code}")
    for said in ("Could you help Grace on Friday?", "“Bring gloves”", "The back garden", "Rosa Lindsay", "by Tuesday"):
        assert said in page
    broker = as_(village.rosa).get(f"invitations/{code}")
    assert broker.has_button("Take it back")
    assert not broker.has_button("Yes")


def test_where_any_day_will_do_who_says_yes_names_it(as_, village, books):
    code = books.invited(books.listed(village.grace, kind=ListingKind.REQUEST), village.ada)
    ada = as_(village.ada)
    page = ada.get(ada.get().links["Yes, choose a day"])
    for typed, sentence in (("", "Type the day that suits you."), ("yesterday", "That day has passed.")):
        again = ada.submit(page, "Yes, I help", day=typed, at="2 pm")
        assert sentence in again
        assert again.form.fields["at"] == ["2 pm"]
    agreed = ada.done(page, "Yes, I help", day="27 November", at="2 pm")
    assert "Friday 27 November, 14:00" in agreed
    assert code


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(as_, village, books, asked):
    answer, _rosa = ask(as_, village, asked, how_long="quite long", meeting_place="The back garden")
    assert answer.status == 200
    assert "Type how long it took" in answer
    assert answer.form.fields["meeting_place"] == ["The back garden"]
    assert state(books) == []


def test_who_is_asked_twice_at_once_is_asked_once(as_, village, books, asked):
    rosa, mary = as_(village.rosa), as_(village.mary)
    address = f"listings/{asked}/invitations?who={village.ada.code}"
    first, second = rosa.get(address), mary.get(address)
    assert rosa.submit(first, "Send").status == 303
    answer = mary.submit(second, "Send")
    assert "Ada Lamont was asked about this already." in answer
    assert rosa.submit(first, "Send").status == 303
    assert state(books) == ["sent"]


def test_who_is_second_to_say_yes_is_thanked(as_, village, books, asked):
    books.invited(asked, village.ada, village.linus, in_turn=False)
    linus, ada = as_(village.linus), as_(village.ada)
    late = linus.get()
    ada.done(ada.get(), "Yes")
    page = linus.done(late, "Yes")
    assert "This needs no answer any more. Thank you all the same." in page
    assert "You are asked" not in linus.get()
    assert state(books) == ["yes", "not_needed"]


def test_a_broker_takes_an_invitation_back(as_, village, books, asked):
    books.invited(asked, village.ada)
    rosa = as_(village.rosa)
    page = rosa.done(rosa.get(f"listings/{asked}/helpers"), "Take it back")
    assert "taken back" in page
    assert "You are asked" not in as_(village.ada).get()


def test_a_broker_answers_for_a_member_who_rang(as_, village, books, asked):
    code = books.invited(asked, village.ada)
    rosa = as_(village.rosa)
    page = rosa.get(f"invitations/{code}?acting={village.ada.code}&how=phone")
    assert "Could you help Grace on Friday?" in page
    rosa.done(page, "Yes")
    (row,) = books.ask("SELECT answered_by, how FROM invitation")
    assert (row.answered_by, row.how) == (village.rosa.membership_id, "phone")


def test_strangers_and_other_banks_see_no_invitation(as_, village, books, asked):
    code = books.invited(asked, village.ada)
    for actor in (village.linus, village.perdita, None):
        visitor = as_(actor)
        assert visitor.get(f"invitations/{code}").status in {404, 303}
        assert visitor.post(f"invitations/{code}/yes").status in {404, 303}
    assert as_(village.perdita).get(f"/perth/invitations/{code}").status == 404
    assert state(books) == ["sent"]


def test_who_is_next_in_turn_does_not_know_it_yet(as_, village, books, asked):
    books.invited(asked, village.ada, village.linus)
    (row,) = books.ask("SELECT code FROM invitation WHERE state = 'next'")
    assert as_(village.linus).get(f"invitations/{row.code}").status == 404
    assert "You are asked" not in as_(village.linus).get()


def test_nobody_answers_while_suspended(as_, village, books, asked):
    code = books.invited(asked, village.ada)
    books.stands(village.ada, Standing.SUSPENDED, by=village.rosa)
    assert as_(village.ada).post(f"invitations/{code}/yes").status in {403, 404}
    assert state(books) == ["sent"]


def test_nobody_ticked_is_no_invitation(as_, village, asked):
    rosa = as_(village.rosa)
    answer = rosa.get(f"listings/{asked}/invitations")
    assert "Tick whom you would like to ask." in rosa.follow(answer)
    assert rosa.get(f"listings/{asked}/invitations?who=NOSUCH12").status == 303


def test_who_asks_for_help_reads_that_somebody_is_asked(as_, village, books, asked):
    grace = as_(village.grace)
    assert "We have asked somebody." not in grace.get()
    books.invited(asked, village.ada)
    assert "We have asked somebody. They answer by Tuesday." in grace.get()
    ada = as_(village.ada)
    ada.done(ada.get(), "Not this time")
    assert "We have asked somebody." not in grace.get()


def test_a_yes_that_is_called_off_is_told_as_such_and_is_a_task(as_, village, books, asked):
    books.invited(asked, village.ada)
    ada, rosa = as_(village.ada), as_(village.rosa)
    agreed = ada.done(ada.get(), "Yes")
    ada.done(agreed, "Call it off")
    assert "said yes, then called it off" in rosa.get("board")
    assert "A helper called off: Weeding my roses (Grace Okafor)" in rosa.get("tasks")
