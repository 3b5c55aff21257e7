"""`make mutation`: mutation tests of the books' code, then of their guards on both databases. See `code`, `guards`."""

from tests.mutation import code, guards

if __name__ == "__main__":
    ended = [code.main([]), guards.main([])]
    raise SystemExit(max(ended))
