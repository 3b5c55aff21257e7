"""Sheets of offers and requests: read whole, stored whole or not at all. Every row here is made up."""

import pytest
from sqlalchemy import func, select, update

from tests.people import NOW, TODAY
from timebank.actors import Doing, Unattended
from timebank.cli.sheet_words import plain_words
from timebank.errors import NotAllowedError
from timebank.interchange import listings as sheets
from timebank.interchange.listings import count_unknown, make_name, make_slug, read, rows_for, store
from timebank.interchange.sheets import BadSheetError
from timebank.interchange.their_categories import CATEGORY_KEYS, choose
from timebank.listings import checks
from timebank.listings.finding import ListingFilter, find_listings
from timebank.listings.models import Listing
from timebank.listings.queries import get_tree, list_categories_of
from timebank.listings.rules import ListingKind
from timebank.listings.starting_categories import OTHER_KEY, STARTING_CATEGORIES
from timebank.members.models import Membership, Person
from timebank.members.queries import find_actor, find_actor_by_code, list_members, search_members
from timebank.references import DeedName
from timebank.trail.models import TrailRow

HEAD = "timebank,listing_id,type,description,category_ids\n"


def sheet(*rows: str) -> bytes:
    return (HEAD + "".join(f"{row}\n" for row in rows)).encode()


def problems(content: bytes) -> list[tuple[int, str]]:
    with pytest.raises(BadSheetError) as raised:
        read(content)
    return [(problem.line, plain_words(problem)) for problem in raised.value.problems]


def test_a_row_is_read_with_its_line():
    rows = read(sheet('glen,7,Offer,"Jam, and  how to\nmake it",20 999'))
    (row,) = rows
    assert (row.key, row.kind, row.title) == ("glen/7", ListingKind.OFFER, "Jam, and how to make it")
    assert (row.category_numbers, row.kept) == ((20, 999), ("home/cooking",))
    assert count_unknown(rows) == {999: 1}


def test_a_file_with_a_mark_at_its_start_and_columns_in_another_order_is_read():
    content = "\ufefftype,extra,category_ids,listing_id,timebank,description\nrequest,x,,1,glen,A lift\n"
    (row,) = read(content.encode())
    assert (row.kind, row.kept) == (ListingKind.REQUEST, (OTHER_KEY,))


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("glen,1,gift,Jam,20", "type is gift; it has to be offer or request"),
        ("glen,1,,Jam,20", "type is missing; it has to be offer or request"),
        ("glen,1,offer,  ,20", "description is empty"),
        ("glen,,offer,Jam,20", "listing_id is missing"),
        ("glen,1,offer,Jam,20;21", "category_ids are no numbers: 20;21"),
        ("glen,1,offer,Jam,-20", "category_ids are no numbers: -20"),
        ("glen,1,offer,Jam,20,more", "there are 6 cells, but 5 columns"),
        ("!,1,offer,Jam,20", "! gives no short name: say one with --bank"),
        (",1,offer,Jam,20", "timebank is missing"),
        (f"glen,{'1' * 60},offer,Jam,20", "timebank and listing_id are too long"),
        ("glen,1,offer", "there are 3 cells, but 5 columns"),
    ],
)
def test_a_bad_row_is_named_by_its_line(row, what):
    assert problems(sheet("glen,0,offer,Jam,20", row)) == [(3, what)]


def test_every_bad_row_is_named_at_once():
    assert [line for line, _what in problems(sheet("glen,1,gift,Jam,", "glen,2,offer,Jam,", "glen,3,offer,,"))] == [
        2,
        4,
    ]


def test_a_number_twice_in_one_bank_is_named_and_in_two_banks_is_fine():
    assert len(read(sheet("glen,1,offer,Jam,", "isla,1,offer,Jam,"))) == 2
    assert problems(sheet("glen,1,offer,Jam,", "glen,1,offer,Tea,")) == [(3, "listing_id 1 stands on line 2 already")]


def test_two_banks_that_would_share_an_address_are_named():
    assert problems(sheet("glen isla,1,offer,Jam,", "Glen-Isla,2,offer,Jam,")) == [
        (3, "Glen-Isla and glen isla would have one short name")
    ]


def test_a_file_that_is_not_utf_8_is_refused_with_the_line():
    assert problems(sheet("glen,1,offer,Jam,") + "glen,2,offer,Caf\xe9,\n".encode("latin-1")) == [
        (3, "this is not UTF-8")
    ]


@pytest.mark.parametrize("content", [b"", b"\n", b"timebank,listing_id\nglen,1\n", b"\x00\x01"])
def test_a_file_without_the_columns_is_refused(content):
    ((line, what),) = problems(content)
    assert line == 1
    assert what.startswith("there is no column")


def test_an_unterminated_quote_is_refused():
    assert problems(sheet('glen,1,offer,"Jam,20'))[0][1].startswith("the line cannot be read")


def test_a_long_description_is_cut_at_a_word_and_kept_whole():
    words = "gooseberry " * 20
    (row,) = read(sheet(f"glen,1,offer,{words},"))
    assert len(row.title) <= 120
    assert row.title.endswith("gooseberry…")
    assert row.is_cut
    (row,) = read(sheet(f"glen,1,offer,{'x' * 300},"))
    assert len(row.title) == 120
    assert not read(sheet("glen,1,offer,Jam,"))[0].is_cut


