"""Base classes of forms: the form key, and fields that parse hours, numbers and days."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import date, time
from typing import TYPE_CHECKING, Any, cast

from flask import request
from flask_babel import gettext, lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict
from wtforms import Field, HiddenField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import StopValidation, ValidationError

from timebank.errors import TimebankError
from timebank.ledger.hours import HoursNotUnderstoodError, read_hours, read_limit
from timebank.spelling import clean, is_blank, tidy
from timebank.web.days import read_day
from timebank.web.sentences import say
from timebank.web.times import read_time

if TYPE_CHECKING:
    from wtforms.fields.core import UnboundField

__all__ = [
    "NOTHING",
    "ButtonForm",
    "DayField",
    "HandForm",
    "HoursField",
    "KeyedForm",
    "LimitField",
    "NumberField",
    "SelectChoice",
    "TimeOfDayField",
    "at_most",
    "needed",
    "tidy",
]
_KEY_LENGTH = 64
LONGEST_EVIDENCE = 200


def _clean(typed: object) -> object:
    if isinstance(typed, list):
        return [_clean(value) for value in typed]
    return clean(typed) if isinstance(typed, str) else typed


class KeyedForm(FlaskForm):  # type: ignore[misc]
    """A form that does something. Its key is made when the page is rendered and makes submitting it idempotent."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Reads texts only, and adds `clean` to the filters of every field, since a form is a door for text."""

        def wrap_formdata(self, form: FlaskForm, formdata: object) -> object:
            """Return what was typed, without files: Flask-WTF would put one into a field that promises a text."""
            wrapped = super().wrap_formdata(form, formdata)
            return request.form if isinstance(wrapped, CombinedMultiDict) else wrapped

        def bind_field(self, form: FlaskForm, unbound_field: "UnboundField[Any]", options: dict[str, Any]) -> Field:
            """Bind a field with our filter before its own."""
            filters = [_clean, *unbound_field.kwargs.get("filters", ())]
            return cast("Field", unbound_field.bind(form=form, filters=filters, **options))

    form_key = HiddenField(default=lambda: secrets.token_urlsafe(16))

    @property
    def key(self) -> str:
        """Return the key as the trail stores it, which differs for each endpoint.

        Submitting the same key with other content to the same endpoint is refused.
        """
        return f"{self.form_key.data or secrets.token_urlsafe(16)}:{request.endpoint}"[:_KEY_LENGTH]

    def refuse(self, error: TimebankError, field: Field | None = None) -> None:
        """Add the sentence for a refusal to a field or to the form; what was typed stays."""
        if field is None:
            self.form_errors.append(say(error))
        else:
            field.errors = [*field.errors, say(error)]

    def ask_again(self, sentence: str) -> None:
        """Say a sentence instead of the refusal, and take a new key: pressed once more, the form is another deed."""
        self.form_errors[:] = [sentence]
        self.form_key.data = secrets.token_urlsafe(16)


#: Ways to type that nothing happened, where that is a fair answer.
NOTHING = frozenset({"0", "0 min", "0 minutes", "0 h", "0 hours"})


