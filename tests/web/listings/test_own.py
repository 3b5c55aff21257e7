"""One's own offers and requests: listing, changing, pausing, closing, opening again, saying that it is still right."""

import pytest

from tests.people import NOW
from timebank.banks.models import Area
from timebank.members.actions import get_membership_by_code

LONG_AGO = NOW.replace(month=5, day=20)
TYPED = {"title": "  Jam   making ", "words": "Bring jars.", "kind1": "home/cooking"}


@pytest.fixture
def areas(books, village):
    with books.backend.session() as session:
        session.add_all(
            [Area(bank_id=village.angus.id, id=n, name=name) for n, name in ((7, "Brechin"), (8, "Forfar"))]
        )
        session.flush()
        get_membership_by_code(session, village.angus.id, village.ada.code).area_id = 8
        session.commit()


@pytest.fixture
def ada(as_, village, books):
    books.open_categories()
    return as_(village.ada)


def test_an_offer_is_listed_and_found(ada, as_, village, books):
    page = ada.get(ada.get("my-listings").links["List an offer"])
    assert "What do you offer?" in page.title
    page = ada.done(page, **TYPED, kind2="learning/skills", suits=[0, 1, 20], when_words="not in July", online="y")
    assert "It is listed now. Others can find it." in page
    assert "Jam making" in page.title
    assert "Cooking and baking, Showing how something is done" in page
    assert "in person, online" in page
    assert "Monday morning and afternoon, Sunday evening" in page
    assert "Jam making" in as_(village.grace).get("listings?words=jams").links
    assert books.are_right()


def test_a_request_is_listed_by_its_own_page_and_one_link_changes_over(ada, as_, village):
    page = ada.get("my-listings/new/offer")
    page = ada.get(page.links["I would like help instead"])
    assert "You would receive the help." in page
    ada.done(page, **TYPED)
    assert "Jam making" in as_(village.grace).get("listings?kind=request").links


def test_the_area_is_ones_own_unless_another_is_chosen(ada, areas, as_, village, books):
    page = ada.get("my-listings/new/offer")
    assert page.form.fields["area"] == ["Forfar"]
    assert page.form.choices["area"] == ["", "Brechin", "Forfar"]
    assert "Area Brechin" in ada.done(page, **TYPED, area="Brechin")
    grace = as_(village.grace)
    assert "Jam making" in grace.get("listings?area=Brechin").links
    assert "Jam making" not in grace.get("listings?area=Forfar").links


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title": ""}, "Say in a few words what it is about."),
        ({"title": "!!!"}, "Say in a few words what it is about."),
        ({"title": "j" * 121}, "Say it in 120 letters or fewer. More fits below."),
        ({"words": "j" * 2001}, "Say it in 2,000 letters or fewer."),
        ({"title": "Xyzzyxyzzy", "words": "", "kind1": ""}, "Choose one to three kinds of help."),
        ({"kind1": ""}, "What kind of help is it? Tap what fits, and it is kept."),
        ({"kind1": "nonsense"}, "Choose one to three kinds of help."),
        ({"when_words": "j" * 121}, "Say it in 120 letters or fewer."),
    ],
)
def test_an_incomplete_form_is_refused_and_keeps_what_was_typed(typed, sentence, ada, books):
    page = ada.submit(ada.get("my-listings/new/offer"), **TYPED | typed, suits=[3])
    assert page.status == 200
    assert sentence in page
    for name, said in (TYPED | typed).items():
        if name != "kind1":
            assert page.form.fields[name] == [said], name
    assert page.form.fields["suits"] == ["3"]
    assert books.count("listing") == 0


def test_a_form_sent_twice_lists_it_once(ada, books):
    page = ada.get("my-listings/new/offer")
    first, second = ada.submit(page, **TYPED), ada.submit(page, **TYPED)
    assert first.to == second.to
    assert books.count("listing") == 1
    assert "You sent this already, with other words." in ada.submit(page, **TYPED | {"title": "Other"})


def test_bits_that_are_no_part_of_the_week_are_left_aside(ada, books):
    page = ada.get("my-listings/new/offer")
    ada.done(page, **TYPED, suits=[1, 21, 99])
    assert books.ask("SELECT suits FROM listing")[0].suits == 2


def test_a_bank_without_categories_says_whom_to_ask(as_, village):
    page = as_(village.ada).get("my-listings/new/offer")
    assert "There are no kinds of help to choose from yet. Ask your coordinator to add some." in page


def test_a_listing_is_changed_in_a_form_that_shows_its_present_words(ada, as_, village, books):
    code = books.listed(village.ada, title="Jam", words="Jars", suits=0b1001, when_words="soon")
    page = ada.get(f"listings/{code}/changes")
    fields = page.form.fields
    assert (fields["title"], fields["words"], fields["when_words"]) == (["Jam"], ["Jars"], ["soon"])
    assert (fields["kind1"], fields["suits"]) == (["outdoors/gardening"], ["0", "3"])
    page = ada.done(page, title="Chutney", words="", kind1="home/cooking")
    assert "It is changed." in page
    grace = as_(village.grace)
    assert "Chutney" in grace.get("listings?words=chutneys").links
    assert "Nothing has just these words" in grace.get("listings?words=jam")
    assert ada.submit(ada.get(f"listings/{code}/changes"), title="").form.fields["title"] == [""]


def test_a_broker_changes_what_was_imported(as_, village, books):
    code = books.imported()
    rosa = as_(village.rosa)
    page = rosa.get(rosa.get(f"listings/{code}").links["Change it"])
    assert "It is changed." in rosa.done(page, title="Rides to town")


