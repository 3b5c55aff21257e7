"""No cell runs as a formula, whichever sign a spreadsheet takes for a separator."""

import csv
import io
import re

import pytest

from timebank.interchange.cells import harmless

FORMULA = re.compile(r"""\s*"?\s*[=+\-@\uff1d\uff0b\uff0d\uff20]""")
SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
SEPARATORS = (";", "\t", "|", "\n", "\r", "\r\n", "; ", ';"', ';""', "\t \t", ";;")
DELIMITERS = (",", ";", "\t", "|")


def _opened(text, delimiter):
    """Return the cells of a line with this text between two others, as a spreadsheet with this separator reads it."""
    sheet = io.StringIO()
    csv.writer(sheet).writerow(["a", harmless(text), "b"])
    return [cell for row in csv.reader(io.StringIO(sheet.getvalue(), newline=""), delimiter=delimiter) for cell in row]


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("separator", ["", *SEPARATORS])
@pytest.mark.parametrize("sign", SIGNS)
def test_no_cell_begins_with_a_formula(sign, separator, delimiter):
    for text in (f"x{separator}{sign}1+1", f"{separator}{sign}1+1", f"{separator}{separator}{sign}1{separator}{sign}2"):
        if separator or text.startswith(sign):
            assert [cell for cell in _opened(text, delimiter) if FORMULA.match(cell)] == []


@pytest.mark.parametrize(
    "text", ["Hedge, and 2 - 3 trees", "a; b", "10 + 5", "m@x.org; home", "x=1", "Tea & cake | both"]
)
def test_plain_words_stay_as_they_are(text):
    assert harmless(text) == text


def test_the_guard_of_a_line_that_opens_wrongly_would_be_noticed():
    assert [cell for cell in next(csv.reader(["a,x;=1+1,b"], delimiter=";")) if FORMULA.match(cell)] == ["=1+1,b"]
