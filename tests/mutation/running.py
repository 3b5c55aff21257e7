"""Runs the tests of the books on one mutant after the other.

Each mutant runs in a child process, forked from one that has imported all tests and run them on an unchanged database.
So a mutant costs the tests up to the first failure, without the time to start them.
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
#: The tests that exercise guards; those that detect most come first. Tests of queries would only take time.
_TESTS = (
    "bookkeeping/test_guards_*.py",
    "bookkeeping/test_tables.py",
    "bookkeeping/test_holds.py",
    "bookkeeping/test_closings.py",
    "trail/test_actions.py",
    "bookkeeping/test_posting.py",
    "bookkeeping/sealing/test_actions.py",
    "bookkeeping/test_locks.py",
    "bookkeeping/test_race.py",
    "bookkeeping/test_twin_banks.py",
    "exchanges/test_confirming.py",
    "exchanges/test_domains.py",
)
#: A mutant on which the tests do not end within this time counts as detected.
_LONGEST_SECONDS = 900
_POLL_SECONDS = 0.05
_FAILURE, _OUTPUT = "first_failure", "output"


class UnsoundError(Exception):
    """The tests fail without a mutant, or do not run, so their result says nothing about mutants."""


class _FirstFailure:
    """A pytest plugin: tests that name the mutant's guard run first, then its table; the first failure is written."""

    def __init__(self, path: Path, mutant: Mutant) -> None:
        self.path, self.mutant = path, mutant

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: (self.mutant.guard not in item.name, f" {self.mutant.table} " not in item.name))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.path.exists():
            self.path.write_text(report.nodeid)


@dataclass
class _Child:
    """A child process that runs the tests on a mutant."""

    mutant: Mutant
    folder: tempfile.TemporaryDirectory[str]
    deadline: float

    def first_failure(self) -> str | None:
        """Return the id of the test that failed first, if any."""
        path = Path(self.folder.name) / _FAILURE
        return path.read_text() if path.exists() else None


def check_sound(books: Books, *, memory: str | None) -> None:
    """Run all tests without a mutant, in this process. Raises UnsoundError if they fail."""
    with tempfile.TemporaryDirectory(prefix="timebank-sound-", dir=memory) as folder:
        code = _run(books, Mutant(books.name, "", "", "as it is", ()), Path(folder))
        if code != pytest.ExitCode.OK:
            raise UnsoundError((Path(folder) / _OUTPUT).read_text()[-3000:])


def run_all(
    books: Books, mutants: Sequence[Mutant], *, processes: int, memory: str | None
) -> Iterator[tuple[Mutant, str | None]]:
    """Yield (mutant, the test that detected it, if any) in order of completion. Raises UnsoundError."""
    waiting, running = list(reversed(mutants)), dict[int, _Child]()
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                pid, child = _start(books, waiting.pop(), memory)
                running[pid] = child
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid in running:
                yield _result(running.pop(pid), os.waitstatus_to_exitcode(status))
            elif not pid:
                time.sleep(_POLL_SECONDS)
                for running_pid, child in running.items():
                    if time.monotonic() > child.deadline:
                        os.kill(running_pid, signal.SIGKILL)
    finally:
        for pid, child in running.items():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            child.folder.cleanup()


def _start(books: Books, mutant: Mutant, memory: str | None) -> tuple[int, _Child]:
    folder = tempfile.TemporaryDirectory(prefix="timebank-mutant-", dir=memory)
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            code = _run(books, mutant, Path(folder.name))
        finally:
            os._exit(code)
    return pid, _Child(mutant, folder, time.monotonic() + _LONGEST_SECONDS)


def _result(child: _Child, code: int) -> tuple[Mutant, str | None]:
    with child.folder:
        if code == -signal.SIGKILL:
            return child.mutant, "timeout"
        if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
            output = Path(child.folder.name) / _OUTPUT
            message = f"{child.mutant}\n{output.read_text()[-3000:] if output.exists() else code}"
            raise UnsoundError(message)
        return child.mutant, child.first_failure() or ("?" if code else None)


def _run(books: Books, mutant: Mutant, folder: Path) -> int:
    """Create the mutant and run the tests until one fails, with their output in a file; return pytest's exit code."""
    with (folder / _OUTPUT).open("w") as output:
        saved = os.dup(1), os.dup(2)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        environment, before = books.make(mutant, folder), dict(os.environ)
        try:
            os.environ.update(environment, HYPOTHESIS_STORAGE_DIRECTORY=str(folder / "hypothesis"))
            return pytest.main(_command(books.name), plugins=[_FirstFailure(folder / _FAILURE, mutant)])
        finally:
            books.drop(environment)
            os.environ.clear()
            os.environ.update(before)
            sys.stdout.flush()
            os.dup2(saved[0], 1)
            os.dup2(saved[1], 2)


def _command(name: str) -> list[str]:
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[name]
    return ["-x", "-q", "-p", "no:cacheprovider", "-k", f"not {other}", "--rootdir", str(_ROOT), *_test_files()]


def _test_files() -> list[str]:
    return [str(path) for pattern in _TESTS for path in sorted((_ROOT / "tests").glob(pattern))]
