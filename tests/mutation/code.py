"""Does anybody notice a wrong in the code of the books? mutmut makes thousands in `ledger` and `bookkeeping`.

    python -m tests.mutation.code [--only 'timebank.bookkeeping.late*'] [--every N] [--again]

First the tests are asked on SQLite, then those that survived on PostgreSQL too. What mypy refuses never gets as far as
a test, and counts neither as killed nor as survived. What is settled is kept in `mutants/` and asked again only where
the code changed; `--again` begins anew. Thousands take hours: `--every 4` asks every fourth, of every function some,
on both databases at once, and sums those up.
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
#: How mutmut writes down what came of a mutant; what is not here is a failure of the tests to run, or a crash.
_KILLED, _SURVIVED, _NO_TESTS, _REFUSED = {1, 3}, {0}, {5, 33}, {37}
_TIMEOUT = {24, -24, 36, 152, 255}


def run(names: Sequence[str], *, every: int, processes: int) -> None:
    """Let mutmut make its mutants and run the tests on them: on SQLite, and where that tells nothing, on both."""
    with tempfile.TemporaryDirectory(prefix="timebank-mutation-", dir=memory()) as folder:
        template = Path(folder) / "template.db"
        scratch.make_sqlite_books(template)
        with (
            scratch.postgresql_server(Path(folder)) as server,
            scratch.postgresql_books(server, "timebank_mutation") as (_web, owner),
        ):
            environment = {
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",  # mutmut calls mypy by its name
                scratch.SQLITE_TEMPLATE: str(template),
                scratch.POSTGRESQL_TEMPLATE: str(owner.database),
                "TEST_DATABASE_URL": server.render_as_string(hide_password=False),
            }
            if every > 1:
                if not any(True for _answer in _answers()):
                    _mutmut(["timebank.ledger.entries.*"], environment, processes)  # now all have been made
                _mutmut([name for name, _code in _answers() if _is_asked(name, names)][::every], environment, processes)
                return
            _mutmut(names, {**environment, "PYTEST_ADDOPTS": "-k 'not postgresql'"}, processes)
            left = [name for name, code in _answers() if code in _SURVIVED | _NO_TESTS and _is_asked(name, names)]
            if left:
                _mutmut(left, environment, processes)


def _mutmut(names: Sequence[str], environment: Mapping[str, str], processes: int) -> None:
    command = [str(Path(sys.executable).with_name("mutmut")), "run", "--max-children", str(processes), *names]
    subprocess.run(command, cwd=_ROOT, env={**os.environ, **environment}, check=True)


def _is_asked(name: str, names: Sequence[str]) -> bool:
    return not names or any(fnmatch(name, pattern) for pattern in names)


def _answers() -> Iterator[tuple[str, int | None]]:
    """(mutant, how its tests ended) as mutmut left them."""
    for path in sorted(_MUTANTS.rglob("*.py.meta")):
        yield from json.loads(path.read_text())["exit_code_by_key"].items()


def summary(*, whole_run: bool = True) -> tuple[list[str], bool]:
    """(lines to print: a module each and the whole; whether enough were killed).

    Of a whole run those that were not asked are counted too, and too many.
    """
    modules: dict[str, Counter[str]] = {}
    for name, code in _answers():
        if code is None and not whole_run:
            continue
        module = name.rpartition(".")[0].removeprefix("timebank.")
        modules.setdefault(module, Counter())[_said(code)] += 1
    whole = sum(modules.values(), Counter())
    lines = [f"{'module':32} {'killed':>7} {'survived':>9} {'mypy':>6}"]
    lines += [_line(name, counts) for name, counts in sorted(modules.items())]
    lines.append(_line("all", whole))
    if whole["not asked"]:
        lines.append(f"{whole['not asked']} were not asked")
    asked = whole["killed"] + whole["survived"]
    return lines, bool(asked) and not whole["not asked"] and whole["killed"] / asked >= _LEAST_KILLED


def _said(code: int | None) -> str:
    if code is None:
        return "not asked"
    if code in _REFUSED:
        return "mypy"
    return "killed" if code in _KILLED | _TIMEOUT else "survived"


def _line(name: str, counts: Counter[str]) -> str:
    asked = counts["killed"] + counts["survived"]
    share = f"{counts['killed'] / asked:7.1%}" if asked else ""
    return f"{name:32} {counts['killed']:7} {counts['survived']:9} {counts['mypy']:6} {share}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run mutmut and sum up; gives 1 where fewer than nine of ten were killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", default=[], help="just the mutants whose name fits this pattern")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="ask every Nth of them only")
    parser.add_argument("--again", action="store_true", help="forget what was settled before")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    said = parser.parse_args(arguments)
    if said.again:
        shutil.rmtree(_MUTANTS, ignore_errors=True)
    run(said.only, every=said.every, processes=said.processes)
    lines, enough = summary(whole_run=said.every == 1)
    print(*lines, sep="\n")
    return int(not enough)


if __name__ == "__main__":
    raise SystemExit(main())
