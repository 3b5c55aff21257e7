"""What a broker of a simulated bank does at the board, and what the members say who are invited."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from timebank.actors import Doing
from timebank.clock import local_day
from timebank.listings.filling import next_day
from timebank.listings.queries import WholeListing
from timebank.matching.answering import say_no, say_yes
from timebank.matching.board import Pairing
from timebank.matching.board_data import read_board
from timebank.matching.invitation_rules import InvitationState
from timebank.matching.inviting import InvitationText, invite
from timebank.matching.models import Invitation
from timebank.matching.planning import PlanLine, make_plan
from timebank.simulation.behaviour import Reply, answer_days, reply
from timebank.simulation.helping import Life, agree
from timebank.simulation.neighbours import wanted_on
from timebank.simulation.script import Neighbour, Wish
from timebank.simulation.settling import TIME_ZONE

#: The days of the week on which the board is opened, Monday is 0, by their number.
BOARD_DAYS = {1: (0,), 2: (0, 3), 4: (0, 1, 3, 4)}


class _Answer(NamedTuple):
    """What a member will say to an invitation, about which request, for which day, and when."""

    reply: Reply
    neighbour: Neighbour
    wish: Wish
    day: date
    answers_on: date


class Desk:
    """A broker's desk; each invitation is answered once, by what the member decided when it was sent."""

    def __init__(self, life: Life) -> None:
        """Take the year."""
        self._life = life
        self._numbers = {actor.membership_id: number for number, actor in enumerate(life.settled.members)}
        self._answers: dict[int, _Answer] = {}

    def open_board(self, now: datetime) -> None:
        """Take the plan for all open requests, and invite for each whom it has chosen and the next best in turn."""
        life, settled, today = self._life, self._life.settled, now.date()
        if today.weekday() not in BOARD_DAYS[life.parameters.board_days]:
            return
        broker_id = settled.broker.membership_id
        data = read_board(settled.session, settled.bank.id, now=now, today=today, barred=[broker_id])
        sent = Counter[int]()
        for line in make_plan(data).lines:
            if line.chosen is not None:
                self._invite(line.request, _in_turn(line, line.chosen, life.parameters.passed_on, sent), now)
                sent[line.chosen.member.id] += 1

    def _invite(self, request: WholeListing, member_ids: Sequence[int], now: datetime) -> None:
        life, settled = self._life, self._life.settled
        text = InvitationText(next_day(request, now.date()), request.wanted_time, life.wishes[request.id].minutes)
        with life.refusable():
            invite(settled.session, settled.bank, request.code, member_ids, text, Doing(settled.broker, now))

    def answer_invitations(self, now: datetime) -> None:
        """Let the members who were invited answer, those whose day it is."""
        for invitation in self._list_sent():
            if invitation.id not in self._answers:
                self._answers[invitation.id] = self._decide(invitation)
            answer = self._answers[invitation.id]
            if answer.reply is not Reply.NOTHING and answer.answers_on <= now.date():
                self._give(answer, invitation.code, now)

    def _list_sent(self) -> Sequence[Invitation]:
        settled = self._life.settled
        query = select(Invitation).where(
            Invitation.bank_id == settled.bank.id, Invitation.state == InvitationState.SENT
        )
        return settled.session.scalars(query.order_by(Invitation.id)).all()

    def _decide(self, invitation: Invitation) -> _Answer:
        life, wish = self._life, self._life.wishes[invitation.listing_id]
        neighbour = life.script.neighbours[self._numbers[invitation.member_id]]
        asked_on = local_day(invitation.asked_at or invitation.chosen_at, TIME_ZONE)
        answers_on = asked_on + timedelta(days=answer_days(life.chance, neighbour, wish))
        day = life.day_for(wish, wanted_on(wish), neighbour, answers_on)
        load, is_free = life.load(neighbour, asked_on, day), neighbour.is_free(day, wish.at)
        life.asked_on.setdefault(neighbour.number, []).append(asked_on)
        answer = reply(life.parameters, life.chance, neighbour, wish, load, is_free=is_free)
        return _Answer(answer, neighbour, wish, day, answers_on)

    def _give(self, answer: _Answer, code: str, now: datetime) -> None:
        life, session, bank = self._life, self._life.settled.session, self._life.settled.bank
        doing, day = life.doing(answer.neighbour.number, now), max(answer.day, now.date())
        with life.refusable():
            if answer.reply is Reply.YES:
                exchange_code = say_yes(session, bank, code, doing, day=day)
                agree(life, answer.wish, answer.neighbour.number, day, exchange_code)
            else:
                say_no(session, bank, code, doing, less=answer.reply is Reply.LESS)


def _in_turn(line: PlanLine, chosen: Pairing, most: int, sent: Counter[int]) -> Sequence[int]:
    """Return the membership that the plan has chosen, then so many of the next best who have room this week."""
    others = [pairing.member for pairing in line.others if pairing.member.room > sent[pairing.member.id]]
    return [chosen.member.id, *(member.id for member in others[:most])]
