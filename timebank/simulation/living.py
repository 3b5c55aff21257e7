"""A simulated year, day by day: the night's sweep, what is in the diary, the broker's board, and the members."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from timebank.exchanges.expiry import expire
from timebank.matching.turns import lapse
from timebank.simulation.chance import Chance
from timebank.simulation.desk import Desk
from timebank.simulation.helping import Life, TimeOfDay, meet
from timebank.simulation.neighbours import Neighbourhood, ask
from timebank.simulation.parameters import Parameters
from timebank.simulation.script import Meeting, Wish, write_script
from timebank.simulation.settling import day_of, moment, settle

_SWEPT_AT, _MORNING, _ASKED_AT, _BOARD_AT = time(4, 10), time(9), time(9, 30), time(10)
_SEARCHED_AT, _ANSWERED_AT, _LOOKED_AT, _EVENING = time(12), time(18), time(19), time(19, 30)


class SimulatedYear:
    """A year of a bank in a database that is migrated and empty. Whoever plays it commits."""

    def __init__(self, session: Session, parameters: Parameters, seed: int, days: int, *, with_board: bool) -> None:
        """Open the bank, take its members in, and list their offers."""
        chance = Chance(seed)
        script = write_script(parameters, chance, days)
        self.life = Life(settle(session, script), script, parameters, chance)
        self._neighbourhood = Neighbourhood(self.life)
        self._desk = Desk(self.life) if with_board else None
        self._wishes, self._meetings = dict[int, list[Wish]](), dict[int, list[Meeting]]()
        for wish in script.wishes:
            self._wishes.setdefault(wish.day, []).append(wish)
        for meeting in script.meetings:
            self._meetings.setdefault(meeting.day, []).append(meeting)

    def play(self) -> Iterator[date]:
        """Play each day, and yield it when it is over."""
        for number in range(self.life.script.days):
            day = day_of(number)
            self._sweep(moment(day, _SWEPT_AT))
            self._do_planned(day, TimeOfDay.MORNING, moment(day, _MORNING))
            self._begin(number, moment(day, _ASKED_AT))
            if self._desk is not None:
                self._desk.open_board(moment(day, _BOARD_AT))
            self._neighbourhood.search(number, moment(day, _SEARCHED_AT))
            if self._desk is not None:
                self._desk.answer_invitations(moment(day, _ANSWERED_AT))
            self._neighbourhood.look(number, moment(day, _LOOKED_AT))
            self._do_planned(day, TimeOfDay.EVENING, moment(day, _EVENING))
            yield day

    def _sweep(self, now: datetime) -> None:
        """Do what `timebank sweep` does of what can happen here."""
        session, bank = self.life.settled.session, self.life.settled.bank
        expire(session, bank, now=now)
        lapse(session, bank, now=now)

    def _do_planned(self, day: date, at: TimeOfDay, now: datetime) -> None:
        for deed in self.life.diary.pop((day, at), ()):
            deed(now)

    def _begin(self, number: int, now: datetime) -> None:
        """Let members ask for help, and those who know each other meet."""
        wishes: Sequence[Wish] = self._wishes.get(number, ())
        for wish in wishes:
            ask(self.life, wish, now)
        for meeting in self._meetings.get(number, ()):
            meet(self.life, meeting, now.date())
