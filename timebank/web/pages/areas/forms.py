"""The forms of areas: a name, and the minutes of the way to each other area."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _
from wtforms import StringField

from timebank.banks.areas import LONGEST_NAME, LONGEST_WAY
from timebank.banks.queries import AreaRow
from timebank.web.forms import KeyedForm, NumberField, at_most, needed

_WAY = "way-"


class NameForm(KeyedForm):
    """What an area is called."""

    name = StringField(
        _("Name of the area"),
        validators=[needed(_("Type the name.")), at_most(LONGEST_NAME, _("That is too long for a name."))],
        render_kw={"autocomplete": "off"},
    )


class TravelForm(KeyedForm):
    """Travel times from an area: a field for each other area, which `travel_form` adds."""

    @property
    def ways(self) -> list[NumberField]:
        """Return the fields, one for each other area."""
        return [field for field in self if field.name.startswith(_WAY)]

    @property
    def minutes(self) -> dict[int, int | None]:
        """Return {the other area's id: minutes, or None where nothing was typed}."""
        return {int(field.name.removeprefix(_WAY)): field.number for field in self.ways}


def travel_form(others: Sequence[AreaRow], known: Mapping[int, int]) -> TravelForm:
    """Return a form with a field for each of these areas, filled in with the minutes that are known."""
    fields = {
        f"{_WAY}{other.id}": NumberField(
            other.name,
            lowest=0,
            highest=LONGEST_WAY,
            default=str(known[other.id]) if other.id in known else "",
        )
        for other in others
    }
    made: TravelForm = type("WaysForm", (TravelForm,), fields)()
    return made
