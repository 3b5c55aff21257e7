"""Local names say the type of their value. Names that fit any value are counted, and the count may only shrink."""

import ast
from collections import Counter

from tests.house_rules.tree import PACKAGE, modules, parsed, place

#: Names that carry no type (STYLE.md, 'Two voices').
UNTYPED_NAMES = frozenset({"told", "said", "found", "shown", "place", "one", "wanted"})
#: How many bindings of them timebank/ may have. Lower it with each change that removes some; never raise it.
MOST_UNTYPED_BINDINGS = 0


def _bindings(tree):
    """Yield (line, name) of every assignment, loop and comprehension target, parameter, and captured exception."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.lineno, node.name


def test_a_local_name_says_the_type_of_its_value():
    untyped = [
        (path.relative_to(PACKAGE).parts[0], f"{place(path, line)} {name}")
        for path in modules()
        for line, name in _bindings(parsed(path))
        if name in UNTYPED_NAMES
    ]
    by_room = Counter(room for room, _binding in untyped).most_common()
    where = "\n".join(binding for _room, binding in untyped)
    assert len(untyped) <= MOST_UNTYPED_BINDINGS, f"{len(untyped)} bindings: {by_room}\n{where}"


def test_every_kind_of_binding_is_counted():
    code = """
def f(told, *said, found=1, **shown):
    one: int = 2
    for place in []:
        pass
    with open("x") as wanted:
        told, (said, *found) = [shown for shown in one if (place := wanted)]
    except_ = told.said
"""
    names = Counter(name for _line, name in _bindings(ast.parse(code)))
    assert names == {"told": 2, "said": 2, "found": 2, "shown": 2, "one": 1, "place": 2, "wanted": 1, "except_": 1}
