"""The tree as the house rules read it: Python as syntax trees, so that a word in a docstring breaks no rule."""

import ast
from collections.abc import Iterator
from configparser import ConfigParser
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "timebank"
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"


def modules(folder: Path = PACKAGE) -> list[Path]:
    found = sorted(folder.rglob("*.py"))
    assert found, folder
    return found


def templates() -> list[Path]:
    found = sorted(TEMPLATES.rglob("*.html"))
    assert found
    return found


def place(path: Path, line: int | None = None) -> str:
    """Where something stands, as an editor opens it."""
    shown = (path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).as_posix()
    return shown if line is None else f"{shown}:{line}"


def line_count(path: Path) -> int:
    return len(path.read_text().splitlines())


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def attributes_called(path: Path) -> Iterator[tuple[ast.Call, str, str]]:
    """(call, what stands before the dot, the name after it) of every `x.y(…)`."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, ast.unparse(node.func.value), node.func.attr


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything a module imports; `from a import b` counts as a and as a.b."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{place(path, node.lineno)}: say whole names"
            yield node.lineno, node.module or ""
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def setup_cfg() -> ConfigParser:
    told = ConfigParser()
    told.read(ROOT / "setup.cfg")
    return told


def listed(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