class HoursField(StringField):
    """A length of time as people type it; `minutes` is the parsed value. With `or_nothing`, 0 is valid too."""

    minutes: int | None = None

    def __init__(self, *args: Any, or_nothing: bool = False, **kwargs: Any) -> None:  # noqa: ANN401 (WTForms')
        super().__init__(*args, **kwargs)
        self.or_nothing = or_nothing

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401, ARG002 (the signature is WTForms')
        """Parse what was typed. Raises StopValidation with a sentence for the reader."""
        if is_blank(self.data):
            return
        if self.or_nothing and tidy(self.data).lower() in NOTHING:
            self.minutes = 0
        else:
            self.minutes = _read(lambda: read_hours(self.data or ""))


class LimitField(HoursField):
    """A limit of a balance, typed with its unit, such as 20 hours; 0 is valid. `minutes` is the parsed value."""

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401, ARG002 (the signature is WTForms')
        """Parse what was typed. Raises StopValidation with a sentence for the reader."""
        if tidy(self.data).lower() in NOTHING:
            self.minutes = 0
        elif tidy(self.data):
            try:
                self.minutes = _read(lambda: read_limit(self.data or ""))
            except StopValidation as error:
                if isinstance(error.__cause__, HoursNotUnderstoodError):
                    raise StopValidation(_("Type how many hours, such as 20 hours or 1 h 30.")) from error
                raise


class NumberField(StringField):
    """A whole number in a range; `number` is the parsed value, None where the field is empty."""

    number: int | None = None

    def __init__(self, *args: Any, lowest: int, highest: int, **kwargs: Any) -> None:  # noqa: ANN401 (WTForms')
        kwargs.setdefault("render_kw", {"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(*args, **kwargs)
        self.lowest, self.highest = lowest, highest

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401, ARG002 (the signature is WTForms')
        """Parse what was typed. Raises StopValidation with a sentence for the reader."""
        typed = tidy(self.data)
        if not typed:
            return
        is_number = typed.isascii() and typed.isdigit() and len(typed) <= len(str(self.highest))
        if not is_number or not self.lowest <= int(typed) <= self.highest:
            sentence = gettext(
                "Type a whole number from %(lowest)s to %(highest)s.", lowest=self.lowest, highest=self.highest
            )
            raise StopValidation(sentence)
        self.number = int(typed)


class DayField(StringField):
    """A day as people type it, such as 'yesterday'; `day` is the parsed value."""

    day: date | None = None

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401, ARG002 (the signature is WTForms')
        """Parse what was typed. Raises StopValidation with a sentence for the reader."""
        if is_blank(self.data):
            return
        self.day = _read(lambda: read_day(self.data or ""))


class TimeOfDayField(StringField):
    """A time of day as people type it, such as '2 pm'; `at` is the parsed value."""

    at: time | None = None

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401, ARG002 (the signature is WTForms')
        """Parse what was typed. Raises StopValidation with a sentence for the reader."""
        if not is_blank(self.data):
            self.at = _read(lambda: read_time(self.data or ""))


def _read(reader: Callable[[], Any]) -> Any:  # noqa: ANN401 (whatever the reader reads)
    try:
        return reader()
    except TimebankError as error:
        raise StopValidation(say(error)) from error


class ButtonForm(KeyedForm):
    """A form with a button only. A page can have many of them, each with a URL of its own."""

    @property
    def key(self) -> str:
        """Return the key as the trail stores it, which differs for each URL: the buttons of a page share one field."""
        submission = f"{self.form_key.data or secrets.token_urlsafe(16)}:{request.path}"
        return hashlib.sha256(submission.encode()).hexdigest()


class HandForm(KeyedForm):
    """A form that a broker may submit for a member, with the broker's evidence; ignored for anybody else."""

    evidence = StringField(
        _("What is there to show for it?"),
        description=_("Such as: rang on Monday at 10, or slip 14 in the blue folder."),
        validators=[],
    )

    def validate_evidence(self, field: StringField) -> None:
        """Refuse what is too long to be stored."""
        at_most(LONGEST_EVIDENCE, _("Say it in 200 letters or fewer."))(self, field)


class needed:  # noqa: N801 (reads like WTForms' own validators)
    """The field must not be empty; `sentence` says what to type."""

    def __init__(self, sentence: object) -> None:
        self.sentence = sentence
        self.field_flags = {"needed": True}

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        """Raises StopValidation with the sentence."""
        typed = field.data
        if is_blank(typed) if isinstance(typed, str) else not typed:
            raise StopValidation(str(self.sentence))


def at_most(length: int, sentence: object) -> Callable[[FlaskForm, Field], None]:
    """Return a validator that refuses longer texts with this sentence."""

    def check(_form: FlaskForm, field: Field) -> None:
        if len(field.data or "") > length:
            raise ValidationError(str(sentence))

    return check
