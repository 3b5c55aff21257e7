"""A day that a field begins with is understood when it is sent back."""

from datetime import date

import pytest
from flask_babel import force_locale

from timebank.web.days import day_as_typed, read_day


@pytest.mark.parametrize("locale", ["en_GB", "de", "fr", "es", "pl", "cs"])
@pytest.mark.parametrize("day", [date(2026, 1, 31), date(2026, 5, 1), date(2026, 12, 12), date(2028, 2, 29)])
def test_a_day_in_a_field_is_read_back(app, locale, day):
    with app.test_request_context(), force_locale(locale):
        assert read_day(day_as_typed(day)) == day
