"""Errors of signing in. None of them reveals whether somebody is a member."""

from timebank.errors import TimebankError


class NotSignedInError(TimebankError):
    """Raised for a wrong name or password, without saying which."""

    message_id = "sign_in_does_not_fit"


class PresentPasswordError(TimebankError):
    """Raised where the present password is missing or wrong, before something that opens the door is changed."""

    message_id = "present_password"


class CodeNotWaitingError(TimebankError):
    """Raised where no first half of a code waits for its second, or the same person made the first."""

    message_id = "code_not_waiting"


class CodeDoesNotFitError(TimebankError):
    """Raised for a sign-in code that is unknown, used or expired."""

    message_id = "code_does_not_fit"


class TooManyCodesError(TimebankError):
    """Raised where as many codes were sent within an hour as anybody needs."""

    message_id = "too_many_codes"


class TooManyTextsError(TimebankError):
    """Raised where as many codes were sent by text within a day as anybody needs."""

    message_id = "too_many_texts"


class NoTextsLeftError(TimebankError):
    """Raised for a code by text where the bank has sent as many texts in this month as it may."""

    message_id = "no_texts_left"


class TextsStoppedError(TimebankError):
    """Raised for a code by text to a phone number from which STOP was sent."""

    message_id = "texts_stopped"


class TooManyTriesError(TimebankError):
    """Raised after too many failed attempts; values: `minutes` to wait."""

    message_id = "too_many_tries"


class CodeShownError(TimebankError):
    """Raised for the form of a code that was made already: it was shown then, and nobody can see it again."""

    message_id = "code_shown"
