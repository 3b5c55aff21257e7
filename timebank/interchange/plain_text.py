"""Export as plain-text accounting, so that other programs can recompute every balance.

Formats: hledger 1.25 or later (https://hledger.org/hledger.html) and beancount 3 (https://beancount.github.io/docs).
Minutes are the whole-number commodity MIN. The stored balances are written as balance assertions, which those programs
verify.
"""

import re
from collections.abc import Iterator

from timebank.interchange.books import Balances, ExportedBooks, ExportedEntry

#: Beancount has five root accounts with configurable names; three are used.
_ROOTS = {"assets": "Members", "liabilities": "Groups", "equity": "Bank", "income": "UnusedIn", "expenses": "UnusedOut"}
_ENDS = re.compile(r"[%,\x00-\x1f]")


def hledger(books: ExportedBooks) -> Iterator[str]:
    """Yield an hledger journal, with a balance assertion on every posting."""
    yield f"; {_title(books)}\ncommodity 1000. MIN\n"
    for account in books.accounts:
        yield f"account {account.name}{_comment(holder=account.holder)}\n"
    is_first = books.first is not None
    for piece in books.read():
        if isinstance(piece, ExportedEntry):
            yield _hledger_entry(piece)
        elif is_first:
            yield _hledger_opening(piece)
        is_first = False


def _hledger_entry(entry: ExportedEntry) -> str:
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
    """Return the tags as an hledger comment; characters that would end a tag or the comment are percent-encoded."""
    comment = ", ".join(f"{name}:{_ENDS.sub(_percent_encoded, text)}" for name, text in tags.items() if text)
    return f"  ; {comment}" if comment else ""


def _percent_encoded(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"


def beancount(books: ExportedBooks) -> Iterator[str]:
    """Yield a beancount file, with balance assertions of changed accounts each month and of all accounts at the end."""
    yield f";; {_title(books)}\n"
    for root, name in _ROOTS.items():
        yield f'option "name_{root}" "{name}"\n'
    yield 'option "operating_currency" "MIN"\n'
    for account in books.accounts:
        yield f"{books.opens_on} open {account.name} MIN\n{_metadata(holder=account.holder)}"
    is_first, month, moved = books.first is not None, books.opens_on.replace(day=1), dict[str, int]()
    for piece in books.read():
        if isinstance(piece, Balances):
            yield _beancount_opening(piece) if is_first else _assertions(piece)
        else:
            if piece.posted_on.replace(day=1) != month:
                month = piece.posted_on.replace(day=1)
                yield _assertions(Balances(month, moved))
                moved.clear()
            yield _beancount_entry(piece)
            for line in piece.lines:
                moved[line.source], moved[line.target] = line.source_after, line.target_after
        is_first = False


def _beancount_entry(entry: ExportedEntry) -> str:
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


def _assertions(balances: Balances) -> str:
    lines = [f"{balances.day} balance {name}  {minutes} MIN\n" for name, minutes in sorted(balances.minutes.items())]
    return "".join(["\n", *lines])


def _metadata(**tags: str) -> str:
    return "".join(f"  {name}: {_quoted(text)}\n" for name, text in tags.items() if text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _tags(entry: ExportedEntry) -> dict[str, str]:
    """Return the fields of an entry under the names that all export formats use."""
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


def _title(books: ExportedBooks) -> str:
    """Return a title line: the bank, the period by day of posting, and the unit."""
    since = f" from {books.first}" if books.first else ""
    until = f" to {books.last}" if books.last else ""
    name = " ".join(books.bank.name.split())
    return f"The books of {name}{since}{until}, by day of posting. 1 MIN is one minute of help."
