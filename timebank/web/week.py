"""The parts of a week on pages: their names, the field that asks for them, and the words for those that were chosen."""

from typing import Any

from flask_babel import gettext, lazy_gettext as _
from wtforms import SelectMultipleField

from timebank.week import DAYS_A_WEEK, PARTS_A_DAY, PARTS_A_WEEK

DAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
PARTS = (_("Morning"), _("Afternoon"), _("Evening"))
_WHOLE_DAY = 0b111


class WeekField(SelectMultipleField):
    """Parts of the week to be ticked; rendered by the macro `week`. What is no part of a week is left aside."""

    days, parts = DAYS, PARTS

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (WTForms')
        super().__init__(*args, **{"coerce": int, "validate_choice": False, **kwargs})

    @property
    def bits(self) -> int:
        """Return what was ticked as bits."""
        return sum(1 << number for number in set(self.data or []) if 0 <= number < PARTS_A_WEEK)

    def fill(self, bits: int) -> None:
        """Tick these bits."""
        self.data = [number for number in range(PARTS_A_WEEK) if bits >> number & 1]


def when_it_suits(bits: int) -> str:
    """'Monday to Friday morning', 'Monday, Tuesday morning and evening'; empty where any time does."""
    parts = []
    for name, days in (
        (gettext("Monday to Friday"), range(5)),
        (gettext("Saturday and Sunday"), range(5, DAYS_A_WEEK)),
    ):
        alike = _WHOLE_DAY
        for day in days:
            alike &= bits >> (PARTS_A_DAY * day)
        parts.append(_parts_of(name, alike))
        for day in days:
            bits &= ~(alike << (PARTS_A_DAY * day))
    parts += [_parts_of(DAYS[day], bits >> (PARTS_A_DAY * day) & _WHOLE_DAY) for day in range(DAYS_A_WEEK)]
    return ", ".join(part for part in parts if part)


def _parts_of(day: object, bits: int) -> str:
    """'Tuesday morning and evening'; empty where no part of the day suits."""
    parts = [str(part).lower() for number, part in enumerate(PARTS) if bits >> number & 1]
    if not parts:
        return ""
    if bits == _WHOLE_DAY:
        return str(day)
    if len(parts) == 1:
        return str(gettext("%(day)s %(part)s", day=day, part=parts[0]))
    return str(gettext("%(day)s %(part)s and %(other)s", day=day, part=parts[0], other=parts[1]))
