"""Books for somebody to tamper with: everything that the books know, sealed, then all of it again and not sealed yet.

They are made once for each database. Then the tables of the books are written anew without any constraint, trigger or
key, as a thief would who owns the database; each tampering happens in a savepoint and is taken back.
"""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, Row, event, select, text
from sqlalchemy.orm import Session

from tests.people import NOW, TODAY, Village, settle, terms
from timebank import clock, driver
from timebank.actors import Actor, Doing, Hand, How
from timebank.audit import trail_checks
from timebank.audit.checks import Check, check_books
from timebank.bookkeeping import actions as bookkeeping, closings
from timebank.bookkeeping.checking import checks as bookkeeping_checks
from timebank.bookkeeping.entry_rows import NewEntry
from timebank.bookkeeping.opening import open_account, open_accounts
from timebank.bookkeeping.queries import get_account_of_kind
from timebank.bookkeeping.reversing import reverse
from timebank.bookkeeping.sealing.actions import seal
from timebank.corrections import checks as correction_checks, months
from timebank.corrections.month_queries import reckon_months
from timebank.db import Base
from timebank.exchanges import actions, checks as exchange_checks, reversals
from timebank.interchange import checks as interchange_checks
from timebank.leaving import checks as leaving_checks
from timebank.ledger.accounts import AccountKind
from timebank.ledger.checks import CheckResult, Verdict
from timebank.ledger.entries import EntryKind, Line
from timebank.members import checks as member_checks
from timebank.members.limits import Override, lower_limit
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions as trail

#: The tables of the books, whose every column is tampered with.
TABLES = (
    "account",
    "account_holder",
    "entry",
    "memo",
    "taken_back",
    "posting",
    "hold",
    "limit_change",
    "closing",
    "leaf",
    "seal",
)
#: The checks that read those tables; who owns them, and listings, are another matter.
OF_THE_BOOKS = (
    *(check for check in bookkeeping_checks.CHECKS if check.__name__ != "web_role_owns_nothing"),
    *member_checks.CHECKS,
    *exchange_checks.CHECKS,
    *interchange_checks.CHECKS,
    *leaving_checks.CHECKS,
    *correction_checks.CHECKS,
    *trail_checks.CHECKS,
)
#: So many accounts of groups that the sealed rows fill a block of 256 leaves.
_GROUPS = 110
_MONTHS = {"first": date(2026, 9, 1), "second": date(2026, 10, 1)}
Key = tuple[object, ...]


@dataclass
class Tampered:
    """The books of one database, unguarded, and who is in them."""

    backend: str
    connection: Connection
    village: Village
    info: Mapping[str, Any]

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What happens in it is taken back at its end, also in the signer's memory."""
        savepoint, folder = self.connection.begin_nested(), self.info["seal_memory"]
        remembered = {path: path.read_bytes() for path in folder.glob("*")}
        try:
            yield
        finally:
            savepoint.rollback()
            shutil.rmtree(folder)
            folder.mkdir()
            for path, content in remembered.items():
                path.write_bytes(content)

    def session(self) -> Session:
        return Session(self.connection, info=dict(self.info), join_transaction_mode="create_savepoint")

    def results(self, checks: Sequence[Check] = OF_THE_BOOKS) -> list[CheckResult]:
        """What these checks say."""
        with self.session() as session:
            return list(check_books(session, checks))

    @cached_property
    def readers(self) -> Mapping[str, Sequence[Check]]:
        """The checks that read each table. What no question of a check names, it cannot notice."""
        asked, said = dict[Check, str](), list[str]()

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            said.append(statement)

        event.listen(self.connection, "before_cursor_execute", note)
        for check in OF_THE_BOOKS:
            with patch.object(driver, "rows", wraps=driver.rows) as rows:  # what is asked past SQLAlchemy
                self.results([check])
            asked[check] = "\n".join([*said, *(call.args[1] for call in rows.call_args_list)])
            said.clear()
        event.remove(self.connection, "before_cursor_execute", note)
        assert all(asked.values())
        return {table: [one for one in asked if re.search(rf"\b{table}\b", asked[one])] for table in TABLES}

    def wrong(self) -> set[str]:
        """The names of the checks that find something wrong."""
        return {result.name for result in self.results() if result.verdict is Verdict.WRONG}

    def run(self, statement: str, **values: object) -> int:
        """Run a statement as it stands, colons and all; gives how many rows it wrote."""
        return self.connection.execute(text(statement), values).rowcount

    def rows(self, table: str) -> Sequence[Row[Any]]:
        known = Base.metadata.tables[table]
        return self.connection.execute(select(*known.c).order_by(*known.primary_key.columns)).all()

    def one(self, query: str, **values: object) -> Any:
        return self.connection.execute(text(query), values).one()


