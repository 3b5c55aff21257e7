"""Nobody sees another bank's rows: every page, every part in the cast, from Angus into Perth.

Whatever an address, a search or a field names that is Perth's is in Angus as if it did not exist; nothing is told of
it and nothing of it changes.
"""

import re

import pytest

from tests.web.pages import read_table, values_for
from tests.web.perth import AREA, MARK, SOUGHT, WORDS, all_codes, all_rows, own_category, settle_perth
from timebank.codes import spoken

PAGES = sorted({endpoint.partition(".")[0] for endpoint, _method in read_table()})
PARTS = ("mary", "rosa", "tom", "audrey", "linus", "grace")
#: Who sees most of Angus, and who is in both banks.
SEARCHERS = ("mary", "grace")
#: What stands in an address and is a choice among a few words, not the name of something in a bank.
CHOICES = {"bank_slug", "purpose", "side", "kind", "what", "way", "word", "month", "ordinal", "subject"}


@pytest.fixture
def perth(backend, village):
    """Perth and all that is in it; Grace of Angus coordinates there."""
    return settle_perth(backend, village)


def _routes(app, page):
    """(rule, method) of every address below a bank that names something of it."""
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] == page and set(rule.arguments) - CHOICES
        for method in sorted(rule.methods & {"GET", "POST"})
        if rule.endpoint != "static"
    ]


def _address(app, rule, perth):
    """The address in Angus that names something of Perth."""
    values = values_for(rule.endpoint, set(rule.arguments), perth)
    values |= {"name": AREA} if "name" in values else {}
    values |= {"key": own_category(perth)} if "key" in values else {}
    if rule.endpoint == "home.dismissed":
        values |= {"kind": "ask", "about": own_category(perth)}
    if rule.endpoint.startswith("missing."):
        values["code"] = AREA if rule.endpoint == "missing.area" else own_category(perth)
    assert values["bank_slug"] == "angus"
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)


@pytest.mark.parametrize("page", PAGES)
def test_a_row_of_another_bank_does_not_exist_here_and_nothing_of_it_changes(page, app, as_, village, books, perth):
    browsers = {part: as_(getattr(village, part)) for part in PARTS}
    books.open_categories()
    expected, answers = {}, {}
    for rule, method in _routes(app, page):
        address = _address(app, rule, perth)
        before = all_rows(perth, village.perth.id)
        view = app.view_functions[rule.endpoint]
        for part, browser in browsers.items():
            said = browser.get(address) if method == "GET" else browser.post(address)
            case = rule.endpoint, method, part
            expected[case] = 404 if view.allowed(getattr(village, part)) else 403
            answers[case] = said.status
            assert MARK not in said.html, case
        assert all_rows(perth, village.perth.id) == before
    assert answers == expected


def test_the_routes_that_name_something_are_not_forgotten(app):
    names = {name for rule in app.url_map.iter_rules() for name in rule.arguments if rule.endpoint != "static"}
    assert names - CHOICES == {"code", "name", "key", "about", "outcome", "token"}
    assert sum(len(_routes(app, page)) for page in PAGES) > len(PAGES)


#: What lists, searches and spreadsheets are asked, all of it at once where a page reads no more than some.
ASKED = (
    "",
    f"words={SOUGHT}&person={SOUGHT}&with={SOUGHT}",
    "kind=request&standing=left&stage=admitted&show=done&shows=answered&which=below&state=reversed",
    "below=9000000000000000000&above=1&after=1",
)


def _lists(app):
    """[(endpoint, address below a bank)] of every page that names nothing in it."""
    choices = {"purpose": "record", "side": "giver", "kind": "offer", "month": "2026-11", "ordinal": "1"}
    return [
        (
            rule.endpoint,
            re.sub(r"<[^>]*?(\w+)>", lambda name: choices[name[1]], rule.rule.partition("/")[2].partition("/")[2]),
        )
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and "bank_slug" in rule.arguments and not set(rule.arguments) - CHOICES
    ]


