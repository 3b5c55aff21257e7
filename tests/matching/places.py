"""Where the cast lives."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.people import Village
from timebank.actors import Actor
from timebank.banks.models import Area, AreaTravel
from timebank.members.models import Membership


def live_in(session: Session, village: Village, actor: Actor, area_id: int | None) -> None:
    """Let somebody of Angus live in an area, or in none."""
    session.execute(
        update(Membership)
        .where(Membership.bank_id == village.angus.id, Membership.id == actor.membership_id)
        .values(area_id=area_id)
    )


def make_areas(session: Session, village: Village) -> None:
    """Make Forfar (1), Brechin (2) half an hour away, and Montrose (3), of which nobody knows how far it is."""
    for id_, name in ((1, "Forfar"), (2, "Brechin"), (3, "Montrose")):
        session.add(Area(bank_id=village.angus.id, id=id_, name=name))
    session.flush()
    session.add(AreaTravel(bank_id=village.angus.id, first_area_id=1, second_area_id=2, minutes=30))
    session.flush()
