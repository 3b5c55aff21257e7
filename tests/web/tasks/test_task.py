"""A task's page: take it, hand it back, say what came of it."""

import pytest

NOTE = "Below ten hours since Friday."


@pytest.fixture
def task(village, books):
    """A task about Grace; gives its address."""
    return f"tasks/{books.task(f'member:{village.grace.code}', note=NOTE)}"


def row(books):
    return books.ask("SELECT status, owner_id, done_by, note FROM task")[0]


def test_a_task_says_what_to_do_and_why(as_, village, task):
    page = as_(village.rosa).get(task)
    assert "look for a way to give." in page
    assert NOTE in page
    assert "Who does it nobody has it yet" in page
    assert "Grace Okafor" in page.links


def test_a_broker_takes_a_task_and_another_sees_who_has_it(as_, village, books, task):
    rosa, mary = as_(village.rosa), as_(village.mary)
    other_page = mary.get(task)
    assert "This one is yours now." in rosa.done(rosa.get(task), "I do this one")
    page = mary.done(other_page, "I do this one")
    assert "Rosa Lindsay has this one already." in page
    assert "Who does it Rosa Lindsay has it" in page
    assert not page.has_button("It is done")
    assert (row(books).status, row(books).owner_id) == ("taken", village.rosa.membership_id)


def test_taking_it_twice_takes_it_once(as_, village, books, task):
    rosa = as_(village.rosa)
    page = rosa.get(task)
    assert [rosa.submit(page, "I do this one").status for _time in range(2)] == [303, 303]
    assert row(books).owner_id == village.rosa.membership_id


def test_a_task_is_given_back_for_somebody_else(as_, village, books, task):
    rosa, clara = as_(village.rosa), as_(village.clara)
    page = rosa.done(rosa.get(task), "I do this one")
    assert "It is back on the list" in rosa.done(page, "Give it back")
    assert "This one is yours now." in clara.done(clara.get(task), "I do this one")
    assert not rosa.get(task).has_button("Free it for others")
    refused = rosa.follow(rosa.post(f"{task}/return"))
    assert "Clara Muir has this one already." in refused
    assert row(books).owner_id == village.clara.membership_id


def test_a_coordinator_frees_what_a_broker_who_is_away_has(as_, village, books, task):
    rosa, mary = as_(village.rosa), as_(village.mary)
    rosa.done(rosa.get(task), "I do this one")
    mary.done(mary.get(task), "Free it for others")
    assert (row(books).status, row(books).owner_id) == ("open", None)


def test_what_came_of_it_is_kept_and_it_leaves_the_list(as_, village, books, task):
    rosa = as_(village.rosa)
    page = rosa.get(rosa.get(task).links["It is done"])
    page = rosa.done(page, note="She bakes for the lunch club on Mondays.")
    assert "Done. Thank you." in page
    assert "She bakes for the lunch club on Mondays." in page
    assert "21 Nov, 10:00 by Rosa Lindsay" in page
    assert not page.has_button("I do this one")
    assert "Nothing waits." in rosa.get("tasks")
    assert "Done 21 Nov, 10:00 by Rosa Lindsay" in rosa.get("tasks?show=done")
    assert row(books).note == f"{NOTE}\n\nShe bakes for the lunch club on Mondays."


def test_sending_what_came_of_it_twice_finishes_it_once(as_, village, books, task):
    rosa = as_(village.rosa)
    page = rosa.get(f"{task}/outcome")
    answers = [rosa.submit(page, note="She bakes.") for _time in range(2)]
    assert [answer.status for answer in answers] == [303, 303]
    assert row(books).note == f"{NOTE}\n\nShe bakes."


def test_what_somebody_else_finished_is_not_finished_again(as_, village, books, task):
    rosa, mary = as_(village.rosa), as_(village.mary)
    late = mary.get(f"{task}/outcome")
    rosa.done(rosa.get(f"{task}/outcome"), note="She bakes.")
    assert "This was finished already. Below is what came of it." in mary.done(late, note="She sings.")
    assert row(books).note == f"{NOTE}\n\nShe bakes."
    assert mary.get(f"{task}/outcome").status == 302


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("", "Say in a few words what came of it."),
        ("  ", "Say in a few words what came of it."),
        ("x" * 2001, "Say it in 2,000 letters or fewer."),
    ],
)
def test_an_incomplete_form_is_refused_and_keeps_what_was_typed(note, sentence, as_, village, books, task):
    rosa = as_(village.rosa)
    page = rosa.submit(rosa.get(f"{task}/outcome"), note=note)
    assert page.status == 200
    assert sentence in page
    assert page.form.fields["note"] == [note]
    assert row(books).status == "open"


def test_a_task_that_is_not_there_is_not_found(as_, village):
    rosa = as_(village.rosa)
    assert {rosa.get(f"tasks/AAAA-AAAA{path}").status for path in ("", "/outcome")} == {404}
    assert {rosa.post(f"tasks/AAAA-AAAA{path}").status for path in ("/owner", "/return", "/outcome")} == {404}


def test_a_coordinators_form_that_comes_late_leaves_the_task_with_who_has_it_now(as_, village, books, task):
    mary, rosa = as_(village.mary), as_(village.rosa)
    mary.done(mary.get(task), "I do this one")
    page = mary.get(task)
    mary.done(page, "Give it back")
    rosa.done(rosa.get(task), "I do this one")
    mary.done(page, "Give it back")
    assert row(books)[:2] == ("taken", village.rosa.membership_id)


def test_taking_it_stays_on_the_trail(as_, village, books, task):
    rosa = as_(village.rosa)
    rosa.done(rosa.get(task), "I do this one")
    assert books.ask("SELECT done_by FROM trail WHERE deed = 'task.taken'") == [(village.rosa.membership_id,)]