#: Pages on which somebody of Perth reads something that is Perth's; the others say nothing of anybody.
TELLING = {
    "areas.areas",
    "audit.balances",
    "audit.balances_csv",
    "audit.beyond_limits",
    "audit.beyond_limits_csv",
    "audit.entries",
    "audit.entries_csv",
    "audit.exchanges",
    "audit.exchanges_csv",
    "audit.late_entries",
    "audit.late_entries_csv",
    "audit.leavers",
    "audit.left_with_hours",
    "audit.not_signed_in",
    "audit.one_broker",
    "audit.overrides",
    "audit.reversals",
    "audit.security",
    "corrections.corrections",
    "desk.desk",
    "exchanges.exchanges",
    "home.home",
    "joining.applications",
    "joining.join",
    "joining.write_down",
    "listings.add",
    "listings.add_category",
    "listings.categories",
    "listings.listings",
    "matching.board",
    "matching.plan",
    "members.members",
    "members.profile",
    "missing.missing",
    "recording.start",
    "rules.by_time",
    "rules.rules",
    "statement.my_hours",
    "statement.my_hours_csv",
    "tasks.tasks",
}


def test_no_list_search_or_spreadsheet_of_angus_tells_of_perth(app, as_, village, books, perth):
    books.confirmed(village.ada, village.grace, what="Gardening")
    browsers = {part: as_(getattr(village, part)) for part in PARTS}
    keeper, telling, codes = as_(perth.village.grace), set(), all_codes(perth)
    for endpoint, address in _lists(app):
        for asked in ASKED:
            for part in SEARCHERS if asked else PARTS:
                said = browsers[part].get(f"/angus/{address}?{asked}")
                assert MARK not in said.html, (endpoint, asked, part)
                assert [code for code in codes if code in said.html] == [], (endpoint, asked, part)
                assert "sign-in?" not in (said.to or ""), (endpoint, part)
            told = keeper.get(f"/perth/{address}?{asked}")
            telling |= {endpoint} if MARK in told.html else set()
    assert telling == TELLING


def test_who_is_in_two_banks_sees_in_each_that_banks_only_and_switches_by_the_address(as_, village, books, perth):
    books.confirmed(village.ada, village.grace, what="Dog walk", minutes=45)
    books.recorded(village.ada, village.grace, what="Hedge cutting")
    grace = as_(village.grace)
    for address in ("", "hours", "hours.csv", "exchanges", "my-listings", "profile", "listings"):
        here, there = grace.get(f"/angus/{address}"), grace.get(f"/perth/{address}")
        assert (here.status, there.status) == (200, 200), address
        assert MARK not in here.html, address
        assert "Dog walk" not in there, address
        assert "Hedge cutting" not in there, address
    assert "45 minutes below zero" in grace.get("/angus/")
    assert "3 hours 30 minutes below zero" in grace.get("/perth/")
    assert (books.balance(village.grace), perth.balance(perth.village.grace)) == (-45, -210)
    assert books.are_right()


def test_roles_are_held_in_one_bank_and_nothing_in_another(as_, village, perth):
    grace = as_(village.grace)
    for address in ("members", "desk", "audit", "rules/settings", "applications", "tasks", "categories", "pot"):
        answers = grace.get(f"/perth/{address}").status, grace.get(f"/angus/{address}").status
        assert answers == (200, 403), address


def test_who_is_suspended_in_one_bank_goes_on_in_the_other(as_, village, books, perth):
    books.stands(village.grace, "suspended")
    grace = as_(village.grace)
    assert (grace.get("/angus/help/record/giver").status, grace.get("/perth/help/record/giver").status) == (403, 200)


@pytest.mark.parametrize(
    ("who", "bank", "whose", "answer"),
    [
        ("grace", "perth", "ada of Perth", 200),
        ("grace", "angus", "ada of Perth", 404),
        ("grace", "angus", "ada of Angus", 403),
        ("grace", "perth", "ada of Angus", 404),
        ("rosa", "angus", "ada of Perth", 404),
        ("rosa", "perth", "ada of Perth", 404),
        ("mary", "angus", "grace of Perth", 404),
        ("mary", "angus", "grace of Angus", 200),
    ],
)
def test_acting_for_somebody_ends_at_the_border(who, bank, whose, answer, as_, village, perth):
    name, _of, home = whose.split()
    member = getattr(perth.village if home == "Perth" else village, name)
    browser = as_(getattr(village, who))
    assert browser.get(f"/{bank}/hours?acting={spoken(member.code)}&how=phone").status == answer


LISTING = {"title": "Jam making", "kind1": "home/cooking", "in_person": "y"}
APPLICATION = {"name": "Sam Reid", "phone": "01632 960 321", "is_adult": "y"}