@pytest.mark.parametrize(("button", "says"), [("Pause it", "Paused or closed"), ("Close it", "Paused or closed")])
def test_it_is_paused_or_closed_and_opened_again(button, says, ada, as_, village, books):
    code = books.listed(village.ada)
    page = ada.done(ada.get(f"listings/{code}"), button)
    assert says in page
    assert "Gardening" not in as_(village.grace).get("listings").links
    ada.done(ada.get(f"listings/{code}"), "Open it again")
    assert "Gardening" in as_(village.grace).get("listings").links


def test_a_listing_that_changed_meanwhile_is_left_alone_with_a_notice(ada, village, books):
    code = books.listed(village.ada)
    page = ada.get(f"listings/{code}")
    ada.done(page, "Close it")
    assert "This was changed a moment ago" in ada.done(page, "Pause it")
    assert books.listing(code).life == "closed"
    assert ada.done(page, "Close it").status == 200
    assert books.count("trail WHERE deed = 'listing.close'") == 1


def test_what_is_past_its_review_comes_first_and_one_button_says_still_right(ada, as_, village, books):
    books.listed(village.ada, title="Old one", now=LONG_AGO)
    books.listed(village.ada, title="New one")
    grace = as_(village.grace)
    page = ada.get("my-listings")
    assert "Others do not see these until you say so." in page
    assert page.words.index("Old one") < page.words.index("New one")
    assert set(grace.get("listings").links) & {"Old one", "New one"} == {"New one"}
    page = ada.done(page, "Still right")
    assert "Thank you. Others can find it again." in page
    assert "Is this still right?" not in page
    assert set(grace.get("listings").links) & {"Old one", "New one"} == {"Old one", "New one"}


def test_each_button_of_a_page_does_its_own_deed_once_whatever_was_pressed_before(ada, village, books):
    """Back shows the same page again, with the same keys."""
    codes = [books.listed(village.ada, title=f"Old {n}", now=LONG_AGO) for n in range(2)]
    page = ada.get("my-listings")
    for form in [form for form in page.forms if form.button == "Still right"] * 2:
        ada.send(form)
    assert {str(books.listing(code).review_on) for code in codes} == {"2027-05-21"}
    assert books.count("trail WHERE deed = 'listing.reconfirm'") == 2


def test_an_empty_list_says_what_to_do(ada):
    page = ada.get("my-listings")
    assert "Nothing here yet. Say what you like to do, or what you need." in page
    assert {"List an offer", "List a request"} <= set(page.links)


def test_a_broker_hands_what_was_imported_to_its_owner(as_, village, books):
    code = books.imported("I offer rides")
    rosa = as_(village.rosa)
    page = rosa.get(rosa.get(f"listings/{code}").links["Hand it to its owner"])
    assert "Nobody here is called that." in rosa.submit(page, words="Zebedee")
    page = rosa.submit(page, words="a")
    assert "Choose one of them." in page
    page = rosa.done(page, words="Grace", person=village.grace.code)
    assert "It belongs to Grace Okafor now." in page
    assert books.listing(code).member_id == village.grace.membership_id
    assert as_(village.ada).get(f"listings/{code}").has_button("Ask Grace for this")
    assert "I offer rides" in as_(village.grace).get("my-listings").links
    assert rosa.get(f"listings/{code}/owner").to == f"/angus/listings/{code}"


def test_what_is_handed_over_goes_to_nobody_outside(as_, village, books):
    code = books.imported()
    rosa = as_(village.rosa)
    page = rosa.submit(rosa.get(f"listings/{code}/owner"), words="Perdita")
    assert "Nobody here is called that." in page
    for stranger in (village.perdita.code, "nonsense"):
        page = rosa.post(f"listings/{code}/owner", words="x", person=stranger)
        assert page.status == 200


def test_a_listing_stays_in_its_area_when_that_was_closed(as_, village, books):
    (area_id,) = books.areas("Forfar")
    code = books.listed(village.ada, area_id=area_id)
    mary, ada = as_(village.mary), as_(village.ada)
    mary.done(mary.get("areas/Forfar"), "Close this area")
    page = ada.get(f"listings/{code}/changes")
    assert page.form.fields["area"] == ["Forfar"]
    ada.done(page, title="Hedges")
    assert books.listing(code).area_id == area_id


def test_a_kind_that_was_not_chosen_is_suggested_and_taken_with_one_tap(ada, village, books):
    page = ada.submit(ada.get("my-listings/new/offer"), title="Pruning roses", kind1="")
    assert page.status == 200
    assert "What kind of help is it? Tap what fits, and it is kept." in page
    assert "There is something to put right" not in page
    assert page.form.fields["title"] == ["Pruning roses"]
    page = ada.done(page, suggested="outdoors/gardening")
    assert "It is listed now." in page
    assert "Gardening" in page


def test_where_nothing_can_be_suggested_the_kind_is_asked_for(ada):
    page = ada.submit(ada.get("my-listings/new/offer"), title="Xyzzyxyzzy", kind1="")
    assert "There is something to put right" in page
    assert "Tap what fits" not in page


def test_a_tapped_kind_that_is_none_is_asked_again(ada):
    page = ada.submit(ada.get("my-listings/new/offer"), title="Pruning roses", kind1="")
    page = ada.submit(page, suggested="nonsense")
    assert page.status == 200
    assert "Tap what fits" in page
