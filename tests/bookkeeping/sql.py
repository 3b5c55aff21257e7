"""Going at the tables with SQL: the rows that an attack starts from, as literals."""

from functools import partial

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

DAY, MOMENT = "'2026-11-20'", "'2026-11-21 10:00:00.000000'"

BOOKS = frozenset(
    (
        "account",
        "account_holder",
        "closing",
        "entry",
        "hold",
        "leaf",
        "limit_change",
        "membership",
        "memo",
        "posting",
        "seal",
        "seal_log",
        "taken_back",
        "trail",
    )
)

POSTGRESQL_DIGEST, SQLITE_DIGEST = f"'\\x{'00' * 32}'", f"x'{'00' * 32}'"
COLUMNS = "bank_id, id, key, kind, occurred_on, recorded_at, recorded_by, deed, reverses, lines, digest"


def entry_sql(bank, entry_id, key, lines, recorder, **changed):
    """An INSERT of one entry with these lines, a literal of the database's own; `rest` follows it."""
    said = {
        "verb": "INSERT",
        "kind": "exchange",
        "reverses": "NULL",
        "rest": "",
        "digest": POSTGRESQL_DIGEST,
        **changed,
    }
    values = (bank, entry_id, f"'{key}'", f"'{said['kind']}'", said.get("day", DAY), MOMENT, recorder, "'test'")
    values += (said["reverses"], lines, said["digest"])
    return f"{said['verb']} INTO entry ({COLUMNS}) VALUES ({', '.join(map(str, values))}) {said['rest']}"


sqlite_entry = partial(entry_sql, digest=SQLITE_DIGEST)


def refusal_of(engine, *statements):
    """What the database says to the last of these statements, run in one transaction; None where it takes it."""
    with engine.connect() as connection:
        for statement in statements[:-1]:
            connection.execute(text(statement))
        try:
            connection.execute(text(statements[-1]))
        except DBAPIError as error:
            return str(error.orig)
        else:
            connection.commit()
            return None


def snapshot(engine):
    """Every row of the books."""
    with engine.connect() as connection:
        plain = connection.connection.cursor()  # hundreds of attacks ask before and after
        return {table: sorted(map(repr, plain.execute(f"SELECT * FROM {table}").fetchall())) for table in BOOKS}
