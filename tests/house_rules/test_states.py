"""Templates ask a value for its state by a property or a filter, so that groups of states are decided in one place."""

from collections.abc import Iterator

import pytest
from jinja2 import Environment, nodes

from tests.house_rules.pages import GETTEXT
from tests.house_rules.tree import place, templates
from timebank.actors import Standing
from timebank.exchanges.rules import State
from timebank.joining.rules import Stage
from timebank.listings.rules import Life
from timebank.tasks.rules import Status

STATES = frozenset(word.value for states in (State, Stage, Standing, Life, Status) for word in states)
#: Arguments of a call that name a state; others, such as the kind of a list, use some of the same words.
FIELDS = frozenset({"state", "stage", "standing", "life", "status"})
_JINJA = Environment(autoescape=True)


def _constants(*parts: nodes.Node) -> Iterator[nodes.Const]:
    for part in parts:
        if isinstance(part, nodes.Const):
            yield part
        elif isinstance(part, nodes.Tuple | nodes.List):
            yield from _constants(*part.items)


def _state_literals(source: str) -> list[tuple[int, str]]:
    """Return (line, word) of states in comparisons, in loops, as keys, and as arguments of calls."""
    parts: list[nodes.Node] = []
    tree = _JINJA.parse(source)
    for compare in tree.find_all(nodes.Compare):
        parts += [compare.expr, *(operand.expr for operand in compare.ops)]
    parts += [loop.iter for loop in tree.find_all(nodes.For)]
    for keys in ([pair.key for pair in mapping.items] for mapping in tree.find_all(nodes.Dict)):
        # A mapping of other words, such as the names of lists, may have some that are states too.
        parts += keys if {key.value for key in _constants(*keys)} <= STATES else []
    for call in tree.find_all(nodes.Call):
        if not (isinstance(call.node, nodes.Name) and call.node.name in GETTEXT):
            # A list in a call holds the (value, words) of choices, which are no states of a row.
            arguments = [*call.args, *(keyword.value for keyword in call.kwargs if keyword.key in FIELDS)]
            parts += [argument for argument in arguments if isinstance(argument, nodes.Const)]
    return [(const.lineno, const.value) for const in _constants(*parts) if const.value in STATES]


@pytest.mark.parametrize("path", templates(), ids=place)
def test_a_template_names_no_state(path):
    assert [f"{place(path, line)} {word}" for line, word in _state_literals(path.read_text())] == []


@pytest.mark.parametrize(
    "source",
    [
        "{% if exchange.state == 'confirmed' %}",
        "{% if exchange.state in ('accepted', 'recorded') %}",
        "{{ 'x' if task.status != 'done' }}",
        "{% for state in ('recorded',) %}",
        "{{ {'active': 'green'}[standing] }}",
        "{{ standing_tag('left') }}",
        "{{ url_for('exchanges.exchanges', state='recorded') }}",
        "{{ counts.get('disputed') }}",
    ],
)
def test_the_rule_finds_states(source):
    closing = "".join(
        end for start, end in (("{% if", "{% endif %}"), ("{% for", "{% endfor %}")) if source.startswith(start)
    )
    assert _state_literals(source + closing)


@pytest.mark.parametrize(
    "source",
    [
        "{{ _('left') }}",
        "<span class=\"tag {{ 'done' if row.is_done }}\">",
        "{{ url_for('audit.balances', which='active') }}",
        "{{ {'active': _('Active members'), 'beyond': _('Beyond the soft limits')}[which] }}",
        "{{ show_one_of('show', [('open', _('What nobody has yet'))]) }}",
    ],
)
def test_the_rule_takes_other_words_for_no_states(source):
    assert _state_literals(source) == []
