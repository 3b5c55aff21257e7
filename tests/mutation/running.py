"""Asking the tests of the books about one mutant after the other.

Each is asked in a process of its own, which is forked from one that has read all tests and run them on books without
a hole: so a mutant costs the tests up to the first that fails, and nothing to start them.
"""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.mutation.mutants import Books, Mutant

_ROOT = Path(__file__).parents[2]
#: What goes at the guards, those first that notice nearly all. Tests of reading the books would only take time.
_TESTS = (
    "bookkeeping/test_guards_*.py",
    "bookkeeping/test_tables.py",
    "bookkeeping/test_holds.py",
    "bookkeeping/test_closings.py",
    "trail/test_actions.py",
    "bookkeeping/test_posting.py",
    "bookkeeping/test_sealing.py",
    "bookkeeping/test_locks.py",
    "bookkeeping/test_race.py",
    "bookkeeping/test_twin_banks.py",
)
#: A mutant that makes the tests go on for ever is noticed too.
_LONGEST_SECONDS = 900
_POLL_SECONDS = 0.05
_SAID, _OUTPUT = "noticed_by", "output"


class UnsoundError(Exception):
    """The tests say nothing about mutants: they fail without one, or do not run."""


class _FirstFailure:
    """Begins with the tests that name the mutant's trigger, then its table, and writes down which failed first."""

    def __init__(self, path: Path, mutant: Mutant) -> None:
        self.path, self.mutant = path, mutant

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: (self.mutant.place not in item.name, f" {self.mutant.table} " not in item.name))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.path.exists():
            self.path.write_text(report.nodeid)


@dataclass
class _Asked:
    """A process that runs the tests on a mutant."""

    mutant: Mutant
    folder: tempfile.TemporaryDirectory[str]
    deadline: float

    def answer(self) -> str | None:
        """The test that noticed it."""
        said = Path(self.folder.name) / _SAID
        return said.read_text() if said.exists() else None


def check_sound(books: Books, *, memory: str | None) -> None:
    """Run all tests on books as they are, in this very process. Raises UnsoundError where they fail."""
    with tempfile.TemporaryDirectory(prefix="timebank-sound-", dir=memory) as folder:
        code = _run(books, Mutant(books.name, "", "", "as it is", ()), Path(folder))
        if code != pytest.ExitCode.OK:
            raise UnsoundError((Path(folder) / _OUTPUT).read_text()[-3000:])


def ask_all(
    books: Books, mutants: Sequence[Mutant], *, processes: int, memory: str | None
) -> Iterator[tuple[Mutant, str | None]]:
    """(mutant, the test that noticed it first), in the order in which answers come. Raises UnsoundError."""
    waiting, running = list(reversed(mutants)), dict[int, _Asked]()
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                pid, asked = _ask(books, waiting.pop(), memory)
                running[pid] = asked
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid in running:
                yield _answered(running.pop(pid), os.waitstatus_to_exitcode(status))
            elif not pid:
                time.sleep(_POLL_SECONDS)
                for late, asked in running.items():
                    if time.monotonic() > asked.deadline:
                        os.kill(late, signal.SIGKILL)
    finally:
        for pid, asked in running.items():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            asked.folder.cleanup()


def _ask(books: Books, mutant: Mutant, memory: str | None) -> tuple[int, _Asked]:
    folder = tempfile.TemporaryDirectory(prefix="timebank-mutant-", dir=memory)
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            code = _run(books, mutant, Path(folder.name))
        finally:
            os._exit(code)
    return pid, _Asked(mutant, folder, time.monotonic() + _LONGEST_SECONDS)


def _answered(asked: _Asked, code: int) -> tuple[Mutant, str | None]:
    with asked.folder:
        if code == -signal.SIGKILL:
            return asked.mutant, "it never ended"
        if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
            output = Path(asked.folder.name) / _OUTPUT
            message = f"{asked.mutant}\n{output.read_text()[-3000:] if output.exists() else code}"
            raise UnsoundError(message)
        return asked.mutant, asked.answer() or ("?" if code else None)


def _run(books: Books, mutant: Mutant, folder: Path) -> int:
    """Make the mutant and run the tests on it until one fails; what they print goes to a file."""
    with (folder / _OUTPUT).open("w") as output:
        kept = os.dup(1), os.dup(2)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        environment, before = books.make(mutant, folder), dict(os.environ)
        try:
            os.environ.update(environment, HYPOTHESIS_STORAGE_DIRECTORY=str(folder / "hypothesis"))
            return pytest.main(_command(books.name), plugins=[_FirstFailure(folder / _SAID, mutant)])
        finally:
            books.drop(environment)
            os.environ.clear()
            os.environ.update(before)
            sys.stdout.flush()
            os.dup2(kept[0], 1)
            os.dup2(kept[1], 2)


def _command(name: str) -> list[str]:
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[name]
    return ["-x", "-q", "-p", "no:cacheprovider", "-k", f"not {other}", "--rootdir", str(_ROOT), *_test_files()]


def _test_files() -> list[str]:
    return [str(path) for pattern in _TESTS for path in sorted((_ROOT / "tests").glob(pattern))]
