"""Mutation tests of the guards: each trigger, CHECK and unique key is removed or altered, and the tests must fail.

python -m tests.mutation.guards [--database sqlite] [--only PART_OF_ITS_NAME] [--list]
"""

import argparse
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mutation.mutants import Books, Equivalents, Mutant
from tests.mutation.postgresql import PostgresqlBooks
from tests.mutation.running import UnsoundError, check_sound, run_all
from tests.mutation.sqlite import SqliteBooks
from tests.scratch import make_sqlite_books, postgresql_books, postgresql_server

_PROGRESS_EVERY = 100
DATABASES = ("sqlite", "postgresql")


@contextmanager
def books_of(name: str) -> Iterator[Books]:
    """Yield the template of a database: migrated and empty."""
    with tempfile.TemporaryDirectory(prefix="timebank-guards-", dir=memory()) as folder:
        if name == "sqlite":
            path = Path(folder) / "template.db"
            make_sqlite_books(path)
            yield SqliteBooks(path)
            return
        with postgresql_server(Path(folder)) as server, postgresql_books(server, "timebank_guards") as (_web, owner):
            yield PostgresqlBooks(server, str(owner.database))


def memory() -> str | None:
    """Return a folder in memory, if the system has one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 (folders of our own are made in it)


def try_all(books: Books, mutants: Sequence[Mutant], equivalents: Equivalents, *, processes: int) -> list[Mutant]:
    """Run every mutant that is not listed as equivalent; return those that no test detected."""
    tried = [mutant for mutant in mutants if equivalents.reason(mutant) is None]
    undetected, by_file = list[Mutant](), Counter[str]()
    for number, (mutant, detected_by) in enumerate(run_all(books, tried, processes=processes, memory=memory()), 1):
        if detected_by is None:
            undetected.append(mutant)
            print(f"  not detected: {mutant}", flush=True)
        by_file[(detected_by or "nobody").partition("::")[0]] += 1
        if number % _PROGRESS_EVERY == 0:
            print(f"  {number} of {len(tried)} tried", flush=True)
    print(f"{books.name}: {len(tried) - len(undetected)} of {len(tried)} mutants detected;", end=" ")
    print(f"{len(mutants) - len(tried)} more are equivalent, each with its reason in equivalent.toml")
    for file, count in by_file.most_common():
        print(f"  {count:5} detected first by {file}")
    return undetected


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the mutants of both databases; return 1 if one is not detected, or one in equivalent.toml does not exist."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=DATABASES, action="append")
    parser.add_argument("--only", action="append", help="only mutants whose name contains this")
    parser.add_argument("--list", action="store_true", help="print the mutants without running them")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    equivalents, bad = Equivalents(), False
    for name in options.database or DATABASES:
        with books_of(name) as books:
            every = dict.fromkeys(books.mutants())
            mutants = [
                mutant for mutant in every if not options.only or any(part in str(mutant) for part in options.only)
            ]
            if options.list:
                print(*mutants, sep="\n")
                continue
            check_sound(books, memory=memory())
            bad |= bool(try_all(books, mutants, equivalents, processes=options.processes))
    if not (options.database or options.only or options.list) and equivalents.unused:
        print("equivalent.toml lists mutants that do not exist:", *sorted(equivalents.unused), sep="\n  ")
        bad = True
    return int(bad)


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except UnsoundError as error:
        raise SystemExit(str(error)) from error
