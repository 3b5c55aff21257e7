"""What our forms have in common: the form's key, typed time, typed days, and errors said in one place."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import StopValidation, ValidationError

from timebank.errors import TimebankError
from timebank.ledger.hours import HoursNotUnderstoodError, read_hours, read_limit
from timebank.web.days import read_day
from timebank.web.sentences import say

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
    "at_most",
    "needed",
    "tidy",
]
_KEY_LENGTH = 64
LONGEST_EVIDENCE = 200


def tidy(text: str | None) -> str:
    """What was typed, without space around it and doubled inside."""
    return " ".join((text or "").split())


def without_nulls(typed: object) -> object:
    """PostgreSQL keeps no NUL byte in a text, so none gets further than the form."""
    return typed.replace("\x00", "") if isinstance(typed, str) else typed


class KeyedForm(FlaskForm):  # type: ignore[misc]
    """A form that does something. Its key is made when the page is shown, so that sending it twice does it once."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Every field of every form goes through the same sieve."""

        def bind_field(self, form: FlaskForm, unbound_field: "UnboundField[Any]", options: dict[str, Any]) -> Field:
            """Bind a field with our filter before its own."""
            filters = [without_nulls, *unbound_field.kwargs.get("filters", ())]
            return cast("Field", unbound_field.bind(form=form, filters=filters, **options))

    form_key = HiddenField(default=lambda: secrets.token_urlsafe(16))

    @property
    def key(self) -> str:
        """The key as it is kept, apart for each kind of page: sent for another deed of that kind, it is refused."""
        return f"{self.form_key.data or secrets.token_urlsafe(16)}:{request.endpoint}"[:_KEY_LENGTH]

    def refuse(self, error: TimebankError, field: Field | None = None) -> None:
        """Say why a deed was refused, at a field or for the whole form; what was typed stays."""
        if field is None:
            self.form_errors.append(say(error))
        else:
            field.errors = [*field.errors, say(error)]


#: Ways to type that nothing happened, where that is a fair answer.
NOTHING = frozenset({"0", "0 min", "0 minutes", "0 h", "0 hours"})


class HoursField(StringField):
    """A length of time as people type it; `minutes` is what it means. `or_nothing` takes 0 as well."""

    minutes: int | None = None

    def __init__(self, *args: Any, or_nothing: bool = False, **kwargs: Any) -> None:  # noqa: ANN401 (WTForms')
        super().__init__(*args, **kwargs)
        self.or_nothing = or_nothing

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401, ARG002 (the signature is WTForms')
        """Read what was typed. Raises StopValidation with the sentence that helps."""
        if not (self.data or "").strip():
            return
        if self.or_nothing and tidy(self.data).lower() in NOTHING:
            self.minutes = 0
        else:
            self.minutes = _read(lambda: read_hours(self.data or ""))


class LimitField(HoursField):
    """How far a balance may go, typed with its unit, such as 20 hours; 0 is a limit too."""

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401, ARG002 (the signature is WTForms')
        """Read what was typed. Raises StopValidation with the sentence that helps."""
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
    """A whole number between two others; `number` is what was typed, None where nothing was."""

    number: int | None = None

    def __init__(self, *args: Any, lowest: int, highest: int, **kwargs: Any) -> None:  # noqa: ANN401 (WTForms')
        kwargs.setdefault("render_kw", {"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(*args, **kwargs)
        self.lowest, self.highest = lowest, highest

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401, ARG002 (the signature is WTForms')
        """Read what was typed. Raises StopValidation with the sentence that helps."""
        typed = tidy(self.data)
        if not typed:
            return
        is_number = typed.isascii() and typed.isdigit() and len(typed) <= len(str(self.highest))
        if not is_number or not self.lowest <= int(typed) <= self.highest:
            sentence = _(
                "Type a whole number from %(lowest)s to %(highest)s.", lowest=self.lowest, highest=self.highest
            )
            raise StopValidation(sentence)
        self.number = int(typed)


class DayField(StringField):
    """A day as people type it, 'yesterday' included; `day` is what it means."""

    day: date | None = None

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401, ARG002 (the signature is WTForms')
        """Read what was typed. Raises StopValidation with the sentence that helps."""
        if not (self.data or "").strip():
            return
        self.day = _read(lambda: read_day(self.data or ""))


def _read(reader: Callable[[], Any]) -> Any:  # noqa: ANN401 (whatever the reader reads)
    try:
        return reader()
    except TimebankError as error:
        raise StopValidation(say(error)) from error


class ButtonForm(KeyedForm):
    """Nothing but a button. A page can have many of them, each with its own address."""

    @property
    def key(self) -> str:
        """The key as it is kept, apart for each address: the buttons of a page share what they send."""
        told = f"{self.form_key.data or secrets.token_urlsafe(16)}:{request.path}"
        return hashlib.sha256(told.encode()).hexdigest()


class HandForm(KeyedForm):
    """A form that a broker may send for a member: what there is to show for it. Of no account to anybody else."""

    evidence = StringField(
        _("What is there to show for it?"),
        description=_("Such as: rang on Monday at 10, or slip 14 in the blue folder."),
        validators=[],
    )

    def validate_evidence(self, field: StringField) -> None:
        """Nothing is cut off in silence."""
        at_most(LONGEST_EVIDENCE, _("Say it in 200 letters or fewer."))(self, field)


class needed:  # noqa: N801 (reads like WTForms' own validators)
    """The field must not be empty; `sentence` says what to type."""

    def __init__(self, sentence: object) -> None:
        self.sentence = sentence
        self.field_flags = {"needed": True}

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        """Raises StopValidation with the sentence."""
        typed = field.data
        if not (_can_be_read(typed) if isinstance(typed, str) else typed):
            raise StopValidation(str(self.sentence))


def _can_be_read(text: str) -> bool:
    """Whether there is anything to see: spaces and signs without a shape are nothing."""
    return any(sign.isprintable() and not sign.isspace() for sign in text)


def at_most(length: int, sentence: object) -> Callable[[FlaskForm, Field], None]:
    """The text must not be longer than what is kept; nothing is cut off in silence."""

    def check(_form: FlaskForm, field: Field) -> None:
        if len(field.data or "") > length:
            raise ValidationError(str(sentence))

    return check
