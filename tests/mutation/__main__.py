"""`make mutation`: the code of the books, then their guards on both databases. See `code` and `guards`."""

from tests.mutation import code, guards

if __name__ == "__main__":
    ended = [code.main([]), guards.main([])]
    raise SystemExit(max(ended))
