"""Names of people stand in an element of their own direction: filtered by `bdi`, or by `first_name`, which does it."""

import ast
import re

import pytest
from jinja2 import nodes

from tests.house_rules.pages import GETTEXT, JINJA, page
from tests.house_rules.tree import PACKAGE, TEMPLATES, modules, parsed, place, templates

#: Filters that give a name an element with a direction of its own.
ISOLATING = {"bdi", "first_name"}
#: Where templates keep names of people: by what a row calls it, by account or membership, and as variables.
NAMED_BY = {"names", "people", "actors"}
NAMED = {"name", "other", "giver", "receiver", "source", "target", "referee"}
#: What is called a name and is not a person's, by the object that has it.
OTHER_NAMES = {"area", "areas", "bank", "category", "form", "main", "name_form", "one", "shown"}
#: Templates that show no person: their `name` is of an area, a kind of help, a bank or a field.
NOBODY = {"areas", "front", "audit/_exchange_filters.html", "corrections/month.html", "listings/_facts.html"}


def _bare_names(node, isolated):
    """Yield the expressions of names below a node that no filter isolates."""
    if isinstance(node, nodes.Filter) and (node.name in ISOLATING or node.name == "map"):
        return
    if isinstance(node, nodes.CondExpr):
        yield from _bare_names(node.expr1, isolated)
        yield from _bare_names(node.expr2, isolated) if node.expr2 else ()
        return
    if isinstance(node, nodes.Call) and not (isinstance(node.node, nodes.Name) and node.node.name in GETTEXT):
        return  # what a macro does with a name is seen where the macro is
    if isinstance(node, nodes.Keyword) and node.key in NAMED and isinstance(node.value, nodes.Name):
        if node.value.name not in isolated:
            yield f"{node.key}={node.value.name}"
        return
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        if _is_name(node):
            yield ast.unparse(ast.parse(_source(node), mode="eval"))
        return
    for child in node.iter_child_nodes():
        yield from _bare_names(child, isolated)


def _source(node):
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_source(node.node)}.{node.attr}"
    return f"{_source(node.node)}[...]" if isinstance(node, nodes.Getitem) else "..."


def _is_name(node):
    root, steps = node, []
    while isinstance(root, nodes.Getattr | nodes.Getitem):
        steps.append(root.attr if isinstance(root, nodes.Getattr) else getattr(root.arg, "value", None))
        root = root.node
    name = root.name if isinstance(root, nodes.Name) else ""
    if steps[0] == "coordinator_name":
        return True
    if name in NAMED_BY:
        return steps[0] != 1  # the second of (name, code)
    if name in {"giver", "receiver", "other"} and steps == [0]:
        return True
    return steps[0] in {"name", "referee"} and name not in OTHER_NAMES


def _isolated_variables(tree):
    """Return the variables that hold isolated names, or texts with them."""
    return {
        assign.target.name
        for assign in tree.find_all(nodes.Assign)
        if isinstance(assign.target, nodes.Name)
        if any(node.name in ISOLATING for node in assign.find_all(nodes.Filter))
    }


def _names_left_bare(path):
    """Yield the place of each name that is read or told without its element."""
    tree = JINJA.parse(path.read_text())
    isolated = _isolated_variables(tree)
    calls = [
        call for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name) and call.node.name in GETTEXT
    ]
    for call in calls:
        for value in call.kwargs:
            yield from (f"{place(path, call.lineno)}: {bare}" for bare in _bare_names(value, isolated))
    shown = page(path)
    for line, text in shown.texts:
        for number in re.findall("\ue000(\\d+)\ue001", text):
            (output,) = JINJA.parse(f"{{{{ {shown.expressions[int(number)]} }}}}").body
            for node in output.nodes:
                if not (isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name)):
                    yield from (f"{place(path, line)}: {bare}" for bare in _bare_names(node, isolated))


def test_names_of_people_stand_in_an_element_of_their_own_direction():
    """Otherwise a name written from the right moves the words and figures beside it."""
    bare = [
        words
        for path in templates()
        if path.relative_to(TEMPLATES).as_posix() not in NOBODY and path.parent.name not in NOBODY
        for words in _names_left_bare(path)
    ]
    assert bare == []


def test_sentences_of_python_isolate_names_by_signs():
    """They are plain text, which has no elements: `isolated` puts signs around a name that needs them."""
    bare = [
        f"{place(path, call.lineno)}: {value.arg}={ast.unparse(value.value)}"
        for path in modules(PACKAGE / "web")
        for call in ast.walk(parsed(path))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in GETTEXT
        for value in call.keywords
        if value.arg in NAMED - {"other"} and not ast.unparse(value.value).startswith(("isolated(", "first_name("))
    ]
    assert bare == []


BARE = (
    "{{ row.name }}",
    "<p>{{ names[row.account][0] }}</p>",
    "{{ people.members[step.by] if step.by else _('The server') }}",
    "{{ _('for %(name)s', name=actors[step.by]) }}",
    "{{ _('%(name)s helps', name=other) }}",
    "{{ _('Ring %(name)s', name=bank.coordinator_name) }}",
    "{% set title = _('for %(name)s', name=member.name) %}",
    "<dd>{{ giver[0] }}</dd>",
)
ISOLATED = (
    "{{ row.name|bdi }}",
    "{{ _('for %(name)s', name=actors[step.by]|first_name) }}",
    "{% set other = names[row.account][0]|bdi %}{{ _('%(name)s helps', name=other) }}",
    '<input value="{{ row.name }}">',
    "<a href=\"{{ url_for('members.member', code=names[row.account][1]) }}\">{{ names[row.account][1] }}</a>",
    "{{ bank.name }}, {{ area.name }}",
    "{{ gave_sentence(giver, receiver, row.minutes) }}",
)


@pytest.mark.parametrize("source", BARE)
def test_the_rule_finds_names_without_it(source, tmp_path):
    (tmp_path / "page.html").write_text(source)
    assert len(list(_names_left_bare(tmp_path / "page.html"))) == 1


@pytest.mark.parametrize("source", ISOLATED)
def test_the_rule_takes_nothing_else_for_a_name(source, tmp_path):
    (tmp_path / "page.html").write_text(source)
    assert list(_names_left_bare(tmp_path / "page.html")) == []
