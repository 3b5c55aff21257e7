"""Drafts at the question that a test is about."""

import pytest

from timebank.codes import heard, spoken
from timebank.exchanges import drafts
from timebank.exchanges.drafts import Purpose
from timebank.exchanges.models import Draft
from timebank.exchanges.rules import Side


@pytest.fixture
def draft(backend, village):
    """`draft(what='Gardening')` is Ada's own: she helped Grace. Gives its code as it is spoken."""

    def start(*, purpose=Purpose.RECORD, side=Side.GIVER, **answers):
        with backend.session() as session:
            made = drafts.start(session, village.ada, purpose, side, now=village.angus.opened_at)
            made.other_account_id = village.grace.account_id
            for name, answer in answers.items():
                setattr(made, name, answer)
            session.commit()
            return spoken(made.code)

    return start


@pytest.fixture
def kept(backend, village):
    """The draft under a code as it is kept."""

    def find(code) -> Draft:
        with backend.session() as session:
            found = drafts.find(session, village.ada, heard(code))
            assert found is not None
            return found

    return find
