"""docs/ledger.md: its worked examples run as tests, and it lists every check."""

import doctest
from pathlib import Path

from timebank.audit.checks import ALL_CHECKS

LEDGER = Path(__file__).parents[2] / "docs" / "ledger.md"


def test_the_worked_examples_of_the_ledger_are_true():
    result = doctest.testfile(str(LEDGER), module_relative=False)
    assert result.attempted > 15
    assert result.failed == 0


def test_the_docs_list_every_check():
    page = LEDGER.read_text()
    assert [check.__name__ for check in ALL_CHECKS if f"`{check.__name__}`" not in page] == []
