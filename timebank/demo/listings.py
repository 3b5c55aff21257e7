"""What the village's people offer and ask for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from timebank import clock
from timebank.banks.models import Bank
from timebank.listings.actions import add, open_categories
from timebank.listings.models import Listing
from timebank.listings.queries import get_tree
from timebank.listings.rules import WEEKDAYS, WEEKEND, Kind, Said
from timebank.members.rules import Actor


@dataclass(frozen=True, slots=True)
class _Listed:
    """An offer or a request of one of the cast, so many days ago."""

    days_ago: int
    who: str
    kind: Kind
    title: str
    words: str
    category: str
    suits: int = 0
    by_phone: bool = False


_LISTED = (
    _Listed(22, "ada", Kind.OFFER, "Knitting for beginners", "I bring wool and needles.", "arts/crafts"),
    _Listed(20, "ada", Kind.OFFER, "Gardening", "Weeding, roses, a little digging.", "outdoors/gardening", WEEKDAYS),
    _Listed(18, "ada", Kind.OFFER, "A walk with your dog", "", "outdoors/dog-walking"),
    _Listed(15, "sam", Kind.OFFER, "I mend lamps and clocks", "Bring them or I come by.", "repairs/small-jobs"),
    _Listed(
        13, "sam", Kind.OFFER, "Lift to the clinic", "Two seats, not before nine.", "getting-about/clinic", WEEKDAYS
    ),
    _Listed(12, "rosa", Kind.OFFER, "A chat on the phone", "Any morning.", "company/phone-calls", 0, by_phone=True),
    _Listed(9, "grace", Kind.REQUEST, "Somebody to walk Biscuit", "He is small and slow.", "outdoors/dog-walking"),
    _Listed(7, "linus", Kind.REQUEST, "Help with a new phone", "Just the first steps.", "paperwork/computers", WEEKEND),
    _Listed(5, "linus", Kind.OFFER, "Carrying the shopping", "", "errands/shopping", WEEKEND),
)


def list_help(session: Session, bank: Bank, people: dict[str, Actor], now: datetime) -> None:
    """Open the categories and list what people said; Ada is to look at the oldest of hers once more."""
    open_categories(session, bank, bank.opened_at)
    tree = get_tree(session, bank.id)
    listed = []
    for number, one in enumerate(_LISTED):
        said = Said(
            one.title,
            one.words,
            (tree.by_key[one.category].id,),
            in_person=not one.by_phone,
            by_phone=one.by_phone,
            suits=one.suits,
        )
        at = now - timedelta(days=one.days_ago)
        code = add(session, bank, one.kind, said, by=people[one.who], now=at, form_key=f"village-listing-{number}")
        listed.append(code)
    yesterday = clock.local_day(now - timedelta(days=1), bank.time_zone)
    session.execute(
        update(Listing).where(Listing.bank_id == bank.id, Listing.code == listed[0]).values(review_on=yesterday)
    )
