"""Writing the trail, which makes the submission of a form idempotent.

The row is inserted first, before any other check or change of an action: a second submission meets the unique key,
waits for the first transaction to end, and gets the subject that it produced. A refusal rolls the row back.
"""

import hmac
import json
from collections.abc import Mapping
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from timebank import clock, driver
from timebank.actors import Doing, Unattended
from timebank.errors import TimebankError
from timebank.references import DeedName, Ref
from timebank.trail.models import TrailRow

_TRAIL = cast("Table", TrailRow.__table__)
#: Compiled once, since every action begins with it.
_WRITE = {
    "postgresql": driver.Statement(
        postgresql.insert(_TRAIL).on_conflict_do_nothing(index_elements=["bank_id", "done_by", "form_key"]).inline()
    ),
    "sqlite": driver.Statement(
        sqlite.insert(_TRAIL).on_conflict_do_nothing(index_elements=["bank_id", "done_by", "form_key"]).inline()
    ),
}


class OtherContentError(TimebankError):
    """A form's key came again with other content; values: `subject`, the reference of what it produced first."""

    message_id = "form_sent_before"


def begin(
    session: Session,
    doing: Doing | Unattended,
    deed: DeedName,
    subject: Ref,
    content: Mapping[str, object] | None = None,
    *,
    is_new: bool = False,
) -> str | None:
    """Write the trail's row of an action; return None for a new form, else the code that its first submission produced.

    `content` is what the form said, compared with the first submission. `is_new` where the action makes its subject:
    its code then differs at each submission, and is left out of the comparison. Every action calls this before it
    checks anything that can change, so that a form sent again gets its answer whatever happened in between.
    Raises OtherContentError where the key was used for another action, subject or content.
    """
    digest = digest_of(session.info["books_key"], doing, None if is_new else subject, content)
    row = {
        "bank_id": doing.bank_id,
        "id": clock.next_id(),
        "done_by": doing.doer_id,
        "on_behalf_of": doing.on_behalf_of,
        "code_made_by": doing.code_made_by,
        "deed": deed.value,
        "subject": str(subject),
        "form_key": doing.form_key,
        "form_digest": digest,
    }
    if _WRITE[session.get_bind().dialect.name].run(session, row, at={"done_at": doing.now}):
        return None
    first = session.execute(
        select(TrailRow.subject, TrailRow.deed, TrailRow.form_digest).where(
            TrailRow.bank_id == doing.bank_id,
            TrailRow.done_by == doing.doer_id,
            TrailRow.form_key == doing.form_key,
        )
    ).one()
    same = hmac.compare_digest(first.form_digest or b"", digest or b"")
    if first.deed != deed or not same:
        raise OtherContentError(subject=first.subject)
    return str(first.subject).removeprefix(f"{subject.subject}:")


def is_repeat(
    session: Session,
    doing: Doing | Unattended,
    deed: DeedName,
    subject: Ref,
    content: Mapping[str, object] | None = None,
) -> bool:
    """Write the trail's row of an action on a subject that is there; return whether this form was submitted before.

    Raises OtherContentError, as `begin`.
    """
    return begin(session, doing, deed, subject, content) is not None


def digest_of(
    books_key: bytes, doing: Doing | Unattended, subject: Ref | None, content: Mapping[str, object] | None = None
) -> bytes | None:
    """Return HMAC-SHA256 (RFC 2104) of a form's key, subject and content, or None without a form.

    The trail compares submissions by it without keeping their words.
    """
    if doing.form_key is None:
        return None
    encoded = json.dumps({**(content or {}), "of": str(subject)}, sort_keys=True, default=str)
    return hmac.digest(books_key, f"{doing.form_key} {encoded}".encode(), "sha256")
