"""Checks of what guards the books: triggers, constraints, functions and views, and the rights of database roles."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from timebank import driver
from timebank.ledger.checks import CheckResult, Finding, check_result
from timebank.migrations.made import differences, list_made
from timebank.migrations.rights import DOORS, GRANTS

_TABLES = (
    "SELECT oid, relname, relowner, relacl FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')"
)
_OWNER = f"SELECT relowner FROM ({_TABLES}) AS c WHERE relname = 'entry'"  # noqa: S608 (all of it is ours)
_IS_OWNER = text(f"SELECT ({_OWNER}) = (SELECT oid FROM pg_roles WHERE rolname = current_user)")  # noqa: S608 (as above)
_MAY_BECOME_OWNER = text(f"SELECT pg_has_role(current_user, ({_OWNER}), 'MEMBER')")
#: What the session's role may do with each table, column by column where a right may be of single columns.
_RIGHTS = text(
    f"SELECT c.relname, p.name, string_agg(a.attname, ',') AS columns FROM ({_TABLES}) AS c"  # noqa: S608 (as above)
    " JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " CROSS JOIN (VALUES ('INSERT'), ('UPDATE'), ('REFERENCES')) AS p(name)"
    " WHERE has_column_privilege(c.oid, a.attnum, p.name) GROUP BY c.relname, p.name"
    f" UNION ALL SELECT c.relname, p.name, '*' FROM ({_TABLES}) AS c"
    " CROSS JOIN (VALUES ('DELETE'), ('TRUNCATE'), ('TRIGGER')) AS p(name) WHERE has_table_privilege(c.oid, p.name)"
    " ORDER BY 1, 2"
)
_OTHERS = text(
    "SELECT DISTINCT c.relname, coalesce(r.rolname, 'PUBLIC') AS role, e.privilege_type AS name"  # noqa: S608 (as above)
    f" FROM ({_TABLES}) AS c CROSS JOIN LATERAL (SELECT c.relacl UNION ALL"
    " SELECT attacl FROM pg_attribute WHERE attrelid = c.oid) AS acl(rights)"
    " CROSS JOIN LATERAL aclexplode(acl.rights) AS e LEFT JOIN pg_roles AS r ON r.oid = e.grantee"
    " WHERE e.grantee <> c.relowner AND r.rolname IS DISTINCT FROM current_user AND e.privilege_type <> 'SELECT'"
    " ORDER BY 1, 2, 3"
)
_FUNCTIONS = text(
    "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'books\\_%'"
    " AND proname <> ALL (:doors) AND has_function_privilege(oid, 'EXECUTE') ORDER BY proname"
)
_MAY_CREATE = text("SELECT has_schema_privilege('public', 'CREATE')")


def guards_as_made(session: Session) -> CheckResult:
    """Every table, constraint, trigger, view and function is there as the migrations make it, and no other is."""
    connection = session.connection()
    wrong = [Finding("schema", name, problem) for name, problem in differences(connection)]
    return check_result("guards_as_made", len(list_made(connection.dialect.name)), "objects", wrong)


def rights_as_granted(session: Session) -> CheckResult:
    """On PostgreSQL the web's role has no more rights than it was granted, and no third role may write.

    Where the web's role owns the tables, only others are checked; `web_role_owns_nothing` warns of it.
    """
    if not driver.is_postgresql(session):
        return check_result("rights_as_granted", 0, "rights", [])
    others = session.execute(_OTHERS)
    wrong = [Finding("grant", row.relname, f"{row.role} has the right to {row.name}") for row in others]
    if session.scalar(_IS_OWNER):
        return check_result("rights_as_granted", 0, "rights", wrong)
    if session.scalar(_MAY_BECOME_OWNER):
        wrong.append(Finding("role", "of the web", "it may act as the owner of the tables"))
    if session.scalar(_MAY_CREATE):
        wrong.append(Finding("grant", "public", "the web's role has the right to CREATE in it"))
    doors = session.scalars(_FUNCTIONS, {"doors": list(DOORS)})
    wrong += [Finding("grant", name, "the web's role has the right to EXECUTE it") for name in doors]
    rows = session.execute(_RIGHTS).all()
    wrong += [finding for table, right, columns in rows for finding in _beyond(table, right, columns)]
    return check_result("rights_as_granted", len(rows), "rights", wrong)


def _beyond(table: str, right: str, columns: str) -> Iterator[Finding]:
    """Yield a finding where the web's role has a right that it was not granted, with the columns if it has some."""
    granted = _granted(GRANTS.get(table, ()))
    if granted.get(right, frozenset()) is None:
        return
    extra = sorted(set(columns.split(",")) - (granted.get(right) or frozenset()))
    if extra:
        of_columns = "" if extra == ["*"] else f" ({', '.join(extra)})"
        yield Finding("grant", table, f"the web's role has the right to {right}{of_columns}")


def _granted(rights: Sequence[str]) -> Mapping[str, frozenset[str] | None]:
    """Return {right: its columns} of rights as they stand in GRANT; None stands for all columns."""
    parts = [right.partition(" (") for right in rights]
    return {name: frozenset(columns.rstrip(")").split(", ")) if columns else None for name, _open, columns in parts}


CHECKS: Sequence[Callable[[Session], CheckResult]] = (guards_as_made, rights_as_granted)