@pytest.mark.parametrize(
    ("numbers", "kept", "left_out"),
    [
        ((), (OTHER_KEY,), ()),
        ((999,), (OTHER_KEY,), ()),
        ((1,), ("getting-about",), ()),
        ((1, 13), ("getting-about/lifts",), ()),
        ((13, 1, 999), ("getting-about/lifts",), ()),
        ((18,), ("getting-about",), ()),
        ((13, 13), ("getting-about/lifts",), ()),
        ((87, 88), ("home/sewing",), ()),
        ((3, 13, 20, 23), ("getting-about/lifts", "home/cooking", "outdoors/feeding-pets"), ("company",)),
    ],
)
def test_the_three_most_specific_categories_are_kept(numbers, kept, left_out):
    assert choose(numbers, 3) == (kept, left_out)


def test_every_known_number_leads_to_a_category_of_ours():
    ours = {one.key for one in STARTING_CATEGORIES}
    assert set(CATEGORY_KEYS.values()) <= ours
    assert set(CATEGORY_KEYS) == {*range(1, 91), 95}


@pytest.mark.parametrize(
    ("timebank", "slug", "name"),
    [("glen", "glen", "Glen"), ("Glen Isla", "glen-isla", "Glen Isla"), ("tal-y-llyn", "tal-y-llyn", "Tal Y Llyn"),
     ("Café Zürich", "cafe-zurich", "Café Zürich"), ("ABC", "abc", "ABC")],
)  # fmt: skip
def test_a_bank_gets_a_short_name_and_a_name(timebank, slug, name):
    assert (make_slug(timebank), make_name(timebank)) == (slug, name)


def by_nobody(village):
    return Unattended(village.angus.id, NOW)


@pytest.fixture
def rows():
    return read(sheet("angus,1,offer,Car rides,13 1", f"angus,2,request,{'a long letter ' * 20},999"))


def test_stored_listings_belong_to_the_holder(session, village, rows):
    assert store(session, village.angus, rows, by_nobody(village)) == rows
    tree = get_tree(session, village.angus.id)
    offers = find_listings(session, village.angus.id, ListingFilter(ListingKind.OFFER, "ride"), tree, today=TODAY).rows
    assert [(row.title, row.words, row.is_holder) for row in offers] == [("Car rides", "", True)]
    lifts = tree.by_key["getting-about/lifts"].id
    assert list_categories_of(session, village.angus.id, [offers[0].id]) == {offers[0].id: (lifts,)}
    (request,) = find_listings(session, village.angus.id, ListingFilter(ListingKind.REQUEST), tree, today=TODAY).rows
    assert request.title.endswith("…")
    assert request.words.startswith("a long letter")
    assert all(not check(session).findings for check in checks.CHECKS)


def test_a_second_import_adds_nothing_and_keeps_edited_titles(session, village, rows):
    store(session, village.angus, rows, by_nobody(village))
    session.execute(update(Listing).where(Listing.source_key == "angus/1").values(title="Rides for two"))
    changed = read(sheet("angus,1,offer,Other words,13", "angus,3,offer,Jam,20"))
    assert sheets.list_stored(session, village.angus.id, changed) == {"angus/1"}
    assert store(session, village.angus, changed, by_nobody(village)) == changed[1:]
    assert session.scalar(select(func.count()).select_from(Listing)) == 3
    assert session.scalars(select(Listing.title).where(Listing.source_key == "angus/1")).one() == "Rides for two"


def test_the_holder_is_one_and_nobody(session, village, rows):
    for number in range(2):
        store(session, village.angus, read(sheet(f"angus,{number},offer,Jam,")), by_nobody(village))
    holder = session.scalars(select(Membership).where(Membership.is_holder)).one()
    person = session.get_one(Person, holder.person_id)
    assert (person.email, person.phone, person.password_hash) == (None, None, None)
    assert find_actor(session, village.angus.id, person.id) is None
    assert find_actor_by_code(session, village.angus.id, holder.code) is None
    assert list_members(session, village.angus.id, "Imported", 1).rows == []
    assert search_members(session, village.angus.id, "Imported") == []
    assert search_members(session, village.angus.id, str(holder.number)) == []


def test_a_coordinator_who_brings_listings_in_is_on_the_trail(session, village, rows):
    assert store(session, village.angus, rows, Doing(village.mary, NOW)) == rows
    deeds = select(TrailRow.deed, TrailRow.done_by).where(TrailRow.done_by.is_not(None)).order_by(TrailRow.deed)
    assert [tuple(row) for row in session.execute(deeds)] == [
        (DeedName.CATEGORIES_OPENED, village.mary.membership_id),
        (DeedName.LISTINGS_IMPORTED, village.mary.membership_id),
    ]


@pytest.mark.parametrize("name", ["rosa", "tom", "audrey", "ada", "perdita"])
def test_nobody_but_a_coordinator_of_the_bank_brings_listings_in(session, village, rows, name):
    with pytest.raises(NotAllowedError):
        store(session, village.angus, rows, Doing(getattr(village, name), NOW))


def test_of_a_file_of_several_banks_one_gets_its_own_rows():
    several = read(sheet("Glen Isla,1,offer,Jam,", "perth,2,offer,Tea,", "Glen Isla,3,offer,Cake,"))
    assert [row.number for row in rows_for(several, "glen-isla")] == ["1", "3"]
    assert rows_for(several, "angus") is None
    assert rows_for(several[:1], "angus") == several[:1]
    assert rows_for([], "angus") is None
