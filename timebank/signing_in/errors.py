"""Errors of signing in. None of them reveals whether somebody is a member."""

from timebank.errors import TimebankError


class NotSignedInError(TimebankError):
    """Raised for a wrong name or password, without saying which."""

    message_id = "sign_in_does_not_fit"


class SeveralPeopleError(TimebankError):
    """Raised where two people share both the contact and the password; they must use their member number."""

    message_id = "sign_in_several_people"


class CodeDoesNotFitError(TimebankError):
    """Raised for a sign-in code that is unknown, used or expired."""

    message_id = "code_does_not_fit"


class TooManyTriesError(TimebankError):
    """Raised after too many failed attempts; values: `minutes` to wait."""

    message_id = "too_many_tries"
