"""Labels of a month's figures, in their order on the page."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from timebank.corrections.figures import MonthFigures
from timebank.web.book_words import kind_words


@dataclass(frozen=True, slots=True)
class LabelledFigure:
    """A figure: its name in the signed figures, its label, and a number or a length in minutes."""

    name: str
    label: str
    value: int
    is_length: bool


def label_figures(figures: MonthFigures) -> Iterator[LabelledFigure]:
    """Yield every figure of a month: first what was posted in it, then how the accounts stood at its end."""
    yield LabelledFigure("entries", _("Entries"), figures.entries, is_length=False)
    yield LabelledFigure("taken_back", _("Of these, what was taken back"), figures.taken_back, is_length=False)
    yield LabelledFigure("late", _("Of these, late: they happened in an earlier month"), figures.late, is_length=False)
    yield LabelledFigure("minutes", _("Hours moved"), figures.minutes, is_length=True)
    yield LabelledFigure("given", _("Help given by people and groups"), figures.given, is_length=True)
    yield LabelledFigure("received", _("Help received by people and groups"), figures.received, is_length=True)
    for kind, some in figures.kinds.items():
        label = kind_words(kind)
        yield LabelledFigure(f"kinds.{kind}.entries", _("%(kind)s: entries", kind=label), some.entries, is_length=False)
        yield LabelledFigure(f"kinds.{kind}.minutes", _("%(kind)s: hours", kind=label), some.minutes, is_length=True)
    yield LabelledFigure("accounts", _("Accounts open at the end"), figures.accounts, is_length=False)
    yield LabelledFigure("with_hours", _("Accounts that were not at zero"), figures.with_hours, is_length=False)
    yield LabelledFigure("above", _("All that were above zero"), figures.above, is_length=True)
    yield LabelledFigure("below", _("All that were below zero"), figures.below, is_length=True)
    yield LabelledFigure("pot", _("The community pot"), figures.pot, is_length=True)
    yield LabelledFigure("total", _("The sum of all accounts"), figures.total, is_length=True)
