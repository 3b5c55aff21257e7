"""What is new in a bank, and which requests suit whom, read once for all its members."""

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Standing
from timebank.announcements.queries import list_current
from timebank.banks.models import Bank
from timebank.banks.queries import list_all_travel
from timebank.digests.models import DigestItem
from timebank.digests.rules import LOOK_BACK, Item, News
from timebank.listings.models import Listing
from timebank.listings.queries import OWNS, can_be_found
from timebank.listings.rules import ListingKind
from timebank.matching.board import Board
from timebank.matching.board_data import read_board
from timebank.members.models import Membership

#: So many of the newest offers and requests are looked at.
MOST_LISTED = 200
#: A request is shown to so many of those whom it suits best: it asks a few, not all.
BEST = 20


def read_news(session: Session, bank: Bank, now: datetime) -> News:
    """Return what was listed within LOOK_BACK and is open, and who could help with it, by the rules of the board."""
    items = _list_items(session, bank, now)
    requests = [item for item in items if item[0] == ListingKind.REQUEST]
    rows = session.execute(
        select(DigestItem.code, func.count())
        .where(DigestItem.bank_id == bank.id, DigestItem.shown_at > now - LOOK_BACK)
        .group_by(DigestItem.code)
    )
    return News(
        requests=[item for _kind, item in requests],
        offers=[item for kind, item in items if kind == ListingKind.OFFER],
        fitting=_list_fitting(session, bank, now, {item.code for _kind, item in requests}),
        travel=list_all_travel(session, bank.id),
        announced=[row.code for row in list_current(session, bank.id, today=clock.local_day(now, bank.time_zone))],
        times_shown={code: number for code, number in rows},  # noqa: C416 (rows are no pairs to a dict's type)
    )


def _list_items(session: Session, bank: Bank, now: datetime) -> list[tuple[str, Item]]:
    """Return (kind, item), the newest first, without listings of nobody in particular."""
    query = (
        select(
            Listing.kind,
            Listing.code,
            Listing.member_id,
            Listing.area_id,
            or_(Listing.online, Listing.by_phone) & Listing.in_person.is_(False),
        )
        .join(Membership, OWNS)
        .where(
            Listing.bank_id == bank.id,
            can_be_found(clock.local_day(now, bank.time_zone)),
            Membership.standing == Standing.ACTIVE,
            Membership.is_holder.is_(False),
            Listing.listed_at > now - LOOK_BACK,
        )
        .order_by(Listing.listed_at.desc(), Listing.id.desc())
        .limit(MOST_LISTED)
    )
    return [(row[0], Item(row[1], row[2], row[3], bool(row[4]))) for row in session.execute(query)]


def _list_fitting(session: Session, bank: Bank, now: datetime, codes: set[str]) -> dict[int, list[str]]:
    """Return {membership id: codes of new requests that suit them, the best fitting first}."""
    data = read_board(session, bank.id, now=now, today=clock.local_day(now, bank.time_zone))
    requests = [request for request in data.requests if request.code in codes]
    fitting: dict[int, list[tuple[float, str]]] = {}
    for request, pairings in zip(requests, Board(data).compare(requests), strict=True):
        for pairing in [pairing for pairing in pairings if pairing.is_close][:BEST]:
            fitting.setdefault(pairing.member.id, []).append((-pairing.score, request.code))
    return {member_id: [code for _score, code in sorted(scored)] for member_id, scored in fitting.items()}
