"""Two addresses for programs. They answer with JSON, need no session and set no cookie."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from flask import Response, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from timebank import clock
from timebank.audit.queries import find_newest_check_at
from timebank.backups_on_disk import newest_at
from timebank.bookkeeping.sealing.receipts import find_newest_seal_at
from timebank.jobs.queries import find_oldest_waiting_at
from timebank.migrations.run import newest_revision
from timebank.notices.queries import find_backlog
from timebank.web.access import without_session
from timebank.web.extensions import db
from timebank.web.pages.health import blueprint

_AGES = (
    "seal_age_seconds",
    "check_age_seconds",
    "outbox_age_seconds",
    "emails_failed_in_a_day",
    "job_age_seconds",
    "backup_age_seconds",
)


@blueprint.get("/healthz")
@without_session
def healthz() -> Response:
    """Answer that the process is alive. The database is not asked."""
    return jsonify(alive=True)


@blueprint.get("/readyz")
@without_session
def readyz() -> tuple[Response, int]:
    """Answer whether pages can be served: 200, or 503 where the database does not answer or is not migrated.

    The ages, in seconds, do not decide about it; they are None before the first seal, check or backup.
    """
    session = db.session()
    ages = dict.fromkeys(_AGES)
    state: dict[str, Any] = {"database": False, "migrated": False, **ages}
    try:
        session.execute(text("SELECT 1"))
        state["database"] = True
        state["migrated"] = session.scalar(text("SELECT version_num FROM alembic_version")) == newest_revision()
        if state["migrated"]:
            state |= _ages(session, clock.now())
    except SQLAlchemyError:  # which of them failed shows in the state; the database's own words are nobody's business
        session.rollback()
    is_ready = state["database"] and state["migrated"]
    return jsonify(ready=is_ready, **state), 200 if is_ready else 503


def _ages(session: Session, now: datetime) -> dict[str, int | None]:
    """Return how long ago the books were last sealed, checked and backed up, and what waits, in seconds."""
    sealed_at, checked_at = find_newest_seal_at(session), find_newest_check_at(session)
    backlog = find_backlog(session, now, now - timedelta(days=1))
    return {
        "seal_age_seconds": _age(sealed_at, now),
        "check_age_seconds": _age(checked_at, now),
        "outbox_age_seconds": _age(backlog.oldest_due_at, now),
        "emails_failed_in_a_day": backlog.failed,
        "job_age_seconds": _age(find_oldest_waiting_at(session), now),
        "backup_age_seconds": _age(_backed_up_at(now), now),
    }


def _backed_up_at(now: datetime) -> datetime | None:
    """Return when the worker's newest backup was made; None without one, or where the site may not read its folder."""
    folder = current_app.config["BACKUPS"]
    with suppress(OSError):
        return newest_at(folder, now) if folder is not None else None
    return None


def _age(moment: datetime | None, now: datetime) -> int | None:
    return None if moment is None else max(int((now - moment).total_seconds()), 0)
