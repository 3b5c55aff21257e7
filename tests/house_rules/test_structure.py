"""How large things may be, and which hand may do what where. Read from the syntax, not from the words."""

import ast
import re
import subprocess
import sys
from configparser import ConfigParser

import pytest
from sqlalchemy import Float, Numeric

from tests.house_rules.tree import (
    PACKAGE,
    ROOT,
    attributes_called,
    functions,
    imports,
    line_count,
    listed,
    modules,
    parsed,
    place,
    setup_cfg,
    templates,
)
from timebank.migrations.tables import Base, metadata
from timebank.trail.models import TrailRow

LONGEST_FUNCTION = 50
LONGEST_MODULE = 300
LONGEST_VIEW = 30
LONGEST_TEMPLATE = 120
CLOCK = PACKAGE / "clock.py"
#: The modules that the contract of the one writer protects, and the tables that they describe, with the trail's.
BOOKS = listed(setup_cfg()["importlinter:contract:one-writer"]["protected_modules"])
BOOK_TABLES = {
    mapper.local_table.name
    for mapper in Base.registry.mappers
    if mapper.class_.__module__ in {*BOOKS, TrailRow.__module__}
}
STEPS = PACKAGE / "migrations" / "versions"


def _room(path):
    return path.relative_to(PACKAGE).parts[0]


def _length(function):
    return function.end_lineno - function.lineno + 1


def _is_view(function):
    return any(ast.unparse(mark).startswith("blueprint.") for mark in function.decorator_list)


def test_modules_are_short_enough_to_read_in_one_go():
    long = {place(path): line_count(path) for path in modules() if STEPS not in path.parents}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_MODULE} == {}


def test_functions_do_one_thing():
    long = {
        f"{place(path, function.lineno)} {function.name}": _length(function)
        for path in modules()
        if STEPS not in path.parents
        for function in functions(path)
        if _length(function) > LONGEST_FUNCTION
    }
    assert long == {}


def test_views_are_shorter_still():
    views = [
        (path, function) for path in modules(PACKAGE / "web") for function in functions(path) if _is_view(function)
    ]
    assert len(views) > 30
    long = {place(path, view.lineno): _length(view) for path, view in views if _length(view) > LONGEST_VIEW}
    assert long == {}


def test_templates_are_short():
    long = {place(path): line_count(path) for path in templates() if line_count(path) > LONGEST_TEMPLATE}
    assert long == {}


def test_only_the_web_the_command_line_and_the_worker_commit():
    found = [
        place(path, call.lineno)
        for path in modules()
        if _room(path) not in {"web", "cli", "worker", "migrations"}
        for call, _before, name in attributes_called(path)
        if name == "commit"
    ]
    assert found == []


#: Pages that commit themselves, each for a reason: no action of the trail is behind it that could be refused.
COMMITTING_PAGES = {
    "joining/views.py": "counts a try, whatever comes of it",
    "listings/views.py": "begins a draft",
    "members/profile.py": "ends sessions",
    "recording/drafted.py": "keeps a draft",
    "recording/views.py": "begins a draft",
    "seals/receipts.py": "seals",
    "signing_in/views.py": "counts a try, and ends a session",
}


def test_pages_leave_committing_and_refusing_to_one_helper():
    """Whatever can be refused is committed by `timebank.web.committing`."""
    pages = PACKAGE / "web" / "pages"
    committing = {
        path.relative_to(pages).as_posix() for path in modules(pages) if ".commit()" in ast.unparse(parsed(path))
    }
    assert committing == set(COMMITTING_PAGES)


def test_only_the_clock_asks_what_time_it_is():
    asks = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime", "current_timestamp"}
    found = [
        place(path, call.lineno)
        for path in modules()
        if path != CLOCK
        for call, before, name in attributes_called(path)
        if name in asks and before != "clock"
    ]
    assert found == []


def test_only_the_clock_knows_the_clock_of_the_machine():
    clocks = {"time", "datetime.datetime.now", "freezegun"}
    found = [place(path, line) for path in modules() if path != CLOCK for line, name in imports(path) if name in clocks]
    assert found == []


