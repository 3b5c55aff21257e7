"""Listing, changing, pausing, closing and handing over, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests.people import NOW, TODAY
from timebank.actors import Doing, How, Unattended, acting_for
from timebank.banks.models import Area
from timebank.errors import NotAllowedError
from timebank.interchange.listings import read, store
from timebank.listings import actions, checks
from timebank.listings.errors import CategoriesError, ListingMovedOnError, NoTitleError, TooManyListingsError
from timebank.listings.finding import ListingFilter, find_listings
from timebank.listings.models import Category, Listing, ListingWord
from timebank.listings.queries import find_listing, get_tree, list_categories_of
from timebank.listings.rules import MOST_LISTINGS, Life, ListingKind, Move
from timebank.members.actions import get_membership_by_code
from timebank.tasks.errors import NotesFullError
from timebank.tasks.models import Task
from timebank.tasks.rules import MOST_NOTES
from timebank.trail.actions import OtherContentError
from timebank.trail.models import TrailRow


def found(session, village, words="", kind=ListingKind.OFFER, today=TODAY):
    tree = get_tree(session, village.angus.id)
    page = find_listings(session, village.angus.id, ListingFilter(kind, words), tree, today=today)
    return [row.title for row in page.rows]


def kept(session, village, code):
    return find_listing(session, village.angus.id, code)


def is_right(session):
    return all(not check(session).findings for check in checks.CHECKS)


def test_what_is_listed_is_found_and_reviewed_in_half_a_year(session, village, list_it):
    listing = kept(session, village, list_it())
    assert (listing.kind, listing.life, listing.member_id) == ("offer", "open", village.ada.membership_id)
    assert listing.review_on == date(2027, 5, 21)
    assert found(session, village, "gardens") == ["Gardening"]
    assert is_right(session)


def test_the_same_form_twice_lists_it_once(session, village, said):
    doing = Doing(village.ada, NOW, "f")
    first = actions.add(session, village.angus, ListingKind.OFFER, said(), doing)
    assert actions.add(session, village.angus, ListingKind.OFFER, said(), doing) == first
    with pytest.raises(OtherContentError):
        actions.add(session, village.angus, ListingKind.OFFER, said("Another"), doing)
    assert session.scalar(select(func.count()).select_from(Listing)) == 1


def test_who_only_looks_after_the_bank_lists_nothing(session, village, list_it):
    for who in (village.tom, village.audrey):
        with pytest.raises(NotAllowedError):
            list_it(by=who)


def test_a_listing_without_title_or_category_is_refused(session, village, list_it, said):
    with pytest.raises(NoTitleError):
        list_it("...")
    elsewhere = actions.open_categories(session, village.perth, Unattended(village.perth.id, NOW))
    assert elsewhere
    theirs = session.scalars(select(Category.id).where(Category.bank_id == village.perth.id)).first()
    for ids in ((), (theirs,)):
        with pytest.raises(CategoriesError):
            list_it(category_ids=ids)
    assert session.scalar(select(func.count()).select_from(Listing)) == 0


def test_changed_words_are_found_and_the_old_ones_are_not(session, village, list_it, said):
    code = list_it("Knitting", "arts/crafts")
    new = said("Piano lessons", "arts/music")
    for _again in range(2):
        actions.change(session, village.angus, code, new, Doing(village.ada, NOW, "c"))
    assert found(session, village, "piano") == ["Piano lessons"]
    assert found(session, village, "knitting") == []
    listing = kept(session, village, code)
    assert list_categories_of(session, village.angus.id, [listing.id]) == {listing.id: new.category_ids}
    assert is_right(session)


@pytest.mark.parametrize("what", [Move.PAUSE, Move.CLOSE])
def test_what_is_paused_or_closed_is_not_found_until_it_is_open_again(what, session, village, list_it):
    code = list_it()
    actions.move(session, village.angus, code, what, Doing(village.ada, NOW, "m"))
    actions.move(session, village.angus, code, what, Doing(village.ada, NOW, "m"))
    assert found(session, village) == []
    actions.move(session, village.angus, code, Move.REOPEN, Doing(village.ada, NOW))
    assert found(session, village) == ["Gardening"]


def test_a_move_that_the_life_no_longer_allows_is_refused(session, village, list_it):
    code = list_it()
    actions.move(session, village.angus, code, Move.CLOSE, Doing(village.ada, NOW))
    with pytest.raises(ListingMovedOnError):
        actions.move(session, village.angus, code, Move.PAUSE, Doing(village.ada, NOW))


def test_a_listing_is_hidden_after_its_review_until_its_owner_says_still_right(session, village, list_it):
    code = list_it()
    review_on = kept(session, village, code).review_on
    assert found(session, village, today=review_on) == ["Gardening"]
    later = review_on + timedelta(days=1)
    assert found(session, village, today=later) == []
    then = NOW + (later - TODAY)
    actions.move(session, village.angus, code, Move.RECONFIRM, Doing(village.ada, then))
    assert found(session, village, today=later) == ["Gardening"]


@pytest.mark.parametrize("who", ["linus", "tom", "audrey", "perdita"])
def test_nobody_else_changes_a_listing(who, session, village, list_it, said):
    code, other = list_it(), getattr(village, who)
    with pytest.raises(NotAllowedError):
        actions.change(session, village.angus, code, said("Mine now"), Doing(other, NOW, "c"))
    with pytest.raises(NotAllowedError):
        actions.move(session, village.angus, code, Move.CLOSE, Doing(other, NOW))
    assert kept(session, village, code).life == Life.OPEN


def test_a_broker_closes_what_nobody_else_tidies_up_and_it_is_on_record(session, village, list_it):
    code = list_it()
    actions.move(session, village.angus, code, Move.CLOSE, Doing(village.rosa, NOW))
    rows = session.execute(select(TrailRow.deed, TrailRow.done_by).where(TrailRow.subject == f"listing:{code}")).all()
    assert [tuple(row) for row in rows] == [
        ("listing.offer", village.ada.membership_id),
        ("listing.close", village.rosa.membership_id),
    ]


@pytest.fixture
def imported(session, village):
    sheet = b"timebank,listing_id,type,description,category_ids\nangus,1,offer,I offer rides,13\n"
    store(session, village.angus, read(sheet), Unattended(village.angus.id, NOW))
    return session.scalars(select(Listing.code)).one()


def test_what_was_imported_is_handed_to_its_owner_with_the_owners_area(session, village, imported):
    area = Area(bank_id=village.angus.id, id=7, name="Forfar")
    session.add(area)
    session.flush()
    get_membership_by_code(session, village.angus.id, village.grace.code).area_id = 7
    for _again in range(2):
        actions.hand_over(session, village.angus, imported, village.grace, Doing(village.rosa, NOW, "h"))
    listing = kept(session, village, imported)
    assert (listing.member_id, listing.area_id) == (village.grace.membership_id, 7)
    assert found(session, village, "ride") == ["I offer rides"]


def test_only_a_broker_hands_over_and_only_to_who_exchanges_here(session, village, imported, list_it):
    for by, to in ((village.ada, village.ada), (village.rosa, village.tom), (village.rosa, village.perdita)):
        with pytest.raises(NotAllowedError):
            actions.hand_over(session, village.angus, imported, to, Doing(by, NOW))
    own = list_it()
    with pytest.raises(NotAllowedError):
        actions.hand_over(session, village.angus, own, village.grace, Doing(village.rosa, NOW))


def test_asked_again_the_words_join_those_that_wait(session, village):
    for number, words in enumerate(["piano lessons", "a tuba", "piano lessons"]):
        actions.ask_broker(session, words, Doing(village.grace, NOW, f"a{number}"))
    task = session.execute(select(Task.kind, Task.subject, Task.note)).one()
    assert (task.kind, task.subject) == ("find_somebody", f"member:{village.grace.code}")
    assert task.note.split("\n\n") == ["piano lessons", "a tuba"]


def test_categories_are_opened_once(session, village, tree):
    assert len(tree) == len(actions.STARTING_CATEGORIES)
    assert actions.open_categories(session, village.angus, Unattended(village.angus.id, NOW)) == 0
    assert is_right(session)


def test_a_listing_that_no_word_finds_or_without_category_is_noticed(session, village, list_it):
    code = list_it()
    listing = kept(session, village, code)
    session.execute(ListingWord.__table__.delete())
    (finding,) = checks.listings_can_be_found(session).findings
    assert (finding.row, finding.problem) == (code, "no word finds it")
    session.execute(actions.ListingCategory.__table__.delete())
    (finding,) = checks.listings_have_categories(session).findings
    assert finding.row == listing.code


def test_a_member_lists_only_so_much_and_makes_room_by_closing(session, village, list_it, said):
    first = actions.add(session, village.angus, ListingKind.OFFER, said(), Doing(village.ada, NOW, "first"))
    closed = list_it()
    actions.move(session, village.angus, closed, Move.CLOSE, Doing(village.ada, NOW))
    paused = list_it(kind=ListingKind.REQUEST)
    actions.move(session, village.angus, paused, Move.PAUSE, Doing(village.ada, NOW))
    for _number in range(MOST_LISTINGS - 2):
        list_it()
    for who in (village.ada, acting_for(village.rosa, village.ada, How.PHONE)):
        with pytest.raises(TooManyListingsError) as caught:
            list_it(by=who)
        assert caught.value.values == {"number": MOST_LISTINGS}
    with pytest.raises(TooManyListingsError):
        actions.move(session, village.angus, closed, Move.REOPEN, Doing(village.ada, NOW))
    assert actions.add(session, village.angus, ListingKind.OFFER, said(), Doing(village.ada, NOW, "first")) == first, (
        "a form that comes again gets its answer"
    )
    list_it(by=village.grace)
    actions.move(session, village.angus, paused, Move.REOPEN, Doing(village.ada, NOW))
    actions.move(session, village.angus, first, Move.CLOSE, Doing(village.ada, NOW))
    actions.move(session, village.angus, closed, Move.REOPEN, Doing(village.ada, NOW))


def test_a_broker_reads_only_so_many_wishes_of_a_member(session, village):
    def ask(words, who=village.ada, key=None):
        actions.ask_broker(session, words, Doing(who, NOW, key))

    ask("Wish 0", key="first")
    for number in range(1, MOST_NOTES):
        ask(f"Wish {number}")
    with pytest.raises(NotesFullError) as caught:
        ask("One more")
    assert caught.value.values == {"number": MOST_NOTES}
    ask("Wish 3")
    ask("Wish 0", key="first")
    ask("Something", village.grace)
    (note,) = session.scalars(select(Task.note).where(Task.subject == f"member:{village.ada.code}"))
    assert note.count("Wish") == MOST_NOTES
