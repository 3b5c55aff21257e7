"""Turns at long readings of the books, as pages take them: a refusal says since when somebody else reads."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import g

from timebank import clock, turns
from timebank.errors import TimebankError
from timebank.turns import LongReading, Turn, TurnTakenError
from timebank.web.extensions import db


class BeingExportedError(TimebankError):
    """A spreadsheet of the bank's books is being made already; values: `since`, a time of day."""

    message_id = "books_being_exported"


def take_turn_at_exporting() -> Turn:
    """Return the turn at exporting the books of the bank. Raises BeingExportedError."""
    try:
        return turns.take(db.engine, LongReading.EXPORT, g.bank.id, now=clock.now())
    except TurnTakenError as error:
        raise BeingExportedError(since=_time_of_day(error.since)) from error


def _time_of_day(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(g.bank.time_zone)):%H:%M}"
