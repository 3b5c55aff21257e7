"""Mutation tests of the code of the books, `ledger` and `bookkeeping`, by mutmut.

    python -m tests.mutation.code [--only 'timebank.bookkeeping.late*'] [--every N] [--again]

Mutants run on SQLite first, and those that survive on PostgreSQL too. Mutants that mypy rejects count neither as killed
nor as survived. Results are cached in `mutants/` and reused while the code is unchanged; `--again` deletes them. All
thousands take hours: `--every 4` runs every fourth, on both databases at once, and summarizes those.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path

from tests import scratch
from tests.mutation.guards import memory

_ROOT = Path(__file__).parents[2]
_MUTANTS = _ROOT / "mutants"
_LEAST_KILLED = 0.9
#: Exit codes that mutmut stores; any other means a crash, or that the tests did not run.
_KILLED, _SURVIVED, _NO_TESTS, _REFUSED = {1, 3}, {0}, {5, 33}, {37}
_TIMEOUT = {24, -24, 36, 152, 255}


def run(names: Sequence[str], *, every: int, processes: int) -> None:
    """Run mutmut on SQLite, then on both databases for the mutants that survived."""
    with tempfile.TemporaryDirectory(prefix="timebank-mutation-", dir=memory()) as folder:
        template = Path(folder) / "template.db"
        scratch.make_sqlite_books(template)
        with (
            scratch.postgresql_server(Path(folder)) as server,
            scratch.postgresql_books(server, "timebank_mutation") as (_web, owner),
        ):
            environment = {
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",  # mutmut looks mypy up on the PATH
                scratch.SQLITE_TEMPLATE: str(template),
                scratch.POSTGRESQL_TEMPLATE: str(owner.database),
                "TEST_DATABASE_URL": server.render_as_string(hide_password=False),
            }
            if every > 1:
                if not any(True for _result in _results()):
                    _mutmut(["timebank.ledger.entries.*"], environment, processes)  # generates all mutants
                _mutmut(
                    [name for name, _code in _results() if _is_selected(name, names)][::every], environment, processes
                )
                return
            _mutmut(names, {**environment, "PYTEST_ADDOPTS": "-k 'not postgresql'"}, processes)
            left = [name for name, code in _results() if code in _SURVIVED | _NO_TESTS and _is_selected(name, names)]
            if left:
                _mutmut(left, environment, processes)


def _mutmut(names: Sequence[str], environment: Mapping[str, str], processes: int) -> None:
    command = [str(Path(sys.executable).with_name("mutmut")), "run", "--max-children", str(processes), *names]
    subprocess.run(command, cwd=_ROOT, env={**os.environ, **environment}, check=True)


def _is_selected(name: str, names: Sequence[str]) -> bool:
    return not names or any(fnmatch(name, pattern) for pattern in names)


def _results() -> Iterator[tuple[str, int | None]]:
    """Yield (mutant, exit code of its tests) from mutmut's files; None if it has not run."""
    for path in sorted(_MUTANTS.rglob("*.py.meta")):
        yield from json.loads(path.read_text())["exit_code_by_key"].items()


def summary(*, whole_run: bool = True) -> tuple[list[str], bool]:
    """Return (lines of a table by module, whether enough mutants were killed).

    A whole run is not enough if it has mutants that did not run.
    """
    modules: dict[str, Counter[str]] = {}
    for name, code in _results():
        if code is None and not whole_run:
            continue
        module = name.rpartition(".")[0].removeprefix("timebank.")
        modules.setdefault(module, Counter())[_outcome(code)] += 1
    whole = sum(modules.values(), Counter())
    lines = [f"{'module':32} {'killed':>7} {'survived':>9} {'mypy':>6}"]
    lines += [_line(name, counts) for name, counts in sorted(modules.items())]
    lines.append(_line("all", whole))
    if whole["not run"]:
        lines.append(f"{whole['not run']} did not run")
    tested = whole["killed"] + whole["survived"]
    return lines, bool(tested) and not whole["not run"] and whole["killed"] / tested >= _LEAST_KILLED


def _outcome(code: int | None) -> str:
    if code is None:
        return "not run"
    if code in _REFUSED:
        return "mypy"
    return "killed" if code in _KILLED | _TIMEOUT else "survived"


def _line(name: str, counts: Counter[str]) -> str:
    tested = counts["killed"] + counts["survived"]
    share = f"{counts['killed'] / tested:7.1%}" if tested else ""
    return f"{name:32} {counts['killed']:7} {counts['survived']:9} {counts['mypy']:6} {share}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run mutmut and print a summary; return 1 if fewer than nine in ten mutants were killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", default=[], help="only mutants whose name matches this pattern")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="run every Nth of them only")
    parser.add_argument("--again", action="store_true", help="delete cached results")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    if options.again:
        shutil.rmtree(_MUTANTS, ignore_errors=True)
    run(options.only, every=options.every, processes=options.processes)
    lines, enough = summary(whole_run=options.every == 1)
    print(*lines, sep="\n")
    return int(not enough)


if __name__ == "__main__":
    raise SystemExit(main())
