"""What the reader asked for, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import g

from timebank.exchanges.of_requests import Helper, list_helpers
from timebank.listings.filling import OUTCOME_DAYS, ListingState, is_news, places_left, state_of
from timebank.listings.queries import ListingLine, list_asked
from timebank.matching.queries import list_answers_due
from timebank.web.extensions import db
from timebank.web.filters import today

MOST = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the reader's, and its helpers of late or to come; whether it is found, or why it ran out.

    `answer_by` is the day by which somebody who is asked answers; None while nobody is.
    """

    listing: ListingLine
    helpers: Sequence[Helper]
    places_left: int
    is_found: bool
    day_passed: bool
    to_review: bool
    answer_by: date | None


def list_what_was_asked() -> list[Asked]:
    """Return the reader's requests that they read of on home, the newest first, at most one more than MOST."""
    day = today()
    lines = list_asked(db.session(), g.bank.id, g.actor.membership_id, today=day)
    helpers: dict[int, list[Helper]] = {line.id: [] for line in lines}
    since = day - timedelta(days=OUTCOME_DAYS)
    for helper in list_helpers(db.session(), g.bank.id, list(helpers), since=since):
        helpers[helper.listing_id].append(helper)
    due = list_answers_due(db.session(), g.bank.id, list(helpers))
    asked = [
        _asked(line, helpers[line.id], day, due.get(line.id))
        for line in lines
        if is_news(line, _last_day(helpers[line.id]), day)
    ]
    return asked[: MOST + 1]


def _last_day(helpers: Sequence[Helper]) -> date | None:
    return helpers[-1].day if helpers else None


def _asked(line: ListingLine, helpers: Sequence[Helper], day: date, answer_by: date | None) -> Asked:
    state = state_of(line, day)
    return Asked(
        line,
        helpers,
        places_left(line),
        is_found=state is ListingState.FOUND,
        day_passed=state is ListingState.DAY_PASSED,
        to_review=state is ListingState.TO_REVIEW,
        answer_by=answer_by,
    )
