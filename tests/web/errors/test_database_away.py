"""While the database does not answer, every address says so calmly, and nothing is called wrong that is not."""

import pytest
from sqlalchemy.exc import OperationalError

from timebank.audit import checks


def _away(*_given, **_named):
    asked = "SELECT"
    raise OperationalError(asked, {}, ConnectionError())


@pytest.mark.parametrize(("path", "status"), [("", 503), ("hours", 503), ("no-such-page", 404)])
def test_a_page_says_calmly_that_the_books_cannot_be_reached(as_, village, monkeypatch, path, status):
    ada = as_(village.ada)
    monkeypatch.setattr("timebank.web.access.find_bank", _away)
    monkeypatch.setattr("timebank.web.errors.find_bank", _away)
    page = ada.get(path)
    assert page.status == status
    assert "Traceback" not in page.html
    if status == 503:
        assert "No hours have moved" in page


def test_books_that_cannot_be_reached_are_not_called_wrong(session):
    with pytest.raises(OperationalError):
        list(checks.check_books(session, (_away,)))
