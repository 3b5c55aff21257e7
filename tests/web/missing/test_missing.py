from datetime import date

import pytest
from sqlalchemy import update

from tests.people import TODAY
from timebank.exchanges.models import Exchange
from timebank.members.models import Membership

LIFTS, CLINIC = "Getting about/Lifts nearby", "Getting about/To the doctor or hospital"
PUT = "Put it on the to-do list"


@pytest.fixture
def clinic(village, books):
    """Grace asks for a lift to the clinic, and nobody offers one."""
    return books.listed(village.grace, kind="request", title="To the clinic", categories=("getting-about/clinic",))


def _section(page, title, following):
    words = page.words
    return words[words.index(title) : words.index(following)]


def test_a_broker_comes_from_the_desk(as_, village, clinic):
    rosa = as_(village.rosa)
    page = rosa.get(rosa.get("desk").links["Kinds of help and areas that lack helpers"])
    assert page.title.startswith("What is missing")
    assert page.links["Desk"] == "/angus/desk"
    assert f"{CLINIC} One request is open." in _section(page, "Asked for, and not offered", "Areas without helpers")


def test_an_empty_bank_says_what_is_well(as_, village):
    page = as_(village.rosa).get("missing")
    for sentence in (
        "Whatever people ask for, somebody offers.",
        "In every area somebody offers help in person.",
        "Whatever is offered, two people or more can do it.",
        "Whatever is offered, somebody has asked for.",
    ):
        assert sentence in page
    assert PUT not in page


def test_who_is_alone_with_a_kind_of_help_is_named(as_, village, books):
    books.listed(village.ada, categories=("getting-about/lifts",))
    books.listed(village.grace, kind="request", categories=("getting-about/lifts",))
    page = as_(village.mary).get("missing")
    alone = _section(page, "One helper only", "Offered, and never asked for")
    assert f"{LIFTS} If Ada Lamont is away, nobody does it. One offer is open. One request is open." in alone
    books.listed(village.linus, categories=("getting-about/lifts",))
    assert "If Ada Lamont is away" not in as_(village.mary).get("missing")


def test_an_imported_offer_has_nobody_who_could_be_named(as_, village, books):
    books.open_categories()
    books.imported()
    page = as_(village.rosa).get("missing")
    assert "It was brought in from elsewhere, and nobody has noted whose offer it is." in page


def test_what_nobody_asked_for_is_listed_until_somebody_does(as_, village, books):
    for owner in (village.ada, village.linus):
        books.listed(owner, categories=("getting-about/lifts",))
    page = as_(village.rosa).get("missing")
    assert f"{LIFTS} 2 offers are open." in page.words[page.words.index("Offered, and never asked for") :]
    books.listed(village.grace, kind="request", categories=("getting-about/lifts",))
    assert LIFTS not in as_(village.rosa).get("missing")


def test_an_area_without_helpers_says_who_lives_there_and_what_is_asked_for(as_, village, books):
    (area_id,) = books.areas("Forfar")
    books.listed(village.grace, kind="request", title="Roses", area_id=area_id)
    with books.backend.session() as session:
        session.execute(update(Membership).where(Membership.id == village.grace.membership_id).values(area_id=area_id))
        session.commit()
    rosa = as_(village.rosa)
    page = rosa.get("missing")
    assert "Forfar One member lives there. One request is open." in page
    about = rosa.get(page.links["Forfar"])
    assert "Nobody there offers help in person. Ask those who live there what they like to do" in about
    assert {"Roses", "Grace Okafor"} <= set(about.links)
    assert "Roses" in rosa.get(about.links["Open them in the search"])
    books.listed(village.ada, title="Weeding", area_id=area_id)
    assert "Forfar" not in rosa.get("missing")
    assert "Nothing is missing here any more." in rosa.get("missing/areas/Forfar")


def test_a_line_opens_its_rows(as_, village, books, clinic):
    exchange = books.confirmed(village.ada, village.grace, what="Two hours at the clinic")
    rosa = as_(village.rosa)
    rosa.done(rosa.get(f"exchanges/{exchange}"), "File it", category="getting-about/clinic")
    page = rosa.get("missing")
    assert f"{CLINIC} One request is open. Agreed or given once in the last 12 months." in page
    about = rosa.get(page.links[CLINIC])
    assert "People ask for it, and nobody offers it. Think of whom you know" in about
    assert about.links["To the clinic"] == f"/angus/listings/{clinic}"
    assert about.links["Two hours at the clinic"] == f"/angus/exchanges/{exchange}"
    assert "Nobody offers it now." in about
    assert "To the clinic" in rosa.get(about.links["Open them in the search"])


