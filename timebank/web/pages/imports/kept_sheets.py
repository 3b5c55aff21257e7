"""The file between the page that takes it and the one that says what it would bring: kept under its reader's key."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, g
from sqlalchemy.orm import Session

from timebank.errors import NotVisibleError
from timebank.interchange import listings as sheets
from timebank.interchange.listings import SheetRow
from timebank.jobs import files
from timebank.listings.rules import ListingKind


def keep(content: bytes) -> str:
    """Keep a file for the reader; return its key, for the address."""
    key = files.new_key(current_app.config["SECRET_KEY"], g.bank.id, g.actor.membership_id)
    with files.new_file(current_app.config["JOB_FILES"], token_of(key)) as (_token, path):
        path.write_bytes(content)
    return key


def token_of(key: str) -> str:
    """Return the token of the reader's file with this key. Raises NotVisibleError for a key of somebody else's."""
    token = files.token_of(current_app.config["SECRET_KEY"], g.bank.id, g.actor.membership_id, key)
    if token is None:
        raise NotVisibleError(key)
    return token


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a file would bring: new offers and requests, and how many rows are left alone or not as they were.

    `before` are stored already, `of_others` another bank's; `unknown` have a category number that has no mapping, and
    `crowded` more categories than are kept.
    """

    offers: int
    requests: int
    before: int
    of_others: int
    unknown: int
    crowded: int


def read_plan(session: Session, token: str) -> ImportPlan:
    """Return what the file with this token would bring. Raises FileGoneError."""
    content = files.find(current_app.config["JOB_FILES"], token).read_bytes()
    rows = sheets.read(content, by_slug=False)
    own = sheets.rows_for(rows, g.bank.slug) or []
    stored = sheets.list_stored(session, g.bank.id, own)
    return _plan([row for row in own if row.key not in stored], before=len(stored), of_others=len(rows) - len(own))


def _plan(fresh: Sequence[SheetRow], *, before: int, of_others: int) -> ImportPlan:
    offers = sum(row.kind is ListingKind.OFFER for row in fresh)
    unknown = sum(row.has_unknown for row in fresh)
    crowded = sum(bool(row.left_out) for row in fresh)
    return ImportPlan(offers, len(fresh) - offers, before, of_others, unknown, crowded)
