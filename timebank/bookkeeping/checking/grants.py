"""Check of what the web's database role may do."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from timebank.ledger.checks import CheckResult, Finding, check_result


def web_role_owns_nothing(session: Session) -> CheckResult:
    """On PostgreSQL the role that the web uses owns no table, so that it can write nothing but through an entry."""
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
