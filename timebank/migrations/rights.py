"""What the web's role may do on PostgreSQL."""

from collections.abc import Mapping, Sequence

_HISTORY = ("SELECT", "INSERT")
_KEPT = ("SELECT", "INSERT", "UPDATE")
#: Privileges of the web's role on each table. It may delete only from tables that keep no history.
GRANTS: Mapping[str, Sequence[str]] = {
    "account": ("SELECT", "INSERT (bank_id, id, kind, opened_at)"),
    "entry": ("SELECT", "INSERT"),
    "memo": ("SELECT", "INSERT"),
    "hold": ("SELECT", "INSERT", "UPDATE (resolved_at)"),
    "taken_back": ("SELECT",),
    "posting": ("SELECT",),
    "limit_change": ("SELECT", "INSERT"),
    "account_holder": ("SELECT", "INSERT"),
    "seal_log": ("SELECT",),
    "trail": ("SELECT", "INSERT"),
    "alembic_version": ("SELECT",),
    **dict.fromkeys(
        ("application_step", "message", "books_check", "closing", "exchange_step", "leaf", "seal", "standing_change"),
        _HISTORY,
    ),
    **dict.fromkeys(
        (
            "announcement",
            "application",
            "area",
            "bank",
            "category",
            "correction",
            "dismissed_suggestion",
            "exchange",
            "helping",
            "invitation",
            "listing",
            "login_session",
            "conversation",
            "matching_rules",
            "membership",
            "notice_choice",
            "person",
            "reversal",
            "sign_off",
            "task",
            "thank_you",
        ),
        _KEPT,
    ),
    "time_rule": ("SELECT", "INSERT", "UPDATE (ended_by, ended_at)"),
    "membership_role": ("SELECT", "INSERT", "DELETE"),
    "spoken_language": ("SELECT", "INSERT", "DELETE"),
    "stopped_phone": ("SELECT", "INSERT", "DELETE"),
    "role_change": (
        "SELECT",
        "INSERT",
        "UPDATE (approved_by, refused_by, refused_because, closed_at, acknowledged_at)",
    ),
    "sign_in_code": ("SELECT", "INSERT", "UPDATE (second_digest, completed_by, used_at, voided_at)"),
    "security_event": ("SELECT", "INSERT", "DELETE"),
    **dict.fromkeys(
        (
            "area_travel",
            "bounce",
            "code_request",
            "delivery",
            "digest_item",
            "digest_turn",
            "draft",
            "job",
            "learned_kinds",
            "letter_bundle",
            "listing_category",
            "listing_meaning",
            "listing_word",
            "notice",
            "sign_in_attempt",
        ),
        (*_KEPT, "DELETE"),
    ),
}
#: The functions that it may call; the others are called by their triggers alone.
DOORS = ("books_lock_accounts", "exchange_confirm")

#: Everybody may call a function that was just made, and a restored one too.
_CLOSE_DOORS = """DO $$
DECLARE door regprocedure;
BEGIN
    FOR door IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'books\\_%' LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', door);
    END LOOP;
END $$"""


def grants(role: str) -> list[str]:
    """Return the statements that revoke all privileges of the web's role and grant those it needs.

    Postings, balances and reversed lines are written by triggers only.
    """
    quoted = '"' + role.replace('"', '""') + '"'
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        _CLOSE_DOORS,
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        *(f"GRANT {', '.join(rights)} ON {table} TO {quoted}" for table, rights in sorted(GRANTS.items())),
        f"GRANT EXECUTE ON FUNCTION {', '.join(DOORS)} TO {quoted}",
    ]
