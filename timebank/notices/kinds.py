"""The kinds of notices, and the two topics for each of which members choose how they are notified. Pure."""

from enum import StrEnum


class Topic(StrEnum):
    """What a notice is about: the member and their own help, or what goes on round the bank (the digest)."""

    ABOUT_YOU = "about_you"
    ROUND_THE_BANK = "round_the_bank"


class NoticeKind(StrEnum):
    """The kind of a notice. The subject of those of an exchange is the exchange, of an invitation the invitation."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CALLED_OFF = "called_off"
    TOMORROW = "tomorrow"
    TO_CONFIRM = "to_confirm"
    STILL_TO_CONFIRM = "still_to_confirm"
    NOT_RIGHT = "not_right"
    SETTLED = "settled"
    NOBODY_CONFIRMED = "nobody_confirmed"
    TO_TAKE_BACK = "to_take_back"
    TAKEN_BACK = "taken_back"
    ANSWERED_BY_TEXT = "answered_by_text"
    INVITED = "invited"
    MESSAGE = "message"
    STANDING_CHANGED = "standing_changed"
    ROLES_CHANGED = "roles_changed"
    CODE_MADE = "code_made"
    SIGN_IN_CODE = "sign_in_code"
    EMAIL_CODE = "email_code"
    TEXTED_SIGN_IN_CODE = "texted_sign_in_code"
    PHONE_CODE = "phone_code"
    CONTACT_CHANGED = "contact_changed"
    DONE_FOR_YOU = "done_for_you"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (the name of a kind)
    DIGEST = "digest"
    REPLY_UNREAD = "reply_unread"


#: Sent at any hour, whatever the choice, and to suspended and former members too: what guards their membership.
FOR_SAFETY = frozenset(
    {
        NoticeKind.STANDING_CHANGED,
        NoticeKind.ROLES_CHANGED,
        NoticeKind.CODE_MADE,
        NoticeKind.SIGN_IN_CODE,
        NoticeKind.EMAIL_CODE,
        NoticeKind.TEXTED_SIGN_IN_CODE,
        NoticeKind.PHONE_CODE,
        NoticeKind.CONTACT_CHANGED,
        NoticeKind.PASSWORD_CHANGED,
        NoticeKind.DONE_FOR_YOU,
    }
)
#: Notices that wait for the reader's answer; of several notices, these come first.
ASKS = frozenset(
    {
        NoticeKind.ASKED,
        NoticeKind.INVITED,
        NoticeKind.TO_CONFIRM,
        NoticeKind.STILL_TO_CONFIRM,
        NoticeKind.NOT_RIGHT,
        NoticeKind.TO_TAKE_BACK,
    }
)
#: What has to be read on the machine of who asked for it, and soon.
CODES = frozenset(
    {NoticeKind.SIGN_IN_CODE, NoticeKind.EMAIL_CODE, NoticeKind.TEXTED_SIGN_IN_CODE, NoticeKind.PHONE_CODE}
)
#: Codes that go by text alone, each in one of its own.
TEXTED_CODES = frozenset({NoticeKind.TEXTED_SIGN_IN_CODE, NoticeKind.PHONE_CODE})
#: Sent at once also to those who have notices about them gathered: gathered it would come too late.
URGENT = frozenset({NoticeKind.TOMORROW})

#: A text about one of these can be answered, where a bank allows it: so it has a text of its own.
ANSWERED_BY_CODE = frozenset({NoticeKind.TO_CONFIRM, NoticeKind.STILL_TO_CONFIRM})

#: Answers to what a person wrote: they say so, and come back to nobody (RFC 3834, 3.1.7).
ANSWERS = frozenset({NoticeKind.REPLY_UNREAD})


def topic_of(kind: NoticeKind) -> Topic:
    """Return what a kind is about."""
    return Topic.ROUND_THE_BANK if kind is NoticeKind.DIGEST else Topic.ABOUT_YOU