def build(session: Session) -> Village:
    """A village whose books hold everything twice: sealed in two seals, and then not sealed."""
    village = settle(session)
    session.flush()
    _open_clearing(session, village, NOW + timedelta(hours=12))
    _live(session, village, NOW + timedelta(days=1), "first")
    for number in range(2):
        _make_groups(session, village, NOW + timedelta(days=2, hours=number))
        seal(session, village.angus.id, now=NOW + timedelta(days=2, hours=number, minutes=1))
    seal(session, village.perth.id, now=NOW + timedelta(days=3))
    _live(session, village, NOW + timedelta(days=4), "second")
    session.commit()
    return village


def _make_groups(session: Session, village: Village, now: datetime) -> None:
    _put_on_trail(session, village.mary, "rules.changed", now)
    open_accounts(
        session,
        village.angus.id,
        AccountKind.GROUP,
        [clock.next_id() for _ in range(_GROUPS // 2)],
        floor=-600,
        reason="a group",
        by=village.mary.membership_id,
        now=now,
    )


def _open_clearing(session: Session, village: Village, now: datetime) -> None:
    """An account with the other bank, in each of the two."""
    for by, other in ((village.mary, village.perth), (village.perdita, village.angus)):
        _put_on_trail(session, by, "rules.changed", now)
        names = {"floor": None, "reason": "They help each other", "by": by.membership_id, "now": now}
        open_account(session, by.bank_id, AccountKind.CLEARING, other.id, **names)


def _put_on_trail(session: Session, by: Actor, deed: str, now: datetime) -> None:
    trail.begin(session, Doing(by, now), DeedName(deed), Ref(Subject.BOOKS))


def _live(session: Session, village: Village, start: datetime, when: str) -> None:
    """Help that was given, waits, was called off and was taken back; gifts, corrections, limits and closings."""
    angus, mary, tom = village.angus, village.mary, village.tom
    times = (start + timedelta(minutes=number) for number in range(1000))
    _clear(session, village, next(times), f"{when}:clearing")
    _help(session, village, times, when)
    _post(session, village, next(times), f"{when}:meal")
    now = next(times)
    lower_limit(
        session,
        angus,
        village.grace,
        Override({"first": 1500, "second": 1600}[when], "Ill", now.date()),
        Doing(village.rosa, now),
    )
    now = next(times)
    _put_on_trail(session, mary, "rules.changed", now)
    names = {"reason": "A group ends", "by": mary.membership_id, "now": now}
    group = open_account(session, angus.id, AccountKind.GROUP, clock.next_id(), floor=-60, **names)
    closings.close_account(session, angus.id, group, **names)
    now = next(times)
    _put_on_trail(session, tom, "rules.changed", now)
    names |= {"reason": "It goes on", "now": now, "approved_by": tom.membership_id}
    closings.reopen_account(session, angus.id, group, **names)
    month = _MONTHS[when]
    figures = reckon_months(session, angus.id, [month], angus.time_zone)[month]
    months.sign(session, angus, month, figures, Doing(mary, next(times)), words="It is right")
    months.confirm(session, angus, month, figures, Doing(tom, next(times)))
    now = next(times)
    _put_on_trail(session, mary, "rules.changed", now)
    names = {"reason": "Another ends", "by": mary.membership_id, "now": now}
    group = open_account(session, angus.id, AccountKind.GROUP, clock.next_id(), floor=0, **names)
    closings.close_account(session, angus.id, group, **names)
    session.flush()


def _help(session: Session, village: Village, times: Iterator[datetime], when: str) -> None:
    ada, grace, linus, angus = village.ada, village.grace, village.linus, village.angus
    names = {"minutes": {"first": 90, "second": 105}[when], "what": f"Gardening, the {when} time"}
    key = iter(f"{when} {number}" for number in range(100))

    def record(giver: Actor, receiver: Actor, minutes: int, by: Actor | None = None) -> str:
        said = terms(giver, receiver, **{**names, "minutes": minutes})
        return actions.record(session, angus, said, Doing(by or giver, next(times), next(key)))

    code = record(ada, grace, names["minutes"])
    actions.confirm(session, code, Doing(grace, next(times)))
    rosa = village.rosa
    hand = Hand(rosa.membership_id, rosa.account_id, rosa.name, rosa.code, How.PHONE, "")
    for_ada = record(ada, linus, 45)
    actions.confirm(session, for_ada, Doing(replace(linus, hand=hand), next(times)))
    reversal = reversals.propose(session, code, Doing(village.mary, next(times)), reason="A slip")
    reversals.approve(session, angus, reversal, Doing(village.tom, next(times)))
    record(grace, linus, 30)
    record(linus, grace, 60)
    actions.cancel(session, record(grace, ada, 75), Doing(grace, next(times)))


def _post(session: Session, village: Village, now: datetime, key: str) -> None:
    """A correction of two lines, with words, that a second person approved."""
    ada, grace, linus = (one.account_id for one in (village.ada, village.grace, village.linus))
    _put_on_trail(session, village.tom, "correction.approved", now)
    entry = NewEntry(
        bank_id=village.angus.id,
        key=key,
        kind=EntryKind.ADJUSTMENT,
        lines=(Line(ada, grace, 15), Line(linus, grace, 20)),
        occurred_on=TODAY,
        recorded_at=now,
        recorded_by=village.mary.membership_id,
        approved_by=village.tom.membership_id,
        deed=key,
        words=f"What was forgotten, {key}",
    )
    entry_id = bookkeeping.post(session, replace(entry, key=f"{key}:again"))
    bookkeeping.post(session, entry)
    names = {"reason": "Told twice", "by": village.mary.membership_id, "approved_by": village.tom.membership_id}
    reverse(session, village.angus.id, entry_id, key=f"{key}:back", **names, now=now, today=TODAY)


def _clear(session: Session, village: Village, now: datetime, key: str) -> None:
    """Ada helped Perdita: each bank writes its side, and Perdita of Perth recorded both."""
    _put_on_trail(session, village.perdita, "rules.changed", now)
    here, there = (get_account_of_kind(session, one.id, AccountKind.CLEARING) for one in (village.angus, village.perth))
    entry = NewEntry(
        bank_id=village.perth.id,
        key=key,
        kind=EntryKind.CLEARING,
        lines=(Line(village.perdita.account_id, there, 40),),
        occurred_on=TODAY,
        recorded_at=now,
        recorded_by=village.perdita.membership_id,
        deed=key,
    )
    lines, recorder = (Line(here, village.ada.account_id, 40),), village.perth.id
    other = replace(entry, bank_id=village.angus.id, lines=lines, recorder_bank_id=recorder)
    bookkeeping.post_linked(session, entry, other)


def unguard(connection: Connection) -> None:
    """Write the tables of the books anew, with their rows and nothing else."""
    if connection.dialect.name == "sqlite":
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
    else:
        connection.execute(text("SET session_replication_role = replica"))
    for name in TABLES:
        keys = ", ".join(column.name for column in Base.metadata.tables[name].primary_key.columns)
        connection.execute(text(f"CREATE TABLE bare AS SELECT * FROM {name}"))
        cascade = "" if connection.dialect.name == "sqlite" else " CASCADE"
        connection.execute(text(f"DROP TABLE {name}{cascade}"))
        connection.execute(text(f"ALTER TABLE bare RENAME TO {name}"))
        connection.execute(text(f"CREATE INDEX bare_{name} ON {name} ({keys})"))
    connection.execute(text("CREATE INDEX bare_subject ON leaf (bank_id, kind, subject_id, subject_number)"))
    connection.execute(text("ANALYZE"))
