"""What the columns of exchanges take, by their domains on PostgreSQL; on SQLite the tables have these as CHECKs."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from timebank.actors import How
from timebank.exchanges.rules import Deed, State

TAKEN = {
    "exchange_state": list(State),
    "exchange_deed": list(Deed),
    "how": list(How),
    "exchange_minutes": [0, 1, 1439, 1440],
    "extra_minutes": [0, 1, 599, 600],
}
REFUSED = {
    "exchange_state": ["", "Proposed", "gone"],
    "exchange_deed": ["", "Record", "pay"],
    "how": ["", "Phone", "letter"],
    "exchange_minutes": [-1, 1441],
    "extra_minutes": [-1, 601],
}


def cast(backend, domain, value):
    if backend.name != "postgresql":
        pytest.skip("SQLite has no domains")
    with backend.session() as session:
        return session.scalar(text(f"SELECT CAST(:value AS {domain})"), {"value": value})


@pytest.mark.parametrize(("domain", "value"), [(domain, value) for domain in TAKEN for value in TAKEN[domain]])
def test_a_domain_takes_what_the_rules_know(backend, domain, value):
    assert cast(backend, domain, value) == value


@pytest.mark.parametrize(("domain", "value"), [(domain, value) for domain in REFUSED for value in REFUSED[domain]])
def test_a_domain_takes_nothing_else(backend, domain, value):
    with pytest.raises(IntegrityError):
        cast(backend, domain, value)
