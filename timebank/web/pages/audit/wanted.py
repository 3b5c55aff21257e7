"""Parsing of the filters in the URL of the list of exchanges."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _

from timebank.audit.exchanges import ExchangeFilter
from timebank.audit.rules import GROUPS, states_of
from timebank.banks.queries import list_areas
from timebank.errors import TimebankError
from timebank.exchanges.rules import State
from timebank.listings.queries import get_tree
from timebank.listings.tree import Tree
from timebank.web.asked import asked_words
from timebank.web.days import read_day
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.sentences import say

#: Names of what can be asked, as they stand in the address.
NAMES = ("words", "person", "category", "area", "state", "from", "to")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of a URL: as typed (for links and the form), parsed, and sentences about problems by field."""

    typed: dict[str, Any]
    meant: ExchangeFilter
    problems: dict[str, str] = field(default_factory=dict)
    tree: Tree = field(default_factory=lambda: Tree(()))
    areas: Sequence[tuple[int, str]] = ()

    @property
    def states(self) -> list[str]:
        """Return the words of states that can be chosen: groups of states first."""
        return [*GROUPS, *(state.value for state in State)]


def read_wanted() -> Wanted:
    """Parse the URL; an unknown value, such as the name of a renamed area, is a problem and filters nothing."""
    tree = get_tree(db.session(), g.bank.id)
    areas = [(row.id, row.name) for row in list_areas(db.session(), g.bank.id, also_closed=True)]
    typed = {name: asked_words(name).strip() for name in NAMES}
    typed = {name: words for name, words in typed.items() if words}
    problems = dict[str, str]()
    category = tree.by_key.get(typed["category"]) if "category" in typed else None
    area_id = next((area_id for area_id, name in areas if name == typed.get("area")), None)
    states = states_of(typed.get("state", ""))
    for name, value in (("category", category), ("area", area_id), ("state", states)):
        if name in typed and not value:
            problems[name] = _("This is not on the list: %(typed)s.", typed=typed[name])
    first, last = (_day(typed, name, problems) for name in ("from", "to"))
    if first is not None and last is not None and last < first:
        problems["to"] = _("The last day comes before the first.")
    meant = ExchangeFilter(
        words=typed.get("words", ""),
        person=typed.get("person", ""),
        category_ids=tuple(tree.within(category.id)) if category else (),
        area_id=area_id,
        states=states,
        first=first,
        last=last,
    )
    return Wanted(typed, meant, problems, tree, areas)


def _day(typed: dict[str, str], name: str, problems: dict[str, str]) -> date | None:
    if name not in typed:
        return None
    try:
        return read_day(typed[name])
    except TimebankError as error:
        problems[name] = say(error)
        return None


def usual_periods(typed: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Return (label, URL, is chosen) of this month, last month and this year; the other filters are kept."""
    now = today()
    last_month = now.replace(day=1) - timedelta(days=1)
    periods = (
        (_("This month"), now.replace(day=1), _end_of_month(now)),
        (_("Last month"), last_month.replace(day=1), last_month),
        (_("This year"), date(now.year, 1, 1), date(now.year, 12, 31)),
    )
    links = []
    for words, first, last in periods:
        days = {"from": first.isoformat(), "to": last.isoformat()}
        chosen = {name: typed.get(name) for name in days} == days
        links.append((words, url_for("audit.exchanges", **{**typed, **days}), chosen))
    return links


def _end_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def asked_one_of(name: str, values: Sequence[str]) -> str:
    """Return a query parameter that is one of these values; the first of them for any other."""
    word = request.args.get(name, "")
    return word if word in values else values[0]