@pytest.fixture
def fields(perth):
    """Values of Perth for fields of forms, by what they name."""
    area_id = perth.ask("SELECT id FROM area WHERE bank_id = :bank", bank=perth.village.angus.id)[0].id
    una = perth.village.ada.code
    return {"area id": area_id, "area": AREA, "category": own_category(perth), "shelf": WORDS, "code": una}


@pytest.mark.parametrize(
    ("who", "address", "typed", "field", "named", "sentence"),
    [
        ("ada", "profile", {}, "area", "area id", "Choose one of the areas."),
        (None, "join", APPLICATION | {"agrees": "y"}, "area", "area id", "Choose one of the areas."),
        ("rosa", "applications/new", APPLICATION | {"how": "phone"}, "area", "area id", "Choose one of the areas."),
        ("ada", "my-listings/new/offer", LISTING, "area", "area", "Choose one of the areas."),
        ("ada", "my-listings/new/offer", LISTING, "kind1", "category", "Choose one to three kinds of help."),
        ("ada", "my-listings/new/request", LISTING, "kind2", "category", "Choose one to three kinds of help."),
        ("mary", "categories/new", {"name": "Jam"}, "under", "category", "Choose one of the list."),
        ("ada", "help/record/giver", {"words": ""}, "person", "code", "Choose somebody, or type a name."),
        ("ada", "help/propose/receiver", {}, "words", "shelf", "Nobody here is called that."),
        ("ada", "LISTING/changes", LISTING, "area", "area", "Choose one of the areas."),
        ("ada", "LISTING/changes", LISTING, "kind3", "category", "Choose one to three kinds of help."),
        ("rosa", "IMPORTED/owner", {"words": MARK}, "person", "code", "Nobody here is called that."),
    ],
)
def test_a_field_that_names_a_row_of_another_bank_is_refused_and_nothing_is_stored(
    who, address, typed, field, named, sentence, as_, village, books, fields
):
    books.areas("Forfar")
    listed, imported = books.listed(village.ada), books.imported()
    address = address.replace("LISTING", f"listings/{listed}").replace("IMPORTED", f"listings/{imported}")
    browser = as_(who and getattr(village, who))
    asked = {field, *typed}
    form = next(one for one in browser.get(address).forms if one.method == "post" and one.names & asked)
    form.names |= asked
    before = all_rows(books, village.angus.id), all_rows(books, village.perth.id)
    answer = browser.send(form, **typed | {field: fields[named]})
    assert answer.status == 200
    assert sentence in answer
    assert (all_rows(books, village.angus.id), all_rows(books, village.perth.id)) == before


def test_an_exchange_is_not_filed_under_a_category_of_perth(as_, village, books, fields):
    books.open_categories()
    code = books.confirmed(village.ada, village.grace)
    rosa = as_(village.rosa)
    for named in ("shelf", "category"):
        page = rosa.done(rosa.get(f"exchanges/{code}"), "File it", category=fields[named])
        assert "That kind of help is not on the list any more. Choose another." in page
    assert books.exchange(code).category_id is None


def test_a_way_to_an_area_of_perth_cannot_be_kept(as_, village, books, fields):
    books.areas("Forfar", "Brechin")
    mary = as_(village.mary)
    before = all_rows(books, village.perth.id)
    mary.post("areas/Forfar/travel", **{f"way-{fields['area id']}": "10"})
    assert books.count("area_travel") == 0
    assert all_rows(books, village.perth.id) == before


def test_a_link_with_somebody_of_perth_chooses_nobody(as_, village, perth):
    page = as_(village.ada).get(f"help/record/giver?with={perth.village.ada.code}")
    assert page.status == 200
    assert MARK not in page.html
    assert "person" not in page.form.choices


def test_a_search_by_an_area_or_a_kind_of_perth_finds_nothing_of_it(as_, village, books, fields):
    books.areas("Forfar")
    books.open_categories()
    page = as_(village.ada).get(f"listings?area={AREA}&category={fields['category']}")
    assert MARK not in page.html
    for name in ("area", "category"):
        assert "This is not on the list" in as_(village.mary).get(f"audit/exchanges?{name}={WORDS}")


def test_a_member_of_perth_who_applies_in_angus_is_not_told_of(as_, village, books, perth):
    code = books.application("Una Stewart", phone="+441632960555")
    page = as_(village.rosa).get(f"applications/{code}")
    assert MARK not in page.html
    assert spoken(perth.village.grace.code) not in page.html
