"""How members of a simulated bank behave: who looks when, who offers help, and what those who are asked say. Pure."""

from datetime import date, time
from enum import StrEnum
from typing import NamedTuple

from timebank.simulation.chance import Chance
from timebank.simulation.parameters import Parameters
from timebank.simulation.script import Liveliness, Neighbour, Wish

#: Every so many days somebody looks at the open requests.
_LOOKS_EVERY = {Liveliness.LIVELY: 7, Liveliness.QUIET: 30}
_LATEST_ANSWER_DAYS = 2
#: For so many days being asked tires, and agreed help within so many keeps busy.
TIRED_DAYS, BUSY_DAYS = 28, 7


class Reply(StrEnum):
    """What somebody who is asked says, or that they say nothing."""

    YES = "yes"
    NO = "no"
    LESS = "less"
    NOTHING = "nothing"


class Load(NamedTuple):
    """How often a member was asked in the last TIRED_DAYS, and how much other help they have agreed to nearby."""

    asks: int = 0
    agreed: int = 0


def looks(neighbour: Neighbour, chance: Chance, day: int) -> bool:
    """Return whether a member looks at the open requests on a day of the year."""
    every = _LOOKS_EVERY.get(neighbour.liveliness)
    if every is None:
        return False
    return day % every == chance.whole(0, every - 1, "looks", neighbour.number)


def readiness(parameters: Parameters, load: Load) -> float:
    """Return what is left of a chance by how tired and how busy somebody is: 1 where they are neither."""
    return float((1 - parameters.tires) ** load.asks * (1 - parameters.busy) ** load.agreed)


def offers_help(parameters: Parameters, chance: Chance, neighbour: Neighbour, wish: Wish, load: Load) -> bool:
    """Return whether a member who sees a request for a time that suits them offers help by themselves."""
    share = parameters.own_fitting if wish.kind in neighbour.kinds else parameters.own_other
    return chance.happens(share * readiness(parameters, load), "offers help", neighbour.number, wish.number)


def reply(
    parameters: Parameters, chance: Chance, neighbour: Neighbour, wish: Wish, load: Load, *, is_free: bool
) -> Reply:
    """Return what a member says who is asked about a request."""
    names = (neighbour.number, wish.number)
    answers = {Liveliness.LIVELY: parameters.lively_answers, Liveliness.QUIET: parameters.quiet_answers}
    if not chance.happens(answers.get(neighbour.liveliness, 0), "answers", *names):
        return Reply.NOTHING
    share = parameters.yes_fitting if wish.kind in neighbour.kinds else parameters.yes_other
    if is_free and chance.happens(share * readiness(parameters, load), "says yes", *names):
        return Reply.YES
    return Reply.LESS if chance.happens(parameters.less_share, "wants less", *names) else Reply.NO


def answer_days(chance: Chance, neighbour: Neighbour, wish: Wish) -> int:
    """Return after how many days a member answers, if they do."""
    return chance.whole(0, _LATEST_ANSWER_DAYS, "answers after", neighbour.number, wish.number)


def suits(neighbour: Neighbour, day: date | None, at: time | None) -> bool:
    """Return whether a member is free when a request is; one for any day always suits."""
    return day is None or neighbour.is_free(day, at)
