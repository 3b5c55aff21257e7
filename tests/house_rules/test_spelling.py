"""Names and words are compared, tested for emptiness and taken in by `timebank/spelling.py` and by no other way."""

import ast

import click
import pytest

from tests.house_rules.tree import PACKAGE, modules, parsed, place
from timebank.cli import main
from timebank.cli.installation import WORDS

#: Modules that change the case of what is no name and no word, each with what it is.
OTHER_THAN_WORDS = {
    "cli/checking.py": "a verdict, for a terminal",
    "codes.py": "the letters of a code",
    "doctor/records.py": "names of the DNS and terms of SPF",
    "ledger/hours.py": "units of time",
    "listings/categories.py": "the letters of a key",
    "notices/texts.py": "the letters of a text message",
    "emails.py": "an e-mail address",
    "spelling.py": "the folding itself",
    "notices/replies.py": "what headers of programs say",
    "notices/return_paths.py": "letters of a token",
    "notices/returned_mail.py": "names of fields and their values",
    "worker/mailbox.py": "names of what a server can do",
    "words/stems.py": "the names of pictures",
    "web/attachments.py": "the name of a file in a header",
    "web/bodies.py": "the name of a charset",
    "web/days.py": "digits between their separators",
    "web/forms.py": "units of time",
    "web/week.py": "a part of the day, in the middle of a sentence",
    "web/request_log.py": "a level of the log",
}
CASE = frozenset({"casefold", "lower", "upper", "swapcase"})


def _changes_case(node):
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CASE and not node.args
    )


def _imports_unicode(node):
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
    return "unicodedata" in [*names, getattr(node, "module", None)]


def _files(is_such):
    return {
        path.relative_to(PACKAGE).as_posix()
        for path in modules()
        if any(is_such(node) for node in ast.walk(parsed(path)))
    }


def test_names_and_words_are_folded_in_one_place():
    assert _files(lambda node: _changes_case(node) or _imports_unicode(node)) == set(OTHER_THAN_WORDS)


def _conditions(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert):
            yield node.test
        elif isinstance(node, ast.BoolOp):
            yield from node.values
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node.operand
        elif isinstance(node, ast.comprehension):
            yield from node.ifs
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "bool":
            yield from node.args


def _is_strip(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "strip"


def test_a_text_is_empty_where_nothing_of_it_can_be_seen():
    """`strip` leaves signs that nobody sees; `is_blank` does not."""
    of_terminals = {"archives.py", "restoring.py", "verifying.py"}  # lines of files and of other programs
    stripped = [
        place(path, condition.lineno)
        for path in modules()
        if path.name not in of_terminals
        for condition in _conditions(parsed(path))
        if _is_strip(condition) and not condition.args
    ]
    assert stripped == ["timebank/migrations/guards.py:40"]  # statements of SQL


def _commands(command, path=()):
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            yield from _commands(command.get_command(click.Context(command), name), (*path, name))
    else:
        yield path, command


def test_the_command_line_cleans_every_text_that_it_takes():
    as_typed = [
        f"{' '.join(path)} {parameter.name}"
        for path, command in _commands(main)
        for parameter in command.params
        if parameter.type is click.STRING
    ]
    assert as_typed == []


@pytest.mark.parametrize(("typed", "kept"), [("Angus\u202e\udcff Time\u00a0 Bank", "Angus Time Bank"), ("\u200d", "")])
def test_what_it_takes_is_tidy(typed, kept):
    assert WORDS.convert(typed, None, None) == kept
