"""Reading a spreadsheet that a page sent."""

import csv
import io


def cells(page):
    """Its rows, each a list of texts."""
    assert page.status == 200
    assert page.answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(page.html.removeprefix("\ufeff"), newline="")))
