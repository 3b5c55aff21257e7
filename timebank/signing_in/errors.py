"""What can go wrong at the door. None of these says whether somebody is a member."""

from timebank.errors import TimebankError


class NotSignedInError(TimebankError):
    """What was typed does not fit together; it is not said which part."""

    message_id = "sign_in_does_not_fit"


class SeveralPeopleError(TimebankError):
    """Two people share the e-mail or phone and the password; only the member number tells them apart."""

    message_id = "sign_in_several_people"


class CodeDoesNotFitError(TimebankError):
    """A sign-in code that is unknown, used or too old."""

    message_id = "code_does_not_fit"


class TooManyTriesError(TimebankError):
    """Too many failed tries; values: `minutes` to wait."""

    message_id = "too_many_tries"
