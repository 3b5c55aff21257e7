"""What members of a simulated bank do by themselves: ask, look, offer help, search, and answer each other."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from timebank.exchanges import actions
from timebank.listings.actions import add
from timebank.listings.finding import ListingFilter, find_listings
from timebank.listings.queries import find_line, list_open_requests
from timebank.listings.rules import ListingKind
from timebank.simulation.behaviour import Reply, answer_days, looks, offers_help, reply, suits
from timebank.simulation.helping import Life, TimeOfDay, agree
from timebank.simulation.script import Neighbour, Wish
from timebank.simulation.settling import day_of

_SEARCHES_IN_WEEKS = 4
_DAYS_A_WEEK = 7
#: Who searches gives whom they ask so many days to answer.
_DAYS_TO_ANSWER = 2


def wanted_on(wish: Wish) -> date | None:
    """Return the day that a request is for; None: any."""
    return None if wish.days_ahead is None else day_of(wish.day + wish.days_ahead)


def ask(life: Life, wish: Wish, now: datetime) -> None:
    """A member lists a request."""
    settled = life.settled
    content = settled.listing_text(wish.kind, wish.title, wanted_on(wish), wish.at)
    code = add(settled.session, settled.bank, ListingKind.REQUEST, content, life.doing(wish.asker, now))
    line = find_line(settled.session, settled.bank.id, code, now.date())
    if line is None:
        raise LookupError(code)
    life.ids[wish.number], life.wishes[line.id] = line.id, wish


class Neighbourhood:
    """The members' own initiative. Each decides once about a request, and asks each other member once about it."""

    def __init__(self, life: Life) -> None:
        """Take the year."""
        self._life = life
        self._seen: set[tuple[int, int]] = set()
        self._searched: set[tuple[int, int]] = set()

    def look(self, number: int, now: datetime) -> None:
        """Let those look at the open requests whose day it is, and offer help; `number` is the day's."""
        life, session, bank = self._life, self._life.settled.session, self._life.settled.bank
        looking = [neighbour for neighbour in life.script.neighbours if looks(neighbour, life.chance, number)]
        offering = [
            (neighbour, wish, day)
            for neighbour in looking
            for wish in life.wishes.values()
            if (day := self._helps_on(neighbour, wish, now.date())) is not None
        ]
        is_open = {line.id for line in list_open_requests(session, bank.id, today=now.date())} if offering else set()
        for neighbour, wish, day in offering:
            if life.ids[wish.number] in is_open:
                self._offer(neighbour, wish, day, now)

    def _helps_on(self, neighbour: Neighbour, wish: Wish, today: date) -> date | None:
        """Return for which day a member who sees a request offers help; None where they do not, or saw it before."""
        life, pair = self._life, (neighbour.number, wish.number)
        if neighbour.number == wish.asker or pair in self._seen or wish.number in life.agreed:
            return None
        self._seen.add(pair)
        day = life.day_for(wish, wanted_on(wish), neighbour, today + timedelta(days=1))
        if day <= today or not suits(neighbour, wanted_on(wish), wish.at):
            return None
        load = life.load(neighbour, today, day)
        return day if offers_help(life.parameters, life.chance, neighbour, wish, load) else None

    def _offer(self, neighbour: Neighbour, wish: Wish, day: date, now: datetime) -> None:
        life = self._life
        with life.refusable():
            terms, doing = life.terms(wish, neighbour.number, day), life.doing(neighbour.number, now)
            code = actions.propose(life.settled.session, life.settled.bank, terms, doing)
            self._plan_accepting(wish, neighbour, day, code, now.date())

    def _plan_accepting(self, wish: Wish, neighbour: Neighbour, day: date, code: str, today: date) -> None:
        life, session = self._life, self._life.settled.session

        def answer(now: datetime) -> None:
            accepts = life.chance.happens(life.parameters.accepts, "accepts", neighbour.number, wish.number)
            if wish.number in life.agreed or not accepts:
                actions.decline(session, code, life.doing(wish.asker, now))
                return
            actions.accept(session, code, life.doing(wish.asker, now))
            agree(life, wish, neighbour.number, day, code)

        life.plan(today + timedelta(days=1), TimeOfDay.MORNING, answer)

    def search(self, number: int, now: datetime) -> None:
        """Let those who asked, and whose week it is, search the offers and ask the first member whom they find."""
        for wish in self._life.script.wishes:
            if self._searches(wish, number):
                self._ask_somebody(wish, now)

    def _searches(self, wish: Wish, number: int) -> bool:
        """Return whether who asked searches on a day of the year: on the day after asking, or some weeks later."""
        weeks, days = divmod(number - wish.day - 1, _DAYS_A_WEEK)
        if days or not 0 <= weeks < _SEARCHES_IN_WEEKS or wish.number in self._life.agreed:
            return False
        chance = self._life.chance.happens(self._life.parameters.searches, "searches", wish.number, weeks)
        day = wanted_on(wish)
        return chance and (day is None or day >= day_of(number))

    def _ask_somebody(self, wish: Wish, now: datetime) -> None:
        life, settled = self._life, self._life.settled
        filters = ListingFilter(ListingKind.OFFER, words=wish.title)
        page = find_listings(settled.session, settled.bank.id, filters, settled.tree, today=now.date())
        neighbour = self._first_new(wish, [line.member_id for line in page.every_row])
        if neighbour is None:
            return
        self._searched.add((neighbour.number, wish.number))
        last_day = now.date() + timedelta(days=_DAYS_TO_ANSWER)
        day = life.day_for(wish, wanted_on(wish), neighbour, last_day)
        with life.refusable():
            terms = life.terms(wish, neighbour.number, day)
            code = actions.propose(settled.session, settled.bank, terms, life.doing(wish.asker, now))
            self._plan_reply(wish, neighbour, day, code, now.date())

    def _first_new(self, wish: Wish, member_ids: Sequence[int]) -> Neighbour | None:
        """Return the first of these members whom who asked has not asked yet."""
        numbers = {actor.membership_id: number for number, actor in enumerate(self._life.settled.members)}
        for member_id in member_ids:
            number = numbers[member_id]
            if number != wish.asker and (number, wish.number) not in self._searched:
                return self._life.script.neighbours[number]
        return None

    def _plan_reply(self, wish: Wish, neighbour: Neighbour, day: date, code: str, today: date) -> None:
        life, session = self._life, self._life.settled.session
        load, is_free = life.load(neighbour, today, day), neighbour.is_free(day, wish.at)
        life.asked_on.setdefault(neighbour.number, []).append(today)
        answer = reply(life.parameters, life.chance, neighbour, wish, load, is_free=is_free)

        def give_answer(now: datetime) -> None:
            if answer is Reply.NOTHING or wish.number in life.agreed or day < now.date():
                actions.cancel(session, code, life.doing(wish.asker, now))
            elif answer is Reply.YES:
                actions.accept(session, code, life.doing(neighbour.number, now))
                agree(life, wish, neighbour.number, day, code)
            else:
                actions.decline(session, code, life.doing(neighbour.number, now))

        late = _DAYS_TO_ANSWER if answer is Reply.NOTHING else answer_days(life.chance, neighbour, wish)
        life.plan(today + timedelta(days=late), TimeOfDay.EVENING, give_answer)
