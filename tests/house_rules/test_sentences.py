"""Every error has its kind sentence, every sentence its error, and none is longer than a breath."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections import defaultdict
from types import ModuleType

import pytest

import timebank
from tests.house_rules.pages import messages
from tests.house_rules.tree import modules, parsed, place
from timebank.app import create_app
from timebank.bookkeeping import refusals
from timebank.config import read_settings
from timebank.errors import TimebankError
from timebank.ledger.errors import LedgerError
from timebank.web.sentences import SENTENCES, say

MOST_WORDS = 20
#: Said for two errors on purpose: what a role may not do, and what a side of an exchange may not do.
SHARED = {"not_allowed": {"NotAllowedError", "NotYoursError"}}
SOMETHING = "Ada"
_GAP = re.compile(r"%\((\w+)\)[sd]")


def _all_modules() -> list[ModuleType]:
    """Every module of the house; Alembic's own runner runs on import, so it is left to Alembic."""
    names = [found.name for found in pkgutil.walk_packages(timebank.__path__, "timebank.")]
    return [importlib.import_module(name) for name in names if name != "timebank.migrations.env"]


def _family(kind: type[TimebankError]) -> set[type[TimebankError]]:
    return {kind}.union(*(_family(child) for child in kind.__subclasses__()))


@pytest.fixture(scope="module")
def errors() -> dict[str, type[TimebankError]]:
    """Every error of the house, by its class's name."""
    assert len(_all_modules()) > 50
    kinds = [kind for kind in _family(TimebankError) - {TimebankError} if kind.__module__.startswith("timebank.")]
    named = {kind.__name__: kind for kind in kinds}
    assert len(named) == len(kinds) > 20, "two errors have one name"
    return named


@pytest.fixture(scope="module")
def in_the_web(tmp_path_factory):
    """A request's context: sentences are said in the reader's language."""
    settings = read_settings({"TIMEBANK_INSTANCE": str(tmp_path_factory.mktemp("instance"))})
    settings.make_keys()
    with create_app(settings).test_request_context("/"):
        yield


def _gaps(sentence: object) -> set[str]:
    return set(_GAP.findall(str(sentence)))


def _raised(errors: dict[str, type[TimebankError]]) -> dict[str, list[tuple[str, set[str]]]]:
    """{error's name: [(place, values given)]} of everywhere that the house makes one."""
    found = defaultdict(list)
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in errors:
                name = ast.unparse(node.func).rpartition(".")[2]
                found[name].append((place(path, node.lineno), {word.arg for word in node.keywords}))
            elif isinstance(node, ast.Raise) and node.exc and ast.unparse(node.exc).rpartition(".")[2] in errors:
                found[ast.unparse(node.exc).rpartition(".")[2]].append((place(path, node.lineno), set()))
    return found


def test_every_error_has_its_sentence(errors):
    missing = {name: kind.message_id for name, kind in errors.items() if kind.message_id not in SENTENCES}
    assert missing == {}


def test_every_sentence_has_its_error(errors):
    assert set(SENTENCES) - {kind.message_id for kind in errors.values()} == set()


def test_every_error_names_its_own_sentence(errors):
    """An error that inherits the sentence of its kind would say nothing of what happened."""
    silent = [name for name, kind in errors.items() if "message_id" not in vars(kind)]
    assert silent == []


def test_no_two_errors_share_a_sentence_by_accident(errors):
    by_id = defaultdict(set)
    for name, kind in errors.items():
        by_id[kind.message_id].add(name)
    assert {message_id: names for message_id, names in by_id.items() if len(names) > 1} == SHARED


def test_every_error_says_when_it_is_raised(errors):
    assert [name for name, kind in errors.items() if not inspect.getdoc(kind)] == []


def test_every_error_is_raised_somewhere(errors):
    """One that nobody raises is a sentence that nobody reads."""
    made = set(_raised(errors)) | {kind.__name__ for kind in refusals._RULES.values()}
    assert set(errors) - made - {LedgerError.__name__} == set()


def test_whoever_raises_an_error_fills_the_gaps_of_its_sentence(errors):
    lacking = [
        f"{where}: {name} lacks {sorted(missing)}"
        for name, places in _raised(errors).items()
        for where, given in places
        if (missing := _gaps(SENTENCES[errors[name].message_id]) - given)
    ]
    assert lacking == []


def test_what_the_database_refuses_needs_no_values():
    """It names the rule alone, so the sentence can have no gap."""
    assert {rule for rule in refusals._RULES if _gaps(SENTENCES[rule])} == set()


def test_an_errors_docstring_tells_the_values_of_its_sentence(errors):
    untold = [
        name
        for name, kind in errors.items()
        for gap in _gaps(SENTENCES[kind.message_id])
        if f"`{gap}`" not in (inspect.getdoc(kind) or "")
    ]
    assert untold == []


def test_every_sentence_can_be_said_with_what_is_raised(errors, in_the_web):
    for name, kind in errors.items():
        given = dict.fromkeys(_gaps(SENTENCES[kind.message_id]), SOMETHING)
        said = say(kind(**given))
        assert "%" not in said, name
        assert (SOMETHING in said) == bool(given), name


def test_values_that_no_gap_waits_for_do_no_harm(errors, in_the_web):
    for kind in errors.values():
        given = dict.fromkeys(_gaps(SENTENCES[kind.message_id]), SOMETHING)
        assert say(kind(**given, subject="exchange:K7M3Q2XZ"))


def test_what_somebody_typed_is_said_as_it_was_typed(errors, in_the_web):
    """A name with a percent sign in it is no gap."""
    assert "100 % Ada" in say(errors["SideNotActiveError"](name="100 % Ada"))


def _sentences_of(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.?!])\s+", text) if part]


@pytest.mark.parametrize("message_id", SENTENCES)
def test_a_refusal_is_said_in_a_breath(message_id, in_the_web):
    for sentence in _sentences_of(str(SENTENCES[message_id])):
        assert len(sentence.split()) <= MOST_WORDS, sentence


@pytest.mark.parametrize("message_id", SENTENCES)
def test_a_refusal_is_a_whole_sentence(message_id, in_the_web):
    said = str(SENTENCES[message_id])
    assert said[0].isupper() or said.startswith("%(")
    assert said[-1] in ".?"


def test_pages_speak_in_short_sentences_too():
    long = [
        f"{said.place}: {sentence}"
        for said in messages()
        for sentence in _sentences_of(said.words or "")
        if len(sentence.split()) > MOST_WORDS
    ]
    assert long == []


def test_no_sentence_shouts_or_blames():
    """Nobody is told off for what they typed."""
    harsh = re.compile(r"!|\b(error|invalid|illegal|failed|forbidden|wrong|must|denied)\b", re.IGNORECASE)
    found = [message_id for message_id, sentence in SENTENCES.items() if harsh.search(str(sentence))]
    assert found == []


def test_no_value_is_given_to_a_lazy_sentence():
    """A lazy string counts as safe markup in templates, so a value inside it would not be escaped."""
    given = []
    for path in modules():
        lazy = {
            alias.asname or alias.name
            for node in ast.walk(parsed(path))
            if isinstance(node, ast.ImportFrom) and node.module == "flask_babel"
            for alias in node.names
            if alias.name.startswith("lazy_")
        }
        given += [
            place(path, node.lineno)
            for node in ast.walk(parsed(path))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in lazy and node.keywords
        ]
    assert given == []
