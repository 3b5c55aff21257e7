"""The words of the command line for what is wrong with a line of an imported file."""

from timebank.interchange.sheets import Divider, Fault, Problem

_DIVIDERS = {Divider.SEMICOLONS: "semicolons", Divider.TABS: "tabs", Divider.STROKES: "strokes"}
_PLAIN = {
    Fault.NOT_UTF_8: "this is not UTF-8",
    Fault.COLUMNS_MISSING: "there is no column {columns}; the columns, divided by commas, are: {heading}{advice}",
    Fault.COLUMNS_TWICE: "column {columns} stands twice; the columns, divided by commas, are: {heading}{advice}",
    Fault.OTHER_CELLS: "there are {cells} cells, but {columns} columns",
    Fault.UNREADABLE: "the line cannot be read: {error}",
    Fault.BANK_MISSING: "timebank is missing",
    Fault.NUMBER_MISSING: "listing_id is missing",
    Fault.KEY_TOO_LONG: "timebank and listing_id are too long",
    Fault.KIND_UNKNOWN: "type is {kind}; it has to be offer or request",
    Fault.WORDS_MISSING: "description is empty",
    Fault.CATEGORIES_UNREADABLE: "category_ids are no numbers: {numbers}",
    Fault.NUMBER_TWICE: "listing_id {number} stands on line {first} already",
    Fault.NO_SHORT_NAME: "{timebank} gives no short name: say one with --bank",
    Fault.SAME_SHORT_NAME: "{timebank} and {other} would have one short name",
    Fault.IN_WORDS: "{what}",
}
#: What is said in place of a value that is empty.
_EMPTY = {"kind": "missing", "heading": "none", "timebank": "timebank"}


def plain_words(problem: Problem) -> str:
    """Return the message of a problem, without its line."""
    values = {name: value or _EMPTY.get(name, value) for name, value in problem.values.items()}
    divider = problem.values.get("divider")
    advice = (
        f". They seem to be divided by {_DIVIDERS[Divider(str(divider))]}: save the file with commas" if divider else ""
    )
    return _PLAIN[problem.fault].format(**{**values, "advice": advice})


def problem_line(problem: Problem) -> str:
    """Return the line that the command prints for a problem."""
    return f"line {problem.line}: {plain_words(problem)}"
