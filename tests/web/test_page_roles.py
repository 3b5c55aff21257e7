"""Every page, every part in the cast, every answer: strangers are told 404, members who may not 403."""

import pytest

from tests.web.pages import COLUMNS, cast, read_table, values_for
from timebank.app import create_app
from timebank.web.access import anybody
from timebank.web.extensions import db

TABLE = read_table()
_CHANGING = ("POST", "PUT", "PATCH", "DELETE")


def _routes(app):
    """{(endpoint, method): rule} of everything that answers, files apart."""
    return {
        (rule.endpoint, method): rule
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }


def _address(app, endpoint, books):
    rule = next(app.url_map.iter_rules(endpoint))
    with app.test_request_context():
        return app.url_for(endpoint, _external=False, **values_for(endpoint, set(rule.arguments), books))


def _answer(page):
    if page.status == 303:
        return "door" if (page.to or "").startswith("/angus/sign-in?") or page.to == "/angus/sign-in" else "on"
    return "there" if page.status == 302 else str(page.status)


def test_the_table_names_every_route_and_method_and_no_other(app):
    assert set(TABLE) == set(_routes(app))


def _cases():
    """Every row of the table. The first of each page and method runs on PostgreSQL too."""
    first = {(endpoint.partition(".")[0], method): (endpoint, method) for endpoint, method in reversed(TABLE)}
    too = set(first.values())
    return [pytest.param(*case, marks=[pytest.mark.postgresql_too] if case in too else []) for case in TABLE]


@pytest.mark.parametrize(("endpoint", "method"), _cases())
def test_a_page_answers_each_part_in_the_cast_as_the_table_says(endpoint, method, app, as_, books):
    address = _address(app, endpoint, books)
    people = cast(books.village)
    # Those who may not come first, since they leave everything as it was for those who may.
    order = sorted(COLUMNS, key=lambda column: TABLE[endpoint, method][column] not in {"door", "404", "403"})
    answers = {}
    for column in order:
        browser = as_(people[column])
        answers[column] = _answer(browser.get(address) if method == "GET" else browser.post(address))
    assert answers == TABLE[endpoint, method]


def test_every_view_says_who_may_open_it(app):
    assert [name for name, view in app.view_functions.items() if not hasattr(view, "allowed")] == ["static"]


def test_only_the_front_the_door_joining_the_seals_stop_links_and_health_are_open_to_anybody(app):
    opened = {name for name, view in app.view_functions.items() if getattr(view, "allowed", None) is anybody}
    ways = ("sign_in", "sign_in_with_code", "sign_in_help", "sign_out", "forgotten")
    door = {f"signing_in.{way}" for way in ways}
    door |= {f"seals.{file}" for file in ("seals", "checkpoint", "keys", "proof")}
    door |= {
        f"notices.{page}" for page in ("stop", "sent", "sent_mail", "sent_html")
    }  # the last three in the demo alone
    door |= {"front.front", "styleguide.styleguide", "joining.join", "joining.sent"}
    door |= {"texting.came_in", "texting.state"}  # with the gateway's secret
    assert opened == door | {"health.healthz", "health.readyz"}


def test_a_view_that_does_not_say_who_may_open_it_is_opened_by_nobody(backend, village):
    site = create_app(backend.settings)
    site.add_url_rule("/forgotten", "forgotten", lambda: "the books")
    answer = site.test_client().get("/forgotten")
    with site.app_context():
        db.engine.dispose()
    assert answer.status_code == 403
    assert "the books" not in answer.get_data(as_text=True)


def _changing(app):
    return sorted({endpoint for endpoint, method in _routes(app) if method == "POST"})


def test_a_form_without_its_token_is_refused_whoever_sends_it(app, as_, books):
    people = cast(books.village)
    browsers = [as_(people[column]) for column in COLUMNS]
    for endpoint in _changing(app):
        if endpoint in {"notices.stop", "texting.came_in", "texting.state"}:  # programs post there, with another token
            continue
        address = _address(app, endpoint, books)
        before = (books.exchanges(), books.count("entry"), books.count("trail"), books.count("draft"))
        answers = {browser.post_bare(address).status for browser in browsers}
        assert (endpoint, answers) == (endpoint, {400})
        assert (books.exchanges(), books.count("entry"), books.count("trail"), books.count("draft")) == before


def test_a_form_with_the_token_of_another_browser_is_refused(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    token = as_(village.linus).token()
    page = as_(village.grace).post_bare(f"exchanges/{code}/confirmation", csrf_token=token)
    assert page.status == 400
    assert books.state(code) == "recorded"


def test_a_wrong_method_is_refused_and_changes_nothing(app, as_, books):
    browser = as_(books.village.grace)
    at, methods = {}, {}
    for (endpoint, method), rule in _routes(app).items():
        at[endpoint] = rule.rule
        methods.setdefault(rule.rule, set()).add(method)
    for endpoint, rule in at.items():
        address = _address(app, endpoint, books)
        wrong = [method for method in ("GET", *_CHANGING) if method not in methods[rule]]
        answers = {browser.client.open(address, method=method).status_code for method in wrong}
        assert (endpoint, answers) == (endpoint, {405})
