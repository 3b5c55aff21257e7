"""Letters that were posted: the bundles of the last year, and printing one again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from timebank.actors import Actor, Doing, may_broker
from timebank.errors import NotAllowedError
from timebank.notices.models import Delivery, DeliveryState, LetterBundle
from timebank.notices.rules import Way
from timebank.references import DeedName, Ref, Subject
from timebank.rows import Page, fetch_page
from timebank.telling.letters import BundleRow, Letter, read_letters, select_bundles
from timebank.trail import actions as trail
from timebank.trail.queries import list_deeds

BUNDLES_A_PAGE = 25
#: Who said that they print a bundle again sees its letters for so long.
SHOWN_FOR = timedelta(hours=12)


def list_posted_bundles(session: Session, bank_id: int, *, below: int | None = None) -> Page[BundleRow]:
    """Return a page of the bundles that were posted, the newest first: those whose id is lower than `below`."""
    query = select_bundles(bank_id).where(LetterBundle.posted_at.is_not(None))
    if below is not None:
        query = query.where(LetterBundle.id < below)
    return fetch_page(session, query.order_by(LetterBundle.id.desc()), BundleRow, BUNDLES_A_PAGE)


def list_posted_letters(session: Session, bank_id: int, bundle_id: int, now: datetime) -> Sequence[Letter]:
    """Return the letters of a bundle that were posted, with those of their notices that apply now.

    The number of queries is constant.
    """
    in_it = (
        Delivery.bank_id == bank_id,
        Delivery.bundle_id == bundle_id,
        Delivery.way == Way.LETTER,
        Delivery.state == DeliveryState.SENT,
    )
    return read_letters(session, bank_id, in_it, now)


def print_again(session: Session, code: str, doing: Doing) -> None:
    """Note on the trail that a broker prints the letters of a posted bundle again. Raises NotAllowedError."""
    if trail.is_repeat(session, doing, DeedName.LETTERS_PRINTED_AGAIN, Ref(Subject.LETTERS, code)):
        return
    if not may_broker(doing.by):
        raise NotAllowedError


def prints_again(session: Session, actor: Actor, code: str, now: datetime) -> bool:
    """Return whether the actor said within SHOWN_FOR that they print this bundle again."""
    deeds = list_deeds(session, actor.bank_id, str(Ref(Subject.LETTERS, code)))
    return any(
        deed.deed == DeedName.LETTERS_PRINTED_AGAIN
        and deed.done_by == actor.membership_id
        and deed.done_at > now - SHOWN_FOR
        for deed in deeds
    )
