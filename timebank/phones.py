"""Phone numbers as they are stored and compared. Pure."""

import phonenumbers

from timebank.errors import TimebankError

_Kind = phonenumbers.PhoneNumberType
_TEXTABLE = frozenset({_Kind.MOBILE, _Kind.FIXED_LINE_OR_MOBILE, _Kind.PERSONAL_NUMBER, _Kind.UNKNOWN})


class PhoneNotUnderstoodError(TimebankError):
    """The text is no possible phone number; values: `example`, one of the country."""

    message_id = "phone_not_understood"


class PhoneExtensionError(TimebankError):
    """The phone number has an extension, which is not stored: without it nobody would reach the person."""

    message_id = "phone_extension"


def plain_phone(typed: str, country: str) -> str | None:
    """Parse a phone number to E.164, such as +441382000000; None if it is invalid or has an extension.

    `country` (ISO 3166, such as GB) is that of numbers without a country code: the bank's `phone_country`.
    """
    try:
        return read_phone(typed, country)
    except TimebankError:
        return None


def read_phone(typed: str, country: str) -> str:
    """Return the same, or raise PhoneNotUnderstoodError or PhoneExtensionError."""
    number = _parse(typed, country)
    if number.extension:
        raise PhoneExtensionError
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def check_phone(typed: str, country: str) -> None:
    """Raise PhoneNotUnderstoodError where nobody can be rung under what was typed; it may have an extension."""
    _parse(typed, country)


def is_phone(typed: str, country: str) -> bool:
    """Return whether `check_phone` accepts it."""
    try:
        check_phone(typed, country)
    except PhoneNotUnderstoodError:
        return False
    return True


def is_mobile(number: str) -> bool:
    """Return whether text messages may reach a number in E.164: none that is known for a landline or a service."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(number)) in _TEXTABLE
    except phonenumbers.NumberParseException:
        return False


def _example(country: str) -> str:
    """Return a number of the country as it is written there; '' for a country that has none."""
    number = phonenumbers.example_number(country)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)) if number else ""


def _parse(typed: str, country: str) -> phonenumbers.PhoneNumber:
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException as error:
        raise PhoneNotUnderstoodError(example=_example(country)) from error
    if not phonenumbers.is_possible_number(number):
        raise PhoneNotUnderstoodError(example=_example(country))
    return number
