"""Travel time between the two sides of a draft, from the bank's areas."""

from flask import g

from timebank.banks.queries import travel_minutes
from timebank.exchanges.drafts import Purpose
from timebank.exchanges.models import Draft
from timebank.members.queries import list_area_ids
from timebank.web.extensions import db


def minutes_there_and_back(draft: Draft) -> int | None:
    """Return minutes there and back; None where unknown, or where the draft records what was done already."""
    if draft.purpose != Purpose.PROPOSE or draft.other_account_id is None:
        return None
    session, sides = db.session(), (g.actor.account_id, draft.other_account_id)
    areas = list_area_ids(session, g.bank.id, sides)
    if len(areas) < len(sides):
        return None
    one_way = travel_minutes(session, g.bank.id, areas[sides[0]], areas[sides[1]])
    return None if one_way is None else 2 * one_way
