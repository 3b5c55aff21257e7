"""Confirming an exchange in two journeys to PostgreSQL: one query, and one call that writes all of the deed.

Nearly every hour moves this way. The rules decide here; the call (migrations/sql/deeds_postgresql.sql) writes only if
the exchange is still as it was read, both sides are active and no soft limit is crossed. Everything else, and every
refusal, is left to `actions.confirm`, which tells the reason.
"""

from sqlalchemy.exc import DBAPIError, NoResultFound

from timebank import clock, driver
from timebank.actors import Doing
from timebank.bookkeeping.entry_rows import NewEntry, rows_by_name
from timebank.driver import Alone
from timebank.exchanges import rules
from timebank.exchanges.deeds import entry_of
from timebank.exchanges.locked import Locked, look
from timebank.references import Ref, Subject
from timebank.retries import is_worth_retrying
from timebank.trail.actions import digest_of

_LEFT_TO_THE_OTHER_WAY = "TB001"
#: The class of refusals by the books and by constraints.
_REFUSED = "23"
_CALL = f"SELECT exchange_confirm({', '.join(['%s'] * 17)})"


def confirm_at_once(alone: Alone, code: str, doing: Doing) -> bool:
    """Confirm as `actions.confirm` does, in a transaction of its own; return False where that has to do it instead.

    Nothing was written where it returns False. Raises DBAPIError for anything but a refusal, such as a connection that
    broke: whether the deed was done is then not known, and the same form tells.
    """
    if not driver.is_postgresql(alone) or doing.by.is_lent or doing.by.by_text:
        return False
    try:
        exchange = look(alone, doing.bank_id, code)
    except NoResultFound:
        return False
    minutes, day = exchange.minutes, exchange.occurred_on
    if exchange.hold_id is None or not minutes or day is None or not rules.may_confirm(exchange.snapshot(), doing.by):
        return False
    entry = entry_of(exchange, minutes, day, doing)
    try:
        driver.run(alone, _CALL, _arguments(alone, exchange, entry, doing))
    except DBAPIError as error:
        state = str(getattr(error.orig, "sqlstate", None))
        if state == _LEFT_TO_THE_OTHER_WAY or state.startswith(_REFUSED) or is_worth_retrying(error):
            return False
        raise
    return True


def _arguments(alone: Alone, exchange: Locked, entry: NewEntry, doing: Doing) -> tuple[object, ...]:
    books_key = alone.info["books_key"]
    row, memo = rows_by_name(entry, books_key)
    return (
        exchange.bank_id,
        exchange.id,
        exchange.changed_at,
        clock.next_id(),
        doing.form_key,
        digest_of(books_key, doing, Ref(Subject.EXCHANGE, exchange.code)),
        doing.doer_id,
        row["recorded_at"],
        row["id"],
        row["key"],
        row["occurred_on"],
        row["resolves"],
        row["lines"],
        row["words_digest"],
        row["digest"],
        *memo,
    )
