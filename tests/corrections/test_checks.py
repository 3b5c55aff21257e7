"""The check of corrections names those that somebody rewrote, whatever stands in them, as the web's role could."""

import pytest
from sqlalchemy import text

from timebank.corrections.checks import corrections_have_entries
from timebank.ledger.checks import Verdict

#: What can stand in a correction of one line that gives Ada an hour.
REWRITTEN = {
    "another account": "lines = replace(lines, ', 60', ', 61')",
    "nothing but null": "lines = '[[null,null,null]]'",
    "texts": """lines = '[["a","b","c"]]'""",
    "a short line": "lines = '[[1]]'",
    "a number": "lines = '5'",
    "no JSON": "lines = 'x'",
    "another kind": "kind = 'reversal', entry_id = (SELECT max(id) FROM entry)",
}


@pytest.fixture
def approved(desk):
    code = desk.adjust()
    desk.approve(code)
    return code


def _check(backend):
    with backend.session() as session:
        return corrections_have_entries(session)


def test_an_approved_correction_is_right(backend, approved):
    assert _check(backend).verdict is Verdict.RIGHT


@pytest.mark.parametrize("change", REWRITTEN.values(), ids=REWRITTEN)
def test_a_rewritten_correction_is_named(backend, village, approved, change):
    with backend.session() as session:
        session.execute(text(f"UPDATE correction SET {change} WHERE code = :code"), {"code": approved})
        session.commit()
    assert [(finding.table, finding.row) for finding in _check(backend).findings] == [
        ("correction", f"{village.angus.id}/{approved}")
    ]
