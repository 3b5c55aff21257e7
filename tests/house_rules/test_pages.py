"""Addresses, forms and words of the pages, read from the templates and from the map of addresses."""

import ast
import re

import pytest

from tests.house_rules.pages import messages, page, pages
from tests.house_rules.tree import PACKAGE, TEMPLATES, modules, parsed, place, templates
from timebank.app import create_app
from timebank.config import read_settings

#: An e-mail has its style within, since it may load nothing.
E_MAILS = "mail"
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.(csv|txt|json))?")
HANDLER = re.compile(r"on[a-z]+")
CSRF = re.compile(r"csrf_token|\.hidden_tag\(|\bhidden\(form\)|\bdeed_button\(")


@pytest.fixture(scope="module")
def addresses(tmp_path_factory):
    """The map of addresses of a site that nobody has set up beyond its keys."""
    settings = read_settings({"TIMEBANK_INSTANCE": str(tmp_path_factory.mktemp("instance"))})
    settings.make_keys()
    rules = list(create_app(settings).url_map.iter_rules())
    assert len(rules) > 40
    return rules


def _fixed_parts(rule):
    return [part for part in re.sub(r"<[^>]+>", "", rule.rule).split("/") if part]


def test_addresses_are_written_in_kebab_case(addresses):
    odd = [rule.rule for rule in addresses if not all(KEBAB.fullmatch(part) for part in _fixed_parts(rule))]
    assert odd == []


def test_every_part_of_an_address_that_varies_has_a_type(addresses):
    untyped = [rule.rule for rule in addresses for part in re.findall(r"<([^>]+)>", rule.rule) if ":" not in part]
    assert untyped == []


def test_every_page_of_a_bank_stands_under_its_slug(addresses):
    own = {"static", "front.front", "styleguide.styleguide", "health.healthz", "health.readyz"}
    own |= {"texting.came_in", "texting.state"}
    others = [rule.rule for rule in addresses if rule.endpoint not in own]
    assert [rule for rule in others if not rule.startswith("/<slug:bank_slug>")] == []


def test_no_address_takes_a_row_number(addresses):
    assert [rule.rule for rule in addresses if "<int" in rule.rule or "_id>" in rule.rule] == []


def test_an_address_names_things_and_not_deeds(addresses):
    """One deed, one address; the method says what happens to the thing it names."""
    verbs = {"confirm", "accept", "decline", "cancel", "delete", "remove", "update", "edit", "save", "create"}
    assert [rule.rule for rule in addresses if verbs & set(_fixed_parts(rule))] == []


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_every_form_that_posts_carries_its_csrf_field(path):
    source = path.read_text()
    forms = re.findall(r"<form\b.*?</form>", source, re.DOTALL | re.IGNORECASE)
    assert len(forms) == len(re.findall(r"<form\b", source, re.IGNORECASE))
    posting = [form for form in forms if re.search(r"""method\s*=\s*["']?post""", form, re.IGNORECASE)]
    assert [form for form in posting if not CSRF.search(form)] == []


def test_a_form_says_how_it_is_sent():
    silent = [
        place(one.path, tag.line)
        for one in pages()
        for tag in one.tags
        if tag.name == "form" and tag.attributes.get("method") not in {"get", "post"}
    ]
    assert silent == []


def test_no_view_is_exempt_from_csrf_but_those_to_which_programs_post():
    """They have no page of ours. One takes a token that only the e-mail has (RFC 8058), one the gateway's secret."""
    exempt = [place(path) for path in modules() if re.search(r"csrf\.exempt|csrf\s*=\s*False", path.read_text())]
    assert sorted(exempt) == ["timebank/web/pages/notices/stopping.py", "timebank/web/pages/texting/views.py"]


def test_templates_hold_no_style_and_no_script():
    found = [
        f"{place(one.path, tag.line)} {tag.name} {name}"
        for one in pages()
        for tag in one.tags
        for name in tag.attributes
        if name == "style" or HANDLER.fullmatch(name)
    ]
    inline = {"script", "style"}
    found += [
        place(one.path, tag.line)
        for one in pages()
        for tag in one.tags
        if tag.name in inline and one.path.parent.name != E_MAILS
    ]
    assert found == []


def test_fields_are_given_no_style_and_no_script():
    found = [
        place(path, key.lineno)
        for path in modules(PACKAGE / "web")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.keyword) and node.arg == "render_kw" and isinstance(node.value, ast.Dict)
        for key in node.value.keys
        if isinstance(key, ast.Constant) and (key.value == "style" or HANDLER.fullmatch(str(key.value)))
    ]
    assert found == []


def test_pages_load_nothing_from_elsewhere():
    loads = {"src", "srcset", "href", "action", "formaction", "poster"}
    found = [
        place(one.path, tag.line)
        for one in pages()
        for tag in one.tags
        for name, value in tag.attributes.items()
        if name in loads and re.match(r"\s*(https?:|//|javascript:|data:)", value, re.IGNORECASE)
    ]
    assert found == []


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_every_word_on_a_page_goes_through_gettext(path):
    assert list(page(path).bare_words()) == []


