"""The list of what runs on PostgreSQL names tests that exist, and some of each page."""

import ast
from pathlib import Path

import pytest

from tests.web.on_postgresql import TESTS, WHOLE_FILES

HERE = Path(__file__).parent
PAGES = sorted(path.name for path in HERE.iterdir() if (path / "__init__.py").exists())


def _tests_of(path):
    return {node.name for node in ast.parse((HERE / path).read_text()).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("path", [*WHOLE_FILES, *TESTS])
def test_what_the_list_names_exists(path):
    assert set(TESTS.get(path, ())) - _tests_of(path) == set()


@pytest.mark.parametrize("page", PAGES)
def test_something_of_each_page_runs_on_postgresql(page):
    assert [path for path in (*WHOLE_FILES, *TESTS) if path.startswith(f"{page}/")] != []
