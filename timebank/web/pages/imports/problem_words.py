"""What is wrong with the lines of a file, in words for whoever chose it."""

from collections.abc import Sequence
from typing import NamedTuple

from flask_babel import gettext, lazy_gettext as _

from timebank.interchange import listings as sheets
from timebank.interchange.sheets import BadSheetError, Fault, Problem
from timebank.spelling import isolated

#: How many lines are named, and how many letters of a cell are said.
MOST_NAMED, _MOST_LETTERS = 20, 60
_WORDS = {
    Fault.NOT_UTF_8: _("This cannot be read. Save the spreadsheet once more, as “CSV UTF-8”."),
    Fault.COLUMNS_MISSING: _("Columns are missing: %(columns)s. The first line says: %(heading)s."),
    Fault.COLUMNS_TWICE: _("Columns stand there twice: %(columns)s. The first line says: %(heading)s."),
    Fault.OTHER_CELLS: _("It has %(cells)s cells, and the first line has %(columns)s. Is there a comma too many?"),
    Fault.UNREADABLE: _("This cannot be read. Is there a quotation mark without its second one, or a very long cell?"),
    Fault.BANK_MISSING: _("The name of the time bank is missing (timebank)."),
    Fault.NUMBER_MISSING: _("The number is missing (listing_id)."),
    Fault.KEY_TOO_LONG: _("The name of the time bank and the number are too long (timebank, listing_id)."),
    Fault.KIND_UNKNOWN: _("It has to be an offer or a request (type). Here it is: %(kind)s."),
    Fault.WORDS_MISSING: _("It does not say what it is about (description)."),
    Fault.CATEGORIES_UNREADABLE: _("These are not numbers with spaces between (category_ids): %(numbers)s."),
    Fault.NUMBER_TWICE: _("The number %(number)s stands on line %(first)s already (listing_id)."),
    Fault.SAME_SHORT_NAME: _("Is it %(timebank)s or %(other)s? Write a name in one way (timebank)."),
}


class SaidProblem(NamedTuple):
    """The line of a problem, counted from 1, and the sentence."""

    line: int
    sentence: str


class SaidProblems(NamedTuple):
    """The first problems of a file, how many more there are, and what is wrong with the file as a whole."""

    named: Sequence[SaidProblem] = ()
    more: int = 0
    of_file: str = ""


def find_problems(content: bytes, slug: str) -> SaidProblems | None:
    """Return what is wrong with a file for the bank with this slug; None for a good one."""
    try:
        rows = sheets.read(content, by_slug=False)
    except BadSheetError as error:
        named = [SaidProblem(problem.line, problem_words(problem)) for problem in error.problems[:MOST_NAMED]]
        return SaidProblems(named, max(len(error.problems) - MOST_NAMED, 0))
    if not rows:
        return SaidProblems(of_file=gettext("There is no offer and no request in this file."))
    if sheets.rows_for(rows, slug) is None:
        names = _shown(", ".join(sheets.shares_of(rows)))
        sentence = gettext("The file is of other time banks, and none of them is this one: %(names)s.", names=names)
        return SaidProblems(of_file=sentence)
    return None


def problem_words(problem: Problem) -> str:
    """Return the sentence of a problem, in the reader's language."""
    values = {name: _shown(value) for name, value in problem.values.items()}
    sentence = str(_WORDS[problem.fault]) % values if values else str(_WORDS[problem.fault])
    if not problem.values.get("divider"):
        return sentence
    advice = gettext("Its columns are not divided by commas: save the file with commas.")
    return f"{sentence} {advice}"


def _shown(value: object) -> object:
    """Return a value as a sentence has it: a text not too long, and nothing said as such."""
    if not isinstance(value, str):
        return value
    cut = value if len(value) <= _MOST_LETTERS else f"{value[:_MOST_LETTERS]}…"
    return isolated(cut) if cut else gettext("nothing")
