"""Check of the privileges of the web's database role."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from timebank.ledger.checks import CheckResult, Finding, check_result


def web_role_owns_nothing(session: Session) -> CheckResult:
    """On PostgreSQL the web's role owns no table and may not delete from the books, so that triggers bind it."""
    if session.get_bind().dialect.name != "postgresql":
        return check_result("web_role_owns_nothing", 0, "tables owned", [])
    owned = session.scalars(
        text(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND (pg_has_role(current_user, tableowner, 'USAGE') OR tablename IN"
            " ('account', 'entry', 'memo', 'taken_back', 'posting', 'limit_change', 'account_holder', 'hold',"
            " 'closing', 'leaf', 'seal', 'seal_log', 'trail', 'membership')"
            " AND has_table_privilege(current_user, schemaname || '.' || tablename, 'DELETE, TRUNCATE'))"
            " ORDER BY tablename"
        )
    ).all()
    wrong = [
        Finding(
            "pg_tables",
            str(name),
            "the web's role may do anything with it: set TIMEBANK_OWNER_URL and run timebank init again",
        )
        for name in owned
    ]
    return check_result("web_role_owns_nothing", len(owned), "tables owned", wrong, warns_only=True)