def test_one_button_puts_it_on_the_list_and_a_second_press_says_that_it_is_there(as_, village, clinic):
    rosa, mary = as_(village.rosa), as_(village.mary)
    before = mary.get("missing")
    page = rosa.done(rosa.get("missing"), f"{PUT} ({CLINIC})")
    assert "It is on the to-do list now." in page
    assert f"{PUT} ({CLINIC})" not in page
    assert "It is on the to-do list already." in mary.done(before, f"{PUT} ({CLINIC})")
    title = f"Something is missing: {CLINIC}"
    assert rosa.get("tasks").words.count(title) == 1
    assert rosa.get(page.links[f"It is on the to-do list ({CLINIC})"]).title.startswith(title)


def test_a_form_sent_twice_puts_it_there_once_and_is_thanked_twice(as_, village, clinic):
    rosa = as_(village.rosa)
    page = rosa.get("missing")
    for _press in range(2):
        assert "It is on the to-do list now." in rosa.done(page, f"{PUT} ({CLINIC})")


def test_a_broker_reads_the_story_as_it_is_now_takes_it_and_finishes_it(as_, village, books, clinic):
    rosa = as_(village.rosa)
    page = rosa.done(rosa.get("missing"), f"{PUT} ({CLINIC})")
    address = page.links[f"It is on the to-do list ({CLINIC})"]
    task = rosa.get(address)
    assert "People ask for it, and nobody offers it. Think of whom you know who could do it, and ask them." in task
    assert task.links[CLINIC] == "/angus/missing/kinds/getting-about/clinic"
    assert "This one is yours now." in rosa.done(task, "I do this one")
    books.listed(village.ada, categories=("getting-about/clinic",))
    assert "If Ada Lamont is away, nobody does it. Look for a second person" in rosa.get(address)
    books.listed(village.linus, categories=("getting-about/clinic",))
    assert "Nothing is missing here any more." in rosa.get(address)
    done = rosa.done(rosa.get(f"{address}/outcome"), note="Ada and Linus drive on Tuesdays.")
    assert "Done. Thank you." in done
    assert "Nothing is missing here" not in done


@pytest.mark.parametrize("name", ["tom", "audrey"])
def test_trustees_and_auditors_read_it_without_the_button(name, as_, village, clinic):
    page = as_(getattr(village, name)).get("missing")
    assert CLINIC in page.links
    assert PUT not in page
    rosa = as_(village.rosa)
    rosa.done(rosa.get("missing"), f"{PUT} ({CLINIC})")
    page = as_(getattr(village, name)).get("missing")
    assert "It is on the to-do list" in page
    assert f"It is on the to-do list ({CLINIC})" not in page.links


def test_a_retired_kind_has_no_line_and_its_page_says_so(as_, village, clinic):
    mary = as_(village.mary)
    mary.done(mary.get("category/getting-about/clinic"), "Retire it")
    page = mary.get("missing")
    assert CLINIC not in page
    assert "Getting about One request is open." in page
    about = mary.get("missing/kinds/getting-about/clinic")
    assert "This kind of help is not in use any more." in about
    assert "To the clinic" in about.links
    assert PUT not in about


def test_a_kind_of_the_banks_own_has_its_page(as_, village, books):
    books.open_categories()
    mary = as_(village.mary)
    mary.done(mary.get("categories/new"), name="Bees", under="outdoors")
    key = next(url for url in mary.get("categories").links.values() if "/category/own/" in url).partition("/category/")[
        2
    ]
    books.listed(village.ada, categories=(key,))
    page = mary.get("missing")
    assert "If Ada Lamont is away" in mary.get(page.links["Gardens and animals/Bees"])


@pytest.mark.parametrize("address", ["missing/kinds/nonsense", "missing/areas/Nowhere", "missing/kinds/%00"])
def test_what_the_bank_does_not_have_has_no_page(address, as_, village, books):
    books.open_categories()
    rosa = as_(village.rosa)
    assert rosa.get(address).status == 404
    assert rosa.post(address.replace("kinds", "tasks/category").replace("areas", "tasks/area")).status == 404


@pytest.mark.parametrize(("day", "counts"), [(TODAY.replace(year=2025), True), (date(2025, 11, 20), False)])
def test_help_of_the_last_12_months_counts(day, counts, as_, village, books, clinic):
    exchange = books.confirmed(village.ada, village.grace)
    rosa = as_(village.rosa)
    rosa.done(rosa.get(f"exchanges/{exchange}"), "File it", category="getting-about/clinic")
    with books.backend.session() as session:
        session.execute(update(Exchange).values(occurred_on=day))
        session.commit()
    assert ("Agreed or given once" in rosa.get("missing")) is counts


def test_a_long_list_unfolds(as_, village, books):
    keys = ("lifts", "clinic", "longer-trips", "station", "walking-along", "worship-and-clubs")
    for key in keys:
        books.listed(village.grace, kind="request", categories=(f"getting-about/{key}",))
    assert "Show 2 more" in as_(village.rosa).get("missing")


@pytest.mark.parametrize("subject", ["category", "area"])
def test_a_name_that_is_longer_than_any_has_no_task(subject, as_, village, backend):
    rosa = as_(village.rosa)
    assert rosa.post(f"missing/tasks/{subject}/{'x' * 200}").status == 404