def test_the_database_is_never_asked_what_time_it_is():
    """Frozen time would not reach it, and a posting would carry another moment than its deed."""
    asked = re.compile(r"\bnow\(\)|current_(timestamp|date|time)\b|datetime\('now'|clock_timestamp", re.IGNORECASE)
    written = [*sorted((PACKAGE / "migrations" / "sql").glob("*.sql")), *modules(STEPS)]
    found = [place(path) for path in written if asked.search(path.read_text())]
    models = [
        place(path, node.lineno)
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.keyword) and node.arg == "server_default" and asked.search(ast.unparse(node.value))
    ]
    assert found + models == []


def test_whoever_asks_the_clock_stands_at_the_door():
    """Below the web and the command line `now` is an argument; the demo is told as well."""
    found = [
        place(path, call.lineno)
        for path in modules()
        if _room(path) not in {"web", "cli"}
        for call, before, name in attributes_called(path)
        if (before, name) == ("clock", "now")
    ]
    assert found == []


def test_only_bookkeeping_imports_the_tables_of_the_books():
    found = [
        place(path, line)
        for path in modules()
        if _room(path) != "bookkeeping" and path != PACKAGE / "migrations" / "tables.py"
        for line, name in imports(path)
        if any(name == books or name.startswith(f"{books}.") for books in BOOKS)
    ]
    assert found == []


def test_every_table_of_the_books_has_its_one_writer():
    described = {"account", "account_holder", "entry", "memo", "taken_back", "posting", "limit_change", "hold"}
    assert described | {"closing", "leaf", "seal", "seal_log", "trail"} == BOOK_TABLES


def test_nobody_else_writes_the_books_with_words_of_sql():
    writes = re.compile(rf"\b(insert\s+into|update|delete\s+from)\s+({'|'.join(BOOK_TABLES)})\b", re.IGNORECASE)
    found = [
        place(path, node.lineno)
        for path in modules()
        if _room(path) not in {"bookkeeping", "migrations"}
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and writes.search(node.value)
    ]
    assert found == []


def _is_exact(node):
    """A true division gives a fraction only where one side is one."""
    return any(ast.unparse(side).startswith("Fraction(") for side in (node.left, node.right))


def test_the_ledger_reckons_in_whole_minutes():
    found = []
    for path in modules(PACKAGE / "ledger"):
        for node in ast.walk(parsed(path)):
            is_float = isinstance(node, ast.Constant) and isinstance(node.value, float)
            divides = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not _is_exact(node)
            into = isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div)
            makes = isinstance(node, ast.Name) and node.id in {"float", "round"}
            if is_float or divides or into or makes:
                found.append(place(path, node.lineno))
    assert found == []


@pytest.mark.parametrize("room", ["bookkeeping", "exchanges", "audit"])
def test_minutes_never_become_floats_on_their_way(room):
    found = [
        place(path, node.lineno)
        for path in modules(PACKAGE / room)
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]
    assert found == []


def test_columns_of_minutes_hold_whole_numbers():
    columns = [column for table in metadata.tables.values() for column in table.columns]
    assert [str(column) for column in columns if isinstance(column.type, Float | Numeric)] == []


def test_every_module_opens_with_its_idea():
    silent = [place(path) for path in modules() if not ast.get_docstring(parsed(path))]
    assert silent == []


def test_no_exception_is_caught_without_a_name():
    bare = [
        place(path, node.lineno)
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert bare == []


def test_a_lint_rule_is_left_aside_only_with_a_reason():
    bare = [
        place(path, number)
        for path in modules()
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(r"# noqa(?!: [A-Z0-9, ]+ \(.+\))", line)
    ]
    assert bare == []


def test_drawers_are_not_kept():
    drawers = {"utils", "helpers", "manager", "common", "misc", "tools", "lib", "base"}
    assert [place(path) for path in modules() if path.stem in drawers or path.parent.name in drawers] == []


def test_the_first_package_loads_nothing_but_the_standard_library():
    """Flask's commands find `create_app` in it, and still `timebank --version` loads no Flask."""
    listing = "import sys, timebank; print(*(name for name in sys.modules if name.startswith(('timebank.', 'flask'))))"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_a_contract_names_one_module_a_line():
    """The linter reads a line with commas as the name of one module, which is imported by nobody."""
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    contracts = [name for name in config.sections() if name.startswith("importlinter:contract:")]
    assert len(contracts) > 5
    keys = [(name, key) for name in contracts for key in config[name] if key != "name"]
    assert [(name, key) for name, key in keys if "," in config[name][key]] == []
