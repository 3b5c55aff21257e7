"""What must always be true between exchanges and the books."""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import ColumnElement, case, func, literal, select, true
from sqlalchemy.orm import Session

from timebank.bookkeeping.checking.findings import with_progress
from timebank.bookkeeping.holds import holds
from timebank.bookkeeping.queries import select_entries_of_deeds, select_keys
from timebank.exchanges.models import Exchange, ExchangeStep
from timebank.exchanges.rules import POSTED, WAITING, Deed, State
from timebank.ledger.checks import CheckResult, Finding, check_result
from timebank.ledger.entries import HISTORY, EntryKind
from timebank.members.models import Membership

_PREFIX = "exchange:"


def exchanges_have_entries(session: Session) -> CheckResult:
    """Check that every posted exchange has its entry, with its sides and minutes, and every such entry its exchange.

    A reversed exchange has the entry that took it back as well; no other exchange has one.
    """
    moved = Exchange.state.in_(POSTED) & (Exchange.minutes > 0)
    wrong = [*_entries_that_do_not_fit(session), *_exchanges_without_entry(session, moved)]
    count = session.scalar(select(func.count()).select_from(Exchange).where(moved)) or 0
    return check_result("exchanges_have_entries", count, "exchanges", wrong)


def _entries_that_do_not_fit(session: Session) -> Iterator[Finding]:
    """Yield a finding for each entry that does not match its exchange. Joined by code: an OR would read all pairs.

    What was brought in as history has no exchange here; `history_as_brought_in` looks after it.
    """
    deeds = select_entries_of_deeds(EntryKind.EXCHANGE).subquery()
    beside = (Exchange.bank_id == deeds.c.bank_id) & (Exchange.code == func.substr(deeds.c.deed, len(_PREFIX) + 1))
    rows = session.execute(
        select(
            deeds.c.deed,
            deeds.c.minutes.label("posted"),
            deeds.c.lines,
            deeds.c.from_account_id,
            deeds.c.to_account_id,
            deeds.c.is_reversed,
            Exchange.code,
            Exchange.state,
            Exchange.minutes,
            Exchange.giver_account_id,
            Exchange.receiver_account_id,
        )
        .outerjoin_from(deeds, Exchange, beside)
        .where(~deeds.c.deed.startswith(HISTORY))
        .execution_options(yield_per=5_000)
    )
    for row in with_progress(session, rows):
        sides = (row.to_account_id, row.from_account_id, row.posted)
        if row.lines != 1:
            yield Finding("entry", str(row.deed), "an exchange has one line")
        elif row.code is None or not row.deed.startswith(_PREFIX):
            yield Finding("entry", str(row.deed), "no exchange belongs to it")
        elif row.state not in POSTED or not row.minutes:
            yield Finding("exchange", row.code, f"it is {row.state}, and its entry does not fit that")
        elif (row.giver_account_id, row.receiver_account_id, row.minutes) != sides:
            yield Finding("exchange", row.code, "its sides or minutes are not those of its entry")
        elif bool(row.is_reversed) != (row.state == State.REVERSED):
            yield Finding("exchange", row.code, f"it is {row.state}, but the books say otherwise")


def _exchanges_without_entry(session: Session, moved: ColumnElement[bool]) -> Iterator[Finding]:
    """Yield a finding for every posted exchange without an entry of its key."""
    keys = select_keys(EntryKind.EXCHANGE).subquery()
    same = (keys.c.bank_id == Exchange.bank_id) & (keys.c.key == literal(_PREFIX).concat(Exchange.code))
    rows = session.execute(
        select(Exchange.code, Exchange.state)
        .where(moved, ~select(keys.c.key).where(same).exists())
        .execution_options(yield_per=5_000)
    )
    for row in rows:
        yield Finding("exchange", row.code, f"it is {row.state}, and its entry does not fit that")


def waiting_hours_are_held(session: Session) -> CheckResult:
    """Check that every waiting exchange has one open hold on the receiver's account, of at most its minutes.

    And what is held belongs to an exchange that waits.
    """
    held = holds().subquery()
    beside = (held.c.bank_id == Exchange.bank_id) & (held.c.deed == literal(_PREFIX).concat(Exchange.code))
    is_open = held.c.resolved_at.is_(None)
    waits = Exchange.state.in_(WAITING)
    unheld = session.execute(
        select(
            Exchange.code,
            Exchange.minutes,
            Exchange.receiver_account_id,
            held.c.minutes.label("held"),
            held.c.account_id,
        )
        .outerjoin_from(Exchange, held, beside & is_open)
        .where(waits)
    ).all()
    wrong = [
        Finding("exchange", row.code, "its hours wait, but what is held for them does not fit")
        for row in unheld
        if row.held is None or row.held > row.minutes or row.account_id != row.receiver_account_id
    ]
    stray = session.execute(
        select(held.c.deed, Exchange.state)
        .outerjoin_from(
            held,
            Exchange,
            (Exchange.bank_id == held.c.bank_id) & (Exchange.code == func.substr(held.c.deed, len(_PREFIX) + 1)),
        )
        .where(is_open, Exchange.state.is_(None) | ~waits)
    )
    wrong += [Finding("hold", str(row.deed), "it is open, but nothing waits for it") for row in stray]
    return check_result("waiting_hours_are_held", len(unheld), "waiting exchanges", wrong)


def steps_by_their_sides(session: Session) -> CheckResult:
    """Check that each step of an exchange was by the member whose account is a side of it, or by a hand for them.

    A dispute is decided by somebody who is no side.
    """
    done_for = func.coalesce(ExchangeStep.on_behalf_of, ExchangeStep.done_by)
    its = (Exchange.bank_id == ExchangeStep.bank_id) & (Exchange.id == ExchangeStep.exchange_id)
    who = (Membership.bank_id == ExchangeStep.bank_id) & (Membership.id == done_for)
    is_side = Membership.account_id.in_((Exchange.giver_account_id, Exchange.receiver_account_id))
    off = case(
        (ExchangeStep.deed == Deed.EXPIRE, ExchangeStep.done_by.is_not(None)),
        (ExchangeStep.deed == Deed.REVERSE, Membership.id.is_(None)),
        (ExchangeStep.deed == Deed.DECIDE, is_side),
        else_=~is_side,
    )
    query = (
        select(Exchange.code, ExchangeStep.number)
        .join(Exchange, its)
        .outerjoin(Membership, who)
        .where(func.coalesce(off, true()))
        .execution_options(yield_per=5_000)
    )
    problem = "it was not by the member whose exchange it is"
    wrong = [Finding("exchange_step", f"{row.code}/{row.number}", problem) for row in session.execute(query)]
    count = session.scalar(select(func.count()).select_from(ExchangeStep)) or 0
    return check_result("steps_by_their_sides", count, "steps", wrong)


CHECKS: Sequence[Callable[[Session], CheckResult]] = (
    exchanges_have_entries,
    waiting_hours_are_held,
    steps_by_their_sides,
)
