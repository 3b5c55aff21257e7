"""The forms of requests: an offer's questions, and for when it is and how many helpers it wants."""

from dataclasses import replace
from datetime import date, timedelta

from flask_babel import gettext, lazy_gettext as _
from wtforms import BooleanField, RadioField
from wtforms.validators import ValidationError

from timebank.actors import How
from timebank.listings.filling import MOST_HELPERS
from timebank.listings.rules import ListingText
from timebank.listings.tree import Tree
from timebank.web.access import TELLS
from timebank.web.days import day_as_typed
from timebank.web.exchange_words import how_words
from timebank.web.filters import today
from timebank.web.forms import DayField, HandForm, NumberField, SelectChoice, TimeOfDayField
from timebank.web.pages.listings.forms import ListingForm
from timebank.web.times import time_as_typed

ANY_DAY, TODAY, TOMORROW, OTHER_DAY = "any", "today", "tomorrow", "other"


class RequestForm(ListingForm):
    """What somebody asks for: also for which day, how many helpers, and whether every week."""

    day_choice = RadioField(
        _("When would you like it?"),
        choices=[
            SelectChoice(ANY_DAY, _("Any day")),
            SelectChoice(TODAY, _("Today")),
            SelectChoice(TOMORROW, _("Tomorrow")),
            SelectChoice(OTHER_DAY, _("Another day")),
        ],
        validate_choice=False,
    )
    day = DayField(_("Another day"), description=_("Such as 17 November or 17/11/2026"))
    time = TimeOfDayField(
        _("At what time?"),
        description=_("Such as 10:30 or 2 pm. Leave it empty if any time does."),
        render_kw={"autocomplete": "off"},
    )
    helpers = NumberField(_("How many people would you like to come?"), lowest=1, highest=MOST_HELPERS)
    every_week = BooleanField(_("Every week"))

    def validate_day(self, _field: DayField) -> None:
        """Another day has to be typed."""
        if self.day_choice.data == OTHER_DAY and self.day.day is None:
            raise ValidationError(gettext("Choose a day, or type it."))

    def validate_time(self, field: TimeOfDayField) -> None:
        """A time is one of a day."""
        if field.at is not None and self._day is None:
            raise ValidationError(gettext("Choose a day for this time too."))

    @property
    def _day(self) -> date | None:
        """Return the chosen day, None for any; what was typed counts, whichever button is still pressed in."""
        days = {TODAY: today(), TOMORROW: today() + timedelta(days=1)}
        return self.day.day or days.get(self.day_choice.data or "")

    def fill(self, terms: ListingText, tree: Tree, areas: dict[str, int]) -> None:
        """Show what was said before; a day that has passed is to be chosen anew."""
        super().fill(terms, tree, areas)
        day, now = terms.wanted_on, today()
        names = {None: ANY_DAY, now: TODAY, now + timedelta(days=1): TOMORROW}
        self.day_choice.data = names.get(day, OTHER_DAY)
        is_typed = day is not None and day not in names and (day > now or terms.every_week)
        self.day.data = day_as_typed(day) if day is not None and is_typed else ""
        self.time.data = time_as_typed(terms.wanted_time) if terms.wanted_time else ""
        self.helpers.data, self.every_week.data = str(terms.helpers_wanted), terms.every_week

    def said(self, tree: Tree, areas: dict[str, int]) -> ListingText:
        """What is said now. Raises CategoriesError where a category is none of the bank's."""
        return replace(
            super().said(tree, areas),
            wanted_on=self._day,
            wanted_time=self.time.at,
            helpers_wanted=self.helpers.number or 1,
            every_week=bool(self.every_week.data),
        )


def _ways() -> list[SelectChoice]:
    return [SelectChoice(how.value, how_words(how)) for how in TELLS]


class AskForForm(RequestForm, HandForm):
    """What a member asks for, written down by a broker, and how the member said it."""

    how = RadioField(_("How did they tell you?"), choices=_ways, default=How.PHONE.value)
