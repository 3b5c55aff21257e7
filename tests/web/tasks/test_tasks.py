from datetime import timedelta

import pytest

from tests.people import NOW
from timebank.codes import spoken
from timebank.tasks.queries import TASKS_A_PAGE


def about(actor):
    return f"member:{actor.code}"


def test_the_list_says_what_about_since_when_and_whose(as_, village, books):
    earlier = NOW - timedelta(days=2)
    code = books.task(about(village.grace), now=earlier)
    page = as_(village.rosa).get("tasks")
    assert "Talk with Grace Okafor: a good way below zero nobody has it yet" in page
    assert "Since 19 Nov, 10:00" in page
    assert page.links["Talk with Grace Okafor: a good way below zero"] == f"/angus/tasks/{code}"
    assert "Grace Okafor" not in page.links, "the name stands in the title"
    about_it = as_(village.rosa).get(f"tasks/{code}")
    assert about_it.links["Grace Okafor"] == f"/angus/members/{spoken(village.grace.code)}"


def test_the_list_says_what_somebody_looks_for(as_, village, books):
    books.task(about(village.grace), "find_somebody", note="Somebody who can sharpen shears")
    assert "Find somebody: Grace Okafor nobody has it yet Since 21 Nov, 10:00 Somebody who can sharpen shears" in as_(
        village.rosa
    ).get("tasks")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("below_soft_limit", "Talk with Grace Okafor: a good way below zero"),
        ("above_soft_limit", "Talk with Grace Okafor: many hours to use"),
        ("limit_ended", "Talk with Grace Okafor: the lower limit has ended"),
        ("find_somebody", "Find somebody: Grace Okafor"),
        ("something_new", "Look at: Grace Okafor"),
    ],
)
def test_each_kind_has_its_words(kind, words, as_, village, books):
    code = books.task(about(village.grace), kind)
    rosa = as_(village.rosa)
    assert words in rosa.get("tasks").links
    assert rosa.get(f"tasks/{code}").title.startswith(words)


def test_a_task_can_be_about_an_exchange_or_what_has_no_page_yet(as_, village, books):
    exchange = books.recorded(village.ada, village.grace, what="Hedge cutting")
    code = books.task(f"exchange:{exchange.replace('-', '')}", "something_new")
    books.task("group:K7M3Q2XZ", "something_new")
    page = as_(village.rosa).get("tasks")
    assert as_(village.rosa).get(f"tasks/{code}").links["Hedge cutting"] == f"/angus/exchanges/{exchange}"
    assert "Look at: K7M3-Q2XZ" in page.links


def test_the_list_shows_what_is_asked_for(as_, village, books):
    mine, others = books.task(about(village.grace)), books.task(about(village.ada))
    books.task(about(village.linus))
    rosa, mary = as_(village.rosa), as_(village.mary)
    rosa.done(rosa.get(f"tasks/{mine}"), "I do this one")
    mary.done(mary.get(f"tasks/{others}"), "I do this one")
    shown = {
        "": {"Grace", "Ada", "Linus"},
        "to-do": {"Grace", "Ada", "Linus"},
        "open": {"Linus"},
        "taken": {"Grace", "Ada"},
        "mine": {"Grace"},
        "done": set(),
        "nonsense": {"Grace", "Ada", "Linus"},
    }
    for choice, names in shown.items():
        page = rosa.get(f"tasks?show={choice}")
        assert (choice, {name for name in ("Grace", "Ada", "Linus") if name in page.words}) == (choice, names)


def test_the_list_shows_one_kind_and_keeps_it_on_the_next_page(as_, village, books):
    for number in range(TASKS_A_PAGE + 1):
        books.task(f"group:A{number:07}", "text_came")
    books.task(about(village.grace), "tell_by_phone")
    rosa = as_(village.rosa)
    page = rosa.get("tasks")
    (form,) = (form for form in page.forms if form.method == "get")
    assert form.choices["kind"] == ["", "tell_by_phone", "text_came"]
    assert f"Texts that came in ({TASKS_A_PAGE + 1})" in page.html
    assert "Ring Grace Okafor" not in page, "it is the last of all"
    assert "Ring Grace Okafor" in rosa.get("tasks?show=open&kind=tell_by_phone")
    second = rosa.get(rosa.get("tasks?kind=text_came").links["Next page"])
    assert f"A text from {spoken(f'A{TASKS_A_PAGE:07}')}" in second
    assert "Ring Grace Okafor" not in second


def test_a_kind_of_which_none_is_left_stays_chosen_and_one_that_is_none_is_all(as_, village, books):
    books.task(about(village.grace))
    rosa = as_(village.rosa)
    page = rosa.get("tasks?kind=phone_wrong")
    assert "Nothing fits this choice." in page
    assert "Wrong numbers (0)" in page.html
    assert "Talk with Grace Okafor" in rosa.get("tasks?kind=nonsense%00")


def test_the_choice_of_kinds_has_nothing_that_is_kept_from_its_reader(as_, village, books):
    books.reported_conversation(village.grace, village.rosa)
    assert "Reported messages" not in as_(village.rosa).get("tasks").html
    assert "Reported messages (1)" in as_(village.mary).get("tasks").html


def test_an_empty_list_says_so(as_, village):
    rosa = as_(village.rosa)
    assert "Nothing waits. Tasks come here when somebody needs a call or a hand." in rosa.get("tasks")
    page = rosa.get("tasks?show=mine")
    assert "Nothing fits this choice." in page
    assert "Nothing waits." in rosa.get(page.links["Show all that is to do"])


def test_a_long_list_goes_on_page_by_page(as_, books, village):
    for number in range(TASKS_A_PAGE + 1):
        books.task(f"group:A{number:07}")
    rosa = as_(village.rosa)
    page = rosa.get("tasks")
    assert "Look at" not in page
    last = f"A{TASKS_A_PAGE:07}"
    assert spoken(last) not in page
    assert spoken(last) in rosa.get(page.links["Next page"])
    assert "Next page" not in rosa.get(page.links["Next page"]).links


def test_a_to_do_list_shows_its_own_bank_only(as_, village, books):
    code = books.task(about(village.grace))
    for path in ("tasks", f"tasks/{code}", f"tasks/{code}/outcome"):
        assert as_(village.perdita).get(f"/angus/{path}").status == 404
    assert as_(village.perdita).get("/perth/tasks").status == 403


def test_the_desk_says_how_many_wait_and_leads_there(as_, village, books):
    rosa = as_(village.rosa)
    assert "Every task has somebody who does it." in rosa.get("desk")
    code = books.task(about(village.grace))
    assert "1 task waits for somebody to take it." in rosa.get("desk")
    books.task(about(village.ada))
    page = rosa.get("desk")
    assert "2 tasks wait for somebody to take them." in page
    assert page.links["Open the to-do list"] == "/angus/tasks"
    rosa.done(rosa.get(f"tasks/{code}"), "I do this one")
    assert "1 task waits for somebody to take it." in rosa.get("desk")


@pytest.mark.parametrize("name", ["tom", "audrey"])
def test_a_desk_without_tasks_for_who_does_not_broker(name, as_, village, books):
    books.task(about(village.grace))
    page = as_(getattr(village, name)).get("desk")
    assert "task waits" not in page
    assert "To do" not in page.links


def test_the_menu_leads_brokers_there(as_, village):
    assert as_(village.rosa).get("desk").links["To do"] == "/angus/tasks"
    assert "To do" not in as_(village.ada).get("").links
