"""Form fields for a person's name, phone, e-mail and area, used by several pages."""

from typing import Any

from flask import g
from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.validators import ValidationError

from timebank.banks.queries import find_area_name, list_areas
from timebank.emails import is_email, plain_email
from timebank.errors import TimebankError
from timebank.phones import read_phone
from timebank.web.extensions import db
from timebank.web.forms import KeyedForm, SelectChoice, at_most, needed, tidy
from timebank.web.sentences import say


class PersonForm(KeyedForm):
    """A name and a way to reach somebody; one of phone and e-mail is enough."""

    plain_phone: str | None = None

    name = StringField(
        _("Name"),
        validators=[needed(_("Type the name.")), at_most(80, _("That is too long for a name."))],
        render_kw={"autocomplete": "name"},
    )
    phone = StringField(
        _("Phone"),
        validators=[at_most(40, _("That is too long for a phone number."))],
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    email = StringField(
        _("E-mail"),
        description=_("May be shared with others in the household, or left empty."),
        validators=[at_most(254, _("That is too long for an e-mail."))],
        render_kw={"autocomplete": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"},
    )

    def validate_phone(self, field: StringField) -> None:
        """Keep the number as it is compared. Raises ValueError with the sentence that helps."""
        if tidy(field.data):
            try:
                self.plain_phone = read_phone(tidy(field.data), g.bank.phone_country)
            except TimebankError as error:
                raise ValidationError(say(error)) from error

    def validate_email(self, field: StringField) -> None:
        """An e-mail has one @ with something on both sides; whether it arrives is found out by sending."""
        if tidy(field.data) and not is_email(plain_email(field.data or "")):
            raise ValidationError(str(_("Type the e-mail with an @ in it, such as ada@example.org.")))

    @property
    def reach(self) -> tuple[str | None, str | None]:
        """(e-mail, phone) as they are kept; None where there is none."""
        email = plain_email(self.email.data or "") or None
        return email, self.plain_phone

    @property
    def said_name(self) -> str:
        """The name without stray spaces."""
        return tidy(self.name.data)


class AreaField(SelectField):
    """One of the bank's areas, or none. Where the bank has none, `is_asked` is false and the page leaves it out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (WTForms')
        super().__init__(*args, **{"default": "", **kwargs})

    def offer(self, own_area_id: int | None = None) -> None:
        """Offer the open areas, and the one that somebody has already, even if it was closed."""
        areas = [(area_id, name) for area_id, name, _closed in list_areas(db.session(), g.bank.id)]
        if own_area_id is not None and own_area_id not in {area_id for area_id, _name in areas}:
            areas.append((own_area_id, find_area_name(db.session(), g.bank.id, own_area_id) or ""))
        self.choices = [
            SelectChoice("", str(_("Not said"))),
            *(SelectChoice(str(area_id), name) for area_id, name in areas),
        ]

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401 (the signature is WTForms')
        """Only what is offered is taken. Raises ValidationError with a sentence of ours."""
        try:
            super().pre_validate(form)
        except ValidationError as error:
            raise ValidationError(str(_("Choose one of the areas."))) from error

    @property
    def is_asked(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.choices or ()) > 1

    @property
    def area_id(self) -> int | None:
        """The area that was chosen."""
        return int(self.data) if self.data else None
