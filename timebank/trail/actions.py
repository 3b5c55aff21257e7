"""Writing the trail, and with it the promise that a form sent twice is done once.

The row goes in first, before anything else of the deed: a second sending meets the unique key, waits for the
first to end, and is told what came of it. The key is in the database, never in a cache that forgets.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from timebank import clock, driver
from timebank.errors import TimebankError
from timebank.trail.models import TrailRow

_TRAIL = cast("Table", TrailRow.__table__)
#: Told once, since every deed begins with it.
_WRITE = {
    "postgresql": driver.Statement(
        postgresql.insert(_TRAIL).on_conflict_do_nothing(index_elements=["bank_id", "done_by", "form_key"]).inline()
    ),
    "sqlite": driver.Statement(
        sqlite.insert(_TRAIL).on_conflict_do_nothing(index_elements=["bank_id", "done_by", "form_key"]).inline()
    ),
}


class OtherContentError(TimebankError):
    """A form's key came again with other content; values: `subject`, what was done the first time."""

    message_id = "form_sent_before"


@dataclass(frozen=True, slots=True)
class Deed:
    """A deed about to be done: the verb, its subject, by whose membership and when.

    `form_key` and `content` (what was said in the form) are given where a form may come twice.
    """

    bank_id: int
    deed: str
    subject: str
    done_by: int | None
    done_at: datetime
    on_behalf_of: int | None = None
    form_key: str | None = None
    content: Mapping[str, object] | None = None


def begin(session: Session, deed: Deed) -> str | None:
    """Write the deed's trail row. None: go on. A subject: this very form was done before, and that came of it.

    Raises OtherContentError where the key was used for other content.
    """
    digest = digest_content(session.info["books_key"], deed)
    row = {
        "bank_id": deed.bank_id,
        "id": clock.next_id(),
        "done_by": deed.done_by,
        "on_behalf_of": deed.on_behalf_of,
        "deed": deed.deed,
        "subject": deed.subject,
        "form_key": deed.form_key,
        "form_digest": digest,
    }
    if _WRITE[session.get_bind().dialect.name].run(session, row, at={"done_at": deed.done_at}):
        return None
    standing = session.execute(
        select(TrailRow.subject, TrailRow.deed, TrailRow.form_digest).where(
            TrailRow.bank_id == deed.bank_id, TrailRow.done_by == deed.done_by, TrailRow.form_key == deed.form_key
        )
    ).one()
    same = hmac.compare_digest(standing.form_digest or b"", digest or b"")
    if standing.deed != deed.deed or not same:
        raise OtherContentError(subject=standing.subject)
    return str(standing.subject)


def digest_content(books_key: bytes, deed: Deed) -> bytes | None:
    """Return HMAC-SHA256 (RFC 2104) of the form's key and content, or None for a deed without a form.

    So the trail tells whether a form came again with the same content, without keeping the words.
    """
    if deed.form_key is None:
        return None
    content = json.dumps(deed.content or {}, sort_keys=True, default=str)
    return hmac.digest(books_key, f"{deed.form_key} {content}".encode(), "sha256")
