"""Somebody who owns the database and has the books' key, and so can make every other check agree."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, text, update

from tests.audit.edits import SEALED_UNTIL
from tests.audit.tampered import Tampered
from tests.people import NOW
from timebank import clock
from timebank.bookkeeping.encoding import encode_entry, holder_fields, mark, plain_values
from timebank.bookkeeping.entry_rows import json_lines
from timebank.db import Base
from timebank.ledger.entries import KINDS_OF_HELP, Line
from timebank.ledger.leaves import LeafKind, encode

_ENTRY, _HOLDER, _TAKEN_BACK, _POSTING, _TRAIL = (
    Base.metadata.tables[name] for name in ("entry", "account_holder", "taken_back", "posting", "trail")
)
_HELP = {kind.value for kind in KINDS_OF_HELP}


class Thief:
    """Changes entries, and then everything that follows from them."""

    def __init__(self, books: Tampered) -> None:
        self.books, self.village = books, books.village

    def help_for_a_member(self) -> Any:
        """The sealed entry of help that Ada gave Linus."""
        return self.books.one(
            f"SELECT * FROM entry WHERE kind = 'exchange' AND on_behalf_of IS NOT NULL"
            f" AND recorded_at < '{SEALED_UNTIL}'"
        )

    def write_lines(self, entry_id: int, *lines: Line) -> None:
        """Give an entry other lines, under a digest that fits."""
        told, literal = ":lines", json_lines(lines)
        if self.books.backend == "postgresql":
            told, literal = "CAST(:lines AS bigint[])", literal.replace("[", "{").replace("]", "}")
        self.books.run(f"UPDATE entry SET lines = {told} WHERE id = :id", lines=literal, id=entry_id)
        self._sign(entry_id)

    def _sign(self, entry_id: int) -> None:
        row = self.books.connection.execute(select(*_ENTRY.c).where(_ENTRY.c.id == entry_id)).one()
        digest = mark(self.books.info["books_key"], encode_entry(plain_values(row)))
        self.books.run("UPDATE entry SET digest = :digest WHERE id = :id", digest=digest, id=entry_id)

    def give_account(self, which: str, holder_id: int) -> None:
        """Write another holder of a sealed account, under a digest that fits."""
        row = self.books.one(f"SELECT * FROM account_holder WHERE {which} AND recorded_at < '{SEALED_UNTIL}' LIMIT 1")
        named = (_HOLDER.c.bank_id == row.bank_id, _HOLDER.c.account_id == row.account_id)
        self.books.connection.execute(update(_HOLDER).where(*named).values(holder_id=holder_id))
        told = holder_fields(self.books.connection.execute(select(*_HOLDER.c).where(*named)).one()._mapping)
        digest = mark(self.books.info["books_key"], encode(LeafKind.HOLDER, told))
        self.books.connection.execute(update(_HOLDER).where(*named).values(digest=digest))

    def forge_gift(self, *, days_ago: int) -> int:
        """Put in an entry as if it had been made so many days before all others, with its row of the trail."""
        oldest = self.books.one("SELECT min(id) AS id FROM entry").id
        entry_id, moment = oldest - clock.id_span(timedelta(days=days_ago)), NOW - timedelta(days=days_ago)
        row = {
            "bank_id": self.village.angus.id,
            "id": entry_id,
            "key": "gift:forged",
            "kind": "gift",
            "occurred_on": moment.date(),
            "recorded_at": moment,
            "recorded_by": self.village.mary.membership_id,
            "deed": "gift:forged",
            "digest": bytes(32),
        }
        self.books.connection.execute(insert(_ENTRY).values({**row, "lines": None}))
        self.write_lines(entry_id, Line(self.village.ada.account_id, self.village.linus.account_id, 10))
        self.tell("gift.made", moment, by=self.village.mary.membership_id)
        self.follow()
        return int(entry_id)

    def tell(self, deed: str, moment: Any, *, subject: str = "books", by: int | None = None) -> None:
        """Write a row of the trail."""
        row = {"bank_id": self.village.angus.id, "id": clock.next_id(), "done_at": moment, "done_by": by}
        self.books.connection.execute(insert(_TRAIL).values({**row, "deed": deed, "subject": subject}))

    def follow(self) -> None:
        """Write anew what was taken back, all postings and balances, as they follow from the entries."""
        for table in ("taken_back", "posting"):
            self.books.run(f"DELETE FROM {table}")
        standing: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        taken_back, postings = list[dict[str, Any]](), list[dict[str, Any]]()
        for entry in self.books.connection.execute(select(*_ENTRY.c).order_by(_ENTRY.c.id)):
            for number, line in enumerate(entry.lines, start=1):
                here = {"bank_id": entry.bank_id, "entry_id": entry.id, "line": number}
                moved = [
                    _move(standing[entry.bank_id, account], minutes, entry)
                    for account, minutes in ((line[0], -line[2]), (line[1], line[2]))
                ]
                postings += [
                    {**here, "account_id": account, **one} for account, one in zip(line[:2], moved, strict=True)
                ]
                if entry.reverses is not None:
                    place = {"bank_id": entry.bank_id, "entry_id": entry.reverses, "line": line[3]}
                    taken_back.append({**place, "by_entry_id": entry.id})
        self.books.connection.execute(insert(_TAKEN_BACK), taken_back)
        self.books.connection.execute(insert(_POSTING), postings)
        self.books.run("UPDATE account SET number = 0, balance = 0, given = 0, received = 0")
        for (bank, account), (number, balance, given, received) in standing.items():
            self.books.connection.execute(
                text(
                    "UPDATE account SET number = :number, balance = :balance, given = :given, received = :received"
                    " WHERE bank_id = :bank AND id = :account"
                ),
                {"number": number, "balance": balance, "given": given, "received": received}
                | {"bank": bank, "account": account},
            )


def _move(standing: list[int], minutes: int, entry: Any) -> dict[str, int]:
    """Move minutes on an account that stands at [number, balance, given, received]; gives its posting's figures."""
    standing[0] += 1
    standing[1] += minutes
    if entry.kind in _HELP:
        comes_in = (minutes > 0) != (entry.reverses is not None)
        standing[2 if comes_in else 3] += minutes if comes_in else -minutes
    number, balance, given, received = standing
    return {
        "number": number,
        "minutes": minutes,
        "balance_after": balance,
        "given_after": given,
        "received_after": received,
    }
