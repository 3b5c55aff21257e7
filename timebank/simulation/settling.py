"""The first day of a simulated bank: it is opened, and its members join, say when they can help, and list offers."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from timebank.actors import Actor, Doing, Role, Unattended
from timebank.banks.actions import open_bank
from timebank.banks.models import Bank
from timebank.listings.actions import add, open_categories
from timebank.listings.queries import get_tree
from timebank.listings.rules import ListingKind, ListingText
from timebank.listings.tree import Tree
from timebank.members.actions import NewMember, admit
from timebank.members.helping import change_helping
from timebank.members.queries import find_actor_by_code
from timebank.members.roles import give
from timebank.members.rules import Helping
from timebank.simulation.kinds import KINDS
from timebank.simulation.script import Neighbour, Script

TIME_ZONE = "Europe/London"
#: The first day of each simulated year, a Monday in a year without a leap day.
FIRST_DAY = date(2029, 1, 1)
_OPENED_AT, _JOINED_AT, _LISTED_AT = time(7), time(7, 30), time(8)


@dataclass(frozen=True)
class Settled:
    """A bank on its first day: its members by number, and the broker, who is none of them."""

    session: Session
    bank: Bank
    members: list[Actor]
    broker: Actor
    tree: Tree

    def listing_text(self, kind: int, title: str, wanted_on: date | None = None, at: time | None = None) -> ListingText:
        """Return the content of an offer or a request of this kind."""
        return ListingText(title, "", (self.tree.by_key[KINDS[kind].key].id,), wanted_on=wanted_on, wanted_time=at)


def day_of(number: int) -> date:
    """Return a day of the year by its number, from 0."""
    return FIRST_DAY + timedelta(days=number)


def moment(day: date, at: time) -> datetime:
    """Return a time of day where the bank is."""
    return datetime.combine(day, at, ZoneInfo(TIME_ZONE))


def settle(session: Session, script: Script) -> Settled:
    """Open a bank and take everybody in."""
    opened_at, joined_at = moment(FIRST_DAY, _OPENED_AT), moment(FIRST_DAY, _JOINED_AT)
    bank = open_bank(session, slug="simulated", name="Simulated Time Bank", now=opened_at, time_zone=TIME_ZONE)
    open_categories(session, bank, Unattended(bank.id, opened_at))
    by_administrator = Unattended(bank.id, opened_at)
    desk = NewMember("Broker", email="broker@example.org", roles=frozenset())
    membership = admit(session, bank, desk, by_administrator)
    give(session, membership, Role.BROKER, by_administrator, granted_by=None)
    broker = _actor(session, bank, membership.code)
    members = [_join(session, bank, neighbour, Doing(broker, joined_at)) for neighbour in script.neighbours]
    settled = Settled(session, bank, members, broker, get_tree(session, bank.id))
    for offer in script.offers:
        doing = Doing(members[offer.owner], moment(FIRST_DAY, _LISTED_AT))
        add(session, bank, ListingKind.OFFER, settled.listing_text(offer.kind, offer.title), doing)
    return settled


def _join(session: Session, bank: Bank, neighbour: Neighbour, doing: Doing) -> Actor:
    """Take a member in, who says when they can help, or leaves it to the site to think that it is at any time."""
    newcomer = NewMember(f"Member {neighbour.number}", email=f"member{neighbour.number}@example.org")
    actor = _actor(session, bank, admit(session, bank, newcomer, doing).code)
    if neighbour.says_when:
        helping = Helping(neighbour.free_parts, most_invitations=neighbour.most_invitations)
        change_helping(session, bank, helping, Doing(actor, doing.now))
    return actor


def _actor(session: Session, bank: Bank, code: str) -> Actor:
    actor = find_actor_by_code(session, bank.id, code)
    if actor is None:
        raise LookupError(code)
    return actor
