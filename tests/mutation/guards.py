"""Does anybody notice a hole in the guards? Each is left out or turned round, one at a time, and the tests are asked.

python -m tests.mutation.guards [--database sqlite] [--only PART_OF_ITS_NAME] [--list]
"""

import argparse
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mutation.asking import UnsoundError, ask_all, check_sound
from tests.mutation.mutants import Books, Equivalents, Mutant
from tests.mutation.postgresql import PostgresqlBooks
from tests.mutation.sqlite import SqliteBooks
from tests.scratch import make_sqlite_books, postgresql_books, postgresql_server

_TOLD_EVERY = 100
DATABASES = ("sqlite", "postgresql")


@contextmanager
def books_of(name: str) -> Iterator[Books]:
    """The template of a database, which is migrated and holds no rows."""
    with tempfile.TemporaryDirectory(prefix="timebank-guards-", dir=memory()) as folder:
        if name == "sqlite":
            path = Path(folder) / "template.db"
            make_sqlite_books(path)
            yield SqliteBooks(path)
            return
        with postgresql_server(Path(folder)) as server, postgresql_books(server, "timebank_guards") as (_web, owner):
            yield PostgresqlBooks(server, str(owner.database))


def memory() -> str | None:
    """A folder that is no disk, where there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 (folders of our own are made in it)


def try_all(books: Books, mutants: Sequence[Mutant], equivalents: Equivalents, *, processes: int) -> list[Mutant]:
    """Try every mutant that somebody could notice; gives those that nobody did."""
    tried = [mutant for mutant in mutants if equivalents.reason(mutant) is None]
    unnoticed, by_file = list[Mutant](), Counter[str]()
    for number, (mutant, noticed_by) in enumerate(ask_all(books, tried, processes=processes, memory=memory()), 1):
        if noticed_by is None:
            unnoticed.append(mutant)
            print(f"  not noticed: {mutant}", flush=True)
        by_file[(noticed_by or "nobody").partition("::")[0]] += 1
        if number % _TOLD_EVERY == 0:
            print(f"  {number} of {len(tried)} tried", flush=True)
    print(f"{books.name}: {len(tried) - len(unnoticed)} of {len(tried)} holes in the guards noticed;", end=" ")
    print(f"{len(mutants) - len(tried)} more are none, each with its reason in equivalent.toml")
    for file, count in by_file.most_common():
        print(f"  {count:5} noticed first by {file}")
    return unnoticed


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the guards of both databases; gives 1 where a hole is not noticed, or a listed reason is about nothing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=DATABASES, action="append")
    parser.add_argument("--only", action="append", help="just the mutants whose name has this in it")
    parser.add_argument("--list", action="store_true", help="name the mutants and try none")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    said = parser.parse_args(arguments)
    equivalents, bad = Equivalents(), False
    for name in said.database or DATABASES:
        with books_of(name) as books:
            found = dict.fromkeys(books.mutants())
            mutants = [one for one in found if not said.only or any(part in str(one) for part in said.only)]
            if said.list:
                print(*mutants, sep="\n")
                continue
            check_sound(books, memory=memory())
            bad |= bool(try_all(books, mutants, equivalents, processes=said.processes))
    if not (said.database or said.only or said.list) and equivalents.unused:
        print("equivalent.toml gives reasons for what is no mutant:", *sorted(equivalents.unused), sep="\n  ")
        bad = True
    return int(bad)


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except UnsoundError as error:
        raise SystemExit(str(error)) from error