BARE = (
    "<p>Hello</p>",
    "<p>{{ _('Hello') }} and more</p>",
    "<p>{% if bank %}Hello{% endif %}</p>",
    "<p>{{ 'Hello' if bank else _('Hello') }}</p>",
    "<p>{{ 'Hello '|trim }}</p>",
    "<p>{{ 'Hello ' ~ name }}</p>",
    '<img src="x.png" alt="A clock">',
    "<nav aria-label=\"{{ 'Main' }}\"></nav>",
    '<input placeholder="Name">',
    '<input type="submit" value="Send">',
    "<p>&eacute;</p>",
)
SAID = (
    "<p>{{ _('Hello') }} &ndash; 2 &times; 3 &amp; … (!)</p>",
    "<p class=\"{{ 'gave' if own else 'got' }}\">{{ name }}</p>",
    "{# Hello #}<p>{% set x = 'Hello' %}{{ 'K7M3Q2XZ'|spoken }}</p>",
    "<a href=\"{{ url_for('home.home') }}\"\n {% if a %}aria-current=\"page\"{% endif %}>{{ _('Home') }}</a>",
    '<input name="words" value="{{ words }}" autocomplete="off">',
)


@pytest.mark.parametrize("source", BARE)
def test_the_rule_finds_words_that_miss_gettext(source, tmp_path):
    (tmp_path / "page.html").write_text(source)
    assert len(list(page(tmp_path / "page.html").bare_words())) == 1


@pytest.mark.parametrize("source", SAID)
def test_the_rule_takes_nothing_else_for_words(source, tmp_path):
    (tmp_path / "page.html").write_text(source)
    assert list(page(tmp_path / "page.html").bare_words()) == []


def test_what_goes_through_gettext_is_a_constant():
    """Otherwise a translator never gets to see it. The one place that says errors looks them up."""
    hidden = [said.place for said in messages() if said.words is None]
    assert [where for where in hidden if not where.startswith("timebank/web/sentences.py")] == []


def test_gaps_of_a_sentence_have_names():
    nameless = [f"{said.place}: {said.words}" for said in messages() if re.search(r"%[sdr]|\{\w*\}", said.words or "")]
    assert nameless == []


def test_labels_and_hints_of_fields_go_through_gettext():
    found = []
    for path in modules(PACKAGE / "web"):
        for call in ast.walk(parsed(path)):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("Field"):
                said = [*call.args[:1], *(word.value for word in call.keywords if word.arg in {"label", "description"})]
                found += [place(path, one.lineno) for one in said if isinstance(one, ast.Constant) and one.value]
    assert found == []


def _is_translated(value, tree):
    """Whether an expression is a sentence from gettext, a name that holds one, a choice between such, or nothing."""
    if isinstance(value, ast.IfExp):
        return _is_translated(value.body, tree) and _is_translated(value.orelse, tree)
    if isinstance(value, ast.Name):
        values = [
            given
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            for name, given in _pairs(target, node.value)
            if name == value.id
        ]
        return bool(values) and all(_is_translated(given, tree) for given in values)
    if isinstance(value, ast.Constant):
        return value.value == ""
    return isinstance(value, ast.Call) and ast.unparse(value.func) in {"_", "say", "ngettext"}


def _pairs(target, value):
    """Return (name, value) of an assignment, also of `a, b = 1, 2`."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return [(ast.unparse(name), given) for name, given in zip(target.elts, value.elts, strict=True)]
    return [(ast.unparse(target), value)]


def test_what_flashes_goes_through_gettext():
    """`press` flashes its second argument."""
    sentences = {"flash": 0, "press": 1}
    found = [
        place(path, call.lineno)
        for path in modules(PACKAGE / "web")
        if path.name != "committing.py"
        for call in ast.walk(parsed(path))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in sentences
        if not _is_translated(call.args[sentences[ast.unparse(call.func)]], parsed(path))
    ]
    assert found == []


def test_nothing_is_called_safe_without_a_reason():
    risky = re.compile(r"\|\s*safe\b|\bMarkup\(|autoescape\s+false|render_template_string")
    reason = re.compile(r"(#|\{#).*\(.+\)|\{#.+#\}")
    found = [
        place(path, number)
        for path in (*templates(), *modules())
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if risky.search(line) and not reason.search(line)
    ]
    assert found == []


def test_a_page_is_named_after_its_view():
    """`reversals/propose.html` is rendered by `timebank.web.pages.reversals`; parts are included elsewhere."""
    shared = {"components", "layouts", "errors", "mail"}
    rooms = {path.parent.name for path in modules(PACKAGE / "web" / "pages")}
    folders = {path.relative_to(TEMPLATES).parts[0] for path in templates() if path.parent != TEMPLATES}
    assert folders - shared <= rooms


def test_every_page_that_is_shown_lies_there():
    shown = {
        call.args[0].value
        for path in modules(PACKAGE / "web")
        for call in ast.walk(parsed(path))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "render_template"
        if isinstance(call.args[0], ast.Constant)
    }
    lying_there = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file()}
    assert shown
    assert shown <= lying_there
