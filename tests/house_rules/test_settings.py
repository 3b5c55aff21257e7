"""What an administrator can set or run stands in docs/operating.md; members read no bookkeeper's words."""

import ast
import re

import click
import pytest

from tests.house_rules.pages import messages, pages
from tests.house_rules.tree import PACKAGE, ROOT, modules, parsed, place
from timebank import config
from timebank.cli import main
from timebank.cli.lazy_group import LazyGroup
from timebank.web.sentences import SENTENCES

NO_CONTEXT = click.Context(main)
OPERATING = ROOT / "docs" / "operating.md"
BOOKKEEPERS_WORDS = re.compile(r"\b(debit|ledger|transaction|posting)s?\b", re.IGNORECASE)


def settings_read() -> list[str]:
    """Every TIMEBANK_… that the settings look up."""
    return sorted(
        {
            node.value
            for node in ast.walk(parsed(PACKAGE / "config.py"))
            if isinstance(node, ast.Constant) and re.fullmatch(r"TIMEBANK_[A-Z_]+", str(node.value))
        }
    )


def _operating() -> str:
    assert OPERATING.exists(), "docs/operating.md is missing"
    return OPERATING.read_text()


@pytest.mark.parametrize("name", settings_read())
def test_a_setting_stands_in_the_manual(name):
    assert re.search(rf"\b{name}\b", _operating())


@pytest.mark.parametrize("name", settings_read())
def test_a_setting_stands_where_settings_are_read(name):
    assert re.search(rf"^{name} ", config.__doc__ or "", re.MULTILINE)


def test_the_manual_names_no_setting_that_is_not_read():
    assert set(re.findall(r"TIMEBANK_[A-Z_]*[A-Z]", _operating())) <= set(settings_read())


def test_the_environment_is_read_in_one_place():
    reads = re.compile(r"^os\.(environ|getenv)$")
    found = [
        place(path, node.lineno)
        for path in modules()
        if path != PACKAGE / "config.py"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and reads.match(ast.unparse(node))
    ]
    assert found == []


def _commands() -> dict[str, click.Command]:
    """Every command by its words, such as 'import history'."""
    commands = dict[str, click.Command]()
    for name in main.list_commands(NO_CONTEXT):
        command = commands[name] = main.get_command(NO_CONTEXT, name)
        if isinstance(command, LazyGroup):
            below = (
                (further, command.get_command(NO_CONTEXT, further)) for further in command.list_commands(NO_CONTEXT)
            )
            commands |= {f"{name} {further}": found for further, found in below}
    return commands


@pytest.mark.parametrize("name", sorted(_commands()))
def test_a_command_stands_in_the_manual(name):
    assert f"timebank {name}" in _operating()


@pytest.mark.parametrize("name", sorted(_commands()))
def test_a_command_and_its_options_explain_themselves(name):
    command = _commands()[name]
    assert command.help
    options = [one for one in command.params if isinstance(one, click.Option)]
    assert [one.name for one in options if not one.help] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: place(page.path))
def test_members_read_no_bookkeepers_words_on_a_page(page):
    assert [(line, text) for line, text in page.shown() if BOOKKEEPERS_WORDS.search(text)] == []


def test_members_read_no_bookkeepers_words_in_what_is_said():
    assert [said for said in messages() if BOOKKEEPERS_WORDS.search(said.words or "")] == []


@pytest.mark.parametrize("message_id", SENTENCES)
def test_members_read_no_bookkeepers_words_in_a_refusal(message_id):
    assert not BOOKKEEPERS_WORDS.search(str(SENTENCES[message_id]))
