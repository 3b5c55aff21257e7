"""The pages of messages: writing, reading, ready texts, and a broker who is asked to look."""

import pytest

from tests.people import NOW
from timebank.codes import heard, spoken


def page_of(actor):
    return f"members/{spoken(actor.code)}/messages"


def test_a_member_writes_about_an_offer_and_the_other_answers(as_, village, books):
    code = books.listed(village.grace)
    ada, grace = as_(village.ada), as_(village.grace)
    page = ada.get(ada.get(f"listings/{code}").links["Write to Grace first"])
    assert "About:" in page
    page = ada.done(page, "Send", words="Could you come at ten?")
    assert "Grace Okafor is told that you have written." in page
    page = grace.get(grace.get().links["Ada Lamont has written to you"])
    assert "Could you come at ten?" in page
    page = grace.done(page, "Send", words="Yes.")
    assert "Ada Lamont has written to you" not in grace.get()
    assert "Grace Okafor has written to you" in ada.get()


@pytest.mark.parametrize("sides", [("linus", "grace"), ("ada", "linus")])
def test_a_message_is_about_nothing_that_one_of_the_two_may_not_see(as_, village, books, sides):
    code = heard(books.recorded(*(getattr(village, side) for side in sides), what="Ironing, of silk"))
    ada = as_(village.ada)
    page = ada.get(f"{page_of(village.grace)}?about=exchange:{code}")
    assert "silk" not in page
    assert "silk" not in ada.done(page, "Send", words="Well?", about=f"exchange:{code}")
    assert books.ask("SELECT about FROM message")[0].about == ""


@pytest.mark.parametrize("about", ["listing:%00", "exchange:K7M3%00Q2", "listing:", "member:K7M3Q2XZ", "x" * 500])
def test_an_odd_subject_is_none(as_, village, about):
    page = as_(village.ada).get(f"{page_of(village.grace)}?about={about}")
    assert page.status == 200
    assert "About:" not in page


def test_who_acts_for_a_member_sees_no_sign_of_their_messages(as_, village, books):
    books.written(village.ada, village.grace)
    mode = f"acting={spoken(village.grace.code)}&how=phone"
    assert "has written to you" in as_(village.grace).get()
    assert "has written to you" not in as_(village.rosa).get(f"?{mode}")


def test_neither_address_nor_number_is_shown(as_, village, books):
    books.written(village.ada, village.grace)
    page = as_(village.grace).get(page_of(village.ada))
    assert "ada@example.org" not in page


def test_who_has_read_it_says_so(as_, village, books):
    books.written(village.ada, village.grace)
    grace = as_(village.grace)
    page = grace.done(grace.get(page_of(village.ada)), "I have read it")
    assert "it waits for you no more" in page
    assert not page.has_button("I have read it")


def test_what_was_typed_is_kept_where_it_is_refused(as_, village, books):
    ada = as_(village.ada)
    page = ada.submit(ada.get(page_of(village.grace)), "Send", words="x" * 2001)
    assert "Say it in 2,000 letters or fewer." in page
    assert page.form_with("Send").fields["words"] == ["x" * 2001]
    assert "Write something." in ada.submit(ada.get(page_of(village.grace)), "Send", words=" ")
    assert books.count("message") == 0


def test_a_broker_begins_with_a_ready_text_and_changes_it(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(rosa.get(page_of(village.grace)).links["Please confirm"])
    words = page.form_with("Send").fields["words"][0]
    assert words.startswith("Hello Grace,")
    assert words.endswith("Rosa")
    rosa.done(page, "Send", words=words.replace("Some hours", "Two hours"))
    assert books.ask("SELECT words FROM message")[0].words.startswith("Hello Grace,\n\nTwo hours")
    assert "Please confirm" not in as_(village.ada).get(page_of(village.grace)).links


def test_a_member_asks_a_broker_to_look_and_the_broker_says_so_before_reading(as_, village, books):
    books.written(village.ada, village.grace, "I know where you live.")
    grace, rosa = as_(village.grace), as_(village.rosa)
    page = grace.get(grace.get(page_of(village.ada)).links["Something is not right: ask a broker to look"])
    page = grace.done(page, "Ask a broker", words="He frightens me.")
    assert "A broker looks at it" in page
    task = rosa.get(rosa.get("tasks").links["Look at what they wrote: Ada Lamont, Grace Okafor"])
    assert "He frightens me." in task
    page = rosa.get(task.links["Ada Lamont, Grace Okafor"])
    assert "I know where you live." not in page
    page = rosa.done(page, "Read it")
    assert "I know where you live." in page
    [row] = books.ask("SELECT done_by FROM trail WHERE deed = 'conversation.read'")
    assert row.done_by == village.rosa.membership_id


@pytest.mark.parametrize("who", ["ada", "linus", "tom"])
def test_nobody_else_opens_a_reported_conversation(as_, village, books, who):
    code = books.reported_conversation(village.grace, village.ada)
    assert as_(getattr(village, who)).get(f"conversations/{code}").status == 403


def test_a_broker_acting_for_a_member_reads_none_of_their_messages(as_, village, books):
    books.written(village.ada, village.grace)
    mode = f"acting={spoken(village.grace.code)}&how=phone"
    for path in ("messages", page_of(village.ada)):
        assert as_(village.rosa).get(f"{path}?{mode}").status == 403


def test_words_run_nothing(as_, village, books):
    books.written(village.ada, village.grace, "<script>alert(1)</script>")
    answer = as_(village.grace).client.get(f"/angus/{page_of(village.ada)}")
    assert b"&lt;script&gt;alert(1)" in answer.data


def test_the_list_has_the_newest_first_and_marks_what_is_new(as_, village, books, clock):
    books.written(village.ada, village.grace)
    clock.move_to(NOW.replace(hour=11))
    books.written(village.linus, village.grace)
    page = as_(village.grace).get("messages")
    assert page.words.index("Linus Baxter") < page.words.index("Ada Lamont")
    assert "new" in page
    assert "Could you come at ten?" in page


def test_older_messages_are_a_page_further(as_, village, books):
    for number in range(26):
        books.written(village.ada, village.grace, f"Ada's number {number}.")
        books.written(village.grace, village.ada, f"Grace's number {number}.")
    grace = as_(village.grace)
    page = grace.get(page_of(village.ada))
    assert "Ada's number 0." not in page
    assert "Ada's number 25." in page
    assert "Ada's number 0." in grace.get(page.links["Older ones"])
