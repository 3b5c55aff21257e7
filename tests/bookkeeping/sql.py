"""SQL for attacks on the tables: statements, literals and their refusals."""

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
    """Return an INSERT of an entry; `lines` is a literal of the database, `rest` is appended."""
    parts = {
        "verb": "INSERT",
        "kind": "exchange",
        "reverses": "NULL",
        "rest": "",
        "digest": POSTGRESQL_DIGEST,
        **changed,
    }
    values = (bank, entry_id, f"'{key}'", f"'{parts['kind']}'", parts.get("day", DAY), MOMENT, recorder, "'test'")
    values += (parts["reverses"], lines, parts["digest"])
    return f"{parts['verb']} INTO entry ({COLUMNS}) VALUES ({', '.join(map(str, values))}) {parts['rest']}"


sqlite_entry = partial(entry_sql, digest=SQLITE_DIGEST)


def refusal_of(engine, *statements):
    """Run statements in one transaction; return the error of the last one, None if it was committed."""
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
    """Return {table: all its rows} of the books."""
    with engine.connect() as connection:
        plain = connection.connection.cursor()  # called before and after hundreds of attacks
        return {table: sorted(map(repr, plain.execute(f"SELECT * FROM {table}").fetchall())) for table in BOOKS}
