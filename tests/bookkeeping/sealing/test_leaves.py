"""A leaf has just the fields that docs/ledger.md specifies for its kind, so that other programs can read it."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.people import NOW, make_confirmed, make_recorded
from timebank.bookkeeping import closings
from timebank.bookkeeping.sealing.actions import seal
from timebank.bookkeeping.sealing.leaves import SOURCES
from timebank.bookkeeping.sealing.logs import begin_log
from timebank.ledger.leaves import LeafKind

LEDGER = (Path(__file__).parents[3] / "docs" / "ledger.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| (`.+`) \|$", re.MULTILINE)
NAMES = {kind: set(re.findall(r"\w+", names)) for kind, names in ROW.findall(LEDGER) if kind in {*LeafKind}}


def test_the_docs_specify_every_kind_of_leaf():
    assert set(NAMES) == {kind.value for kind in LeafKind}


@pytest.fixture
def lively(backend, session, village):
    """Write and seal at least one row of each kind."""
    make_confirmed(session, village, village.ada, village.grace, minutes=60)
    make_recorded(session, village, village.ada, village.linus, minutes=30)
    by = {"by": village.mary.membership_id, "now": NOW}
    closings.sign_off_month(
        session, village.angus.id, date(2026, 9, 1), "{}", reason="", approved_by=village.tom.membership_id, **by
    )
    seal(session, village.angus.id, now=NOW)
    session.commit()
    with backend.owner_session() as owner:
        begin_log(owner, village.angus.id, 2, checkpoint=None, now=NOW)
        owner.commit()


@pytest.mark.usefixtures("lively")
@pytest.mark.parametrize("kind", LeafKind)
def test_a_leaf_has_just_the_fields_that_the_docs_specify(session, kind):
    source = SOURCES[kind]
    rows = session.execute(select(*source.columns).where(source.has_such_row)).all()
    leaves = [json.loads(source.encode(row, session.info["books_key"])) for row in rows]
    assert leaves
    assert {leaf.pop("leaf") for leaf in leaves} == {kind.value}
    assert all(set(leaf) == NAMES[kind.value] for leaf in leaves)
