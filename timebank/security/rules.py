"""Kinds of security events, how long they are kept, and how many a flood may leave. Pure."""

from datetime import timedelta
from enum import StrEnum

KEPT = timedelta(days=366)
#: Events of one kind and one origin within an hour; later ones are left out, so that a flood cannot fill the disk.
MOST_AN_HOUR = 240
FLOOD_WINDOW = timedelta(hours=1)


class EventKind(StrEnum):
    """What happened."""

    SIGNED_IN = "signed_in"
    SIGNED_IN_WITH_CODE = "signed_in_with_code"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_STOPPED = "sign_in_stopped"
    SIGNED_OUT = "signed_out"
    OTHERS_SIGNED_OUT = "others_signed_out"
    CODE_MADE = "code_made"
    CODE_ASKED_FOR = "code_asked_for"
    CODE_FAILED = "code_failed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (the name of an event)
    PASSWORD_REFUSED = "password_refused"  # noqa: S105 (the name of an event)
    NAME_CHANGED = "name_changed"
    CONTACT_CHANGED = "contact_changed"
    CONTACT_PROVED = "contact_proved"
    ROLE_GIVEN = "role_given"
    ROLE_TAKEN = "role_taken"
    STANDING_CHANGED = "standing_changed"
    PAGE_REFUSED = "page_refused"
    FORM_REFUSED = "form_refused"
    TEXT_ANSWER_FAILED = "text_answer_failed"


#: Kinds that somebody can cause as often as they like, of which a flood is cut.
BOUNDED = frozenset(
    {
        EventKind.SIGN_IN_FAILED,
        EventKind.SIGN_IN_STOPPED,
        EventKind.SIGNED_OUT,
        EventKind.OTHERS_SIGNED_OUT,
        EventKind.CODE_FAILED,
        EventKind.PASSWORD_REFUSED,
        EventKind.PAGE_REFUSED,
        EventKind.FORM_REFUSED,
        EventKind.TEXT_ANSWER_FAILED,
    }
)
