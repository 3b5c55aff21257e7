"""The books as plain-text accounting, for programs that know nothing of us and reckon everything anew.

hledger 1.25 or later (https://hledger.org/hledger.html) and beancount 3 (https://beancount.github.io/docs): minutes
are the whole-number commodity MIN. What the books say each balance is stands beside it as a claim, which the program
either finds true or names.
"""

import re
from collections.abc import Iterator

from timebank.interchange.books import Balances, Books, Written

#: Beancount has five kinds of accounts, whose names can be chosen; we use three.
_ROOTS = {"assets": "Members", "liabilities": "Groups", "equity": "Bank", "income": "UnusedIn", "expenses": "UnusedOut"}
_ENDS = re.compile(r"[%,\x00-\x1f]")


def hledger(books: Books) -> Iterator[str]:
    """A journal: after every posting the account's balance is claimed."""
    yield f"; {_title(books)}\ncommodity 1000. MIN\n"
    for account in books.accounts:
        yield f"account {account.name}{_comment(holder=account.holder)}\n"
    is_first = books.first is not None
    for piece in books.read():
        if isinstance(piece, Written):
            yield _hledger_entry(piece)
        elif is_first:
            yield _hledger_opening(piece)
        is_first = False


def _hledger_entry(entry: Written) -> str:
    lines = [f"\n{entry.posted_on} {entry.kind}{_comment(**_tags(entry))}\n"]
    for line in entry.lines:
        mirrors = _comment(mirrors=str(line.mirrors or ""))
        lines += (
            f"    {line.source}  {-line.minutes} MIN = {line.source_after} MIN{mirrors}\n",
            f"    {line.target}  {line.minutes} MIN = {line.target_after} MIN\n",
        )
    return "".join(lines)


def _hledger_opening(balances: Balances) -> str:
    lines = [
        f"    {name}  {minutes} MIN = {minutes} MIN\n" for name, minutes in sorted(balances.minutes.items()) if minutes
    ]
    return f"\n{balances.day} balances before\n{''.join(lines)}" if lines else ""


def _comment(**tags: str) -> str:
    """A comment of tags. What would end a tag or the comment, such as a comma, is written as in an address."""
    said = ", ".join(f"{name}:{_ENDS.sub(_as_in_an_address, text)}" for name, text in tags.items() if text)
    return f"  ; {said}" if said else ""


def _as_in_an_address(found: re.Match[str]) -> str:
    return f"%{ord(found[0]):02X}"


def beancount(books: Books) -> Iterator[str]:
    """A file in which balances are claimed at each change of month, and all of them at the end."""
    yield f";; {_title(books)}\n"
    for root, name in _ROOTS.items():
        yield f'option "name_{root}" "{name}"\n'
    yield 'option "operating_currency" "MIN"\n'
    for account in books.accounts:
        yield f"{books.opens_on} open {account.name} MIN\n{_metadata(holder=account.holder)}"
    is_first, month, moved = books.first is not None, books.opens_on.replace(day=1), dict[str, int]()
    for piece in books.read():
        if isinstance(piece, Balances):
            yield _beancount_opening(piece) if is_first else _claims(piece)
        else:
            if piece.posted_on.replace(day=1) != month:
                month = piece.posted_on.replace(day=1)
                yield _claims(Balances(month, moved))
                moved.clear()
            yield _beancount_entry(piece)
            for line in piece.lines:
                moved[line.source], moved[line.target] = line.source_after, line.target_after
        is_first = False


def _beancount_entry(entry: Written) -> str:
    lines = [f"\n{entry.posted_on} * {_quoted(entry.words or entry.kind)}\n", _metadata(**_tags(entry))]
    for line in entry.lines:
        lines.append(f"  {line.source}  {-line.minutes} MIN\n")
        if line.mirrors:
            lines.append(f"    mirrors: {line.mirrors}\n")
        lines.append(f"  {line.target}  {line.minutes} MIN\n")
    return "".join(lines)


def _beancount_opening(balances: Balances) -> str:
    lines = [f"  {name}  {minutes} MIN\n" for name, minutes in sorted(balances.minutes.items()) if minutes]
    return f'\n{balances.day} * "balances before"\n{"".join(lines)}' if lines else ""


def _claims(balances: Balances) -> str:
    lines = [f"{balances.day} balance {name}  {minutes} MIN\n" for name, minutes in sorted(balances.minutes.items())]
    return "".join(["\n", *lines])


def _metadata(**tags: str) -> str:
    return "".join(f"  {name}: {_quoted(text)}\n" for name, text in tags.items() if text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _tags(entry: Written) -> dict[str, str]:
    """What is known of an entry, by the names that it has in every format."""
    return {
        "key": entry.key,
        "kind": entry.kind,
        "occurred_on": entry.occurred_on.isoformat(),
        "recorded_at": entry.recorded_at.isoformat(),
        "recorded_by": entry.recorded_by,
        "on_behalf_of": entry.on_behalf_of,
        "approved_by": entry.approved_by,
        "reverses": entry.reverses,
        "words": entry.words,
    }


def _title(books: Books) -> str:
    """The bank, the period by day of posting, and the unit."""
    since = f" from {books.first}" if books.first else ""
    until = f" to {books.last}" if books.last else ""
    name = " ".join(books.bank.name.split())
    return f"The books of {name}{since}{until}, by day of posting. 1 MIN is one minute of help."
