"""What a member reads on home of how they could help, what they could ask for, and a nudge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from timebank.actors import Actor, may_exchange
from timebank.exchanges.both_ways import BothWays, count_both_ways
from timebank.matching.could_ask import OfferedKind, list_kinds_to_ask_for
from timebank.matching.could_help import FittingRequest, list_fitting_requests
from timebank.matching.dismissing import list_dismissed
from timebank.matching.own_listings import OwnListings, read_own_listings
from timebank.matching.suggestion_rules import (
    ASKED_LATELY,
    MOST_SUGGESTIONS,
    NUDGE_PERIOD,
    OneWay,
    SuggestionKind,
    choose,
    one_way,
)
from timebank.members.helping import find_helping
from timebank.members.rules import is_away


@dataclass(frozen=True, slots=True)
class Nudge:
    """A kind word for who only gives or only receives: how often they did, and whether they offer something."""

    way: OneWay
    times: int
    has_offers: bool

    @property
    def only_gives(self) -> bool:
        """Return whether it is for who only gives, and not for who only receives."""
        return self.way is OneWay.ONLY_GIVES


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line on home: a request that fits, a kind of help to ask for, or a nudge; the other two are None.

    `about` names it when it is dismissed.
    """

    kind: SuggestionKind
    about: str
    request: FittingRequest | None = None
    offered: OfferedKind | None = None
    nudge: Nudge | None = None


def list_suggestions(session: Session, actor: Actor, *, now: datetime, today: date) -> Sequence[Suggestion]:
    """Return what is suggested to a member who exchanges, at most MOST_SUGGESTIONS, in five queries at most.

    `today` is where the bank is. Nothing tells of the balance or the wishes of anybody else.
    """
    if not may_exchange(actor):
        return []
    bank_id = actor.bank_id
    dismissed = list_dismissed(session, bank_id, actor.membership_id, now=now)
    since, lately = today - NUDGE_PERIOD, today - ASKED_LATELY
    counts = count_both_ways(session, bank_id, actor.account_id, since=since, lately=lately)
    own = read_own_listings(session, bank_id, actor.membership_id, today=today, lately=now - ASKED_LATELY)
    asks_lately = own.asks_lately or counts.is_helped_lately
    way = one_way(counts.given, counts.received)
    nudge = None
    if way is not None and (SuggestionKind.NUDGE, way) not in dismissed:
        nudge = _find_nudge(session, actor, way, counts, own, today, asks_lately=asks_lately)
    requests = list_fitting_requests(
        session, actor, own.offers, _about(dismissed, SuggestionKind.HELP), today=today, most=MOST_SUGGESTIONS
    )
    kinds: Sequence[OfferedKind] = []
    if not asks_lately and way is not OneWay.ONLY_RECEIVES:
        kinds = list_kinds_to_ask_for(
            session, actor, own.kinds, _about(dismissed, SuggestionKind.ASK), today=today, most=MOST_SUGGESTIONS
        )
    helps = [Suggestion(SuggestionKind.HELP, request.code, request=request) for request in requests]
    asks = [Suggestion(SuggestionKind.ASK, kind.key, offered=kind) for kind in kinds]
    nudges = [] if nudge is None else [Suggestion(SuggestionKind.NUDGE, nudge.way, nudge=nudge)]
    return [*nudges, *choose(nudge.way if nudge else None, helps, asks)]


def _find_nudge(  # noqa: PLR0913 (of whom, and all that it depends on)
    session: Session, actor: Actor, way: OneWay, counts: BothWays, own: OwnListings, today: date, *, asks_lately: bool
) -> Nudge | None:
    """Return the nudge; None for who only gives but asks already, and for who only receives but cannot help just now.

    That is who wants no invitations or is away.
    """
    if way is OneWay.ONLY_GIVES:
        return None if asks_lately else Nudge(way, counts.given, bool(own.offers))
    helping = find_helping(session, actor.bank_id, actor.membership_id)
    if helping is None or not helping.most_invitations or is_away(helping, today):
        return None
    return Nudge(way, counts.received, bool(own.offers))


def _about(dismissed: frozenset[tuple[str, str]], kind: SuggestionKind) -> frozenset[str]:
    return frozenset(about for of_kind, about in dismissed if of_kind == kind)
