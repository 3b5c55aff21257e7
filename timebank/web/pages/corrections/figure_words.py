"""What the figures of a month are called, in the order in which they are read."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from timebank.corrections.figures import MonthFigures
from timebank.web.book_words import kind_words


@dataclass(frozen=True, slots=True)
class Told:
    """One figure: its name in what was signed, what it is called, and a number or a length in minutes."""

    name: str
    label: str
    value: int
    is_length: bool


def told(figures: MonthFigures) -> Iterator[Told]:
    """Every figure of a month, first what was posted in it, then how the accounts stood at its end."""
    yield Told("entries", _("Entries"), figures.entries, is_length=False)
    yield Told("taken_back", _("Of these, what was taken back"), figures.taken_back, is_length=False)
    yield Told("late", _("Of these, late: they happened in an earlier month"), figures.late, is_length=False)
    yield Told("minutes", _("Hours moved"), figures.minutes, is_length=True)
    yield Told("given", _("Help given by people and groups"), figures.given, is_length=True)
    yield Told("received", _("Help received by people and groups"), figures.received, is_length=True)
    for kind, some in figures.kinds.items():
        label = kind_words(kind)
        yield Told(f"kinds.{kind}.entries", _("%(kind)s: entries", kind=label), some.entries, is_length=False)
        yield Told(f"kinds.{kind}.minutes", _("%(kind)s: hours", kind=label), some.minutes, is_length=True)
    yield Told("accounts", _("Accounts open at the end"), figures.accounts, is_length=False)
    yield Told("with_hours", _("Accounts that were not at zero"), figures.with_hours, is_length=False)
    yield Told("above", _("All that were above zero"), figures.above, is_length=True)
    yield Told("below", _("All that were below zero"), figures.below, is_length=True)
    yield Told("pot", _("The community pot"), figures.pot, is_length=True)
    yield Told("total", _("The sum of all accounts"), figures.total, is_length=True)
