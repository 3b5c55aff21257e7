"""The words of notices that guard somebody's membership."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from timebank.actors import Role, Standing
from timebank.members.queries import list_membership_names
from timebank.members.rules import POSTAL_ADDRESS, ContactKind
from timebank.notices.kinds import NoticeKind
from timebank.notices.queries import Told
from timebank.spelling import isolated
from timebank.telling.recipients import Recipient
from timebank.web.people_words import role_words
from timebank.web.telling.words import Link, Words, says


@says(NoticeKind.STANDING_CHANGED)
def of_standing(session: Session, notice: Told, reader: Recipient) -> Words:  # noqa: ARG001 (as for all kinds)
    """Return the words for a membership that was suspended, taken up again, or has ended."""
    sentences = {
        Standing.ACTIVE: _("Your membership is active: you can give and receive hours."),
        Standing.SUSPENDED: _("Your membership rests for now: you can read your hours, but not give or receive any."),
        Standing.LEFT: _("Your membership has ended. Thank you for the hours that you shared."),
    }
    to = Standing(str(notice.facts.get("standing", Standing.ACTIVE)))
    return Words(_("About your membership"), (sentences[to], _("If you have not expected this, please ring us.")))


@says(NoticeKind.ROLES_CHANGED)
def of_roles(session: Session, notice: Told, reader: Recipient) -> Words:  # noqa: ARG001 (as for all kinds)
    """Return the words for a role that was given or taken."""
    role = role_words(Role(str(notice.facts["role"])))
    given = bool(notice.facts.get("given"))
    what = _("You are %(role)s now.", role=role) if given else _("You are no longer %(role)s.", role=role)
    return Words(_("About your part in the time bank"), (what, _("If you have not expected this, please ring us.")))


@says(NoticeKind.CODE_MADE)
def of_code(session: Session, notice: Told, reader: Recipient) -> Words:  # noqa: ARG001 (as for all kinds)
    """Return the words for a sign-in code that a broker made."""
    by = notice.facts.get("by")
    name = list_membership_names(session, notice.bank_id, [by]).get(by) if isinstance(by, int) else None
    made = _("A broker has made a code with which you can sign in.")
    if name is not None:
        made = _("%(name)s has made a code with which you can sign in.", name=isolated(name))
    return Words(
        _("A code to sign in was made for you"),
        (
            made,
            _("If you have not asked for it, please ring us."),
        ),
    )


@says(NoticeKind.CONTACT_CHANGED)
def of_contact(session: Session, notice: Told, reader: Recipient) -> Words:  # noqa: ARG001 (as for all kinds)
    """Return the words for a changed contact, which do not say the new one."""
    changed = notice.facts.get("changed")
    sentences = {
        ContactKind.EMAIL: _("Your e-mail was changed at your time bank."),
        ContactKind.PHONE: _("Your phone number was changed at your time bank."),
        POSTAL_ADDRESS: _("Your postal address was changed at your time bank."),
    }
    changes = [sentence for kind, sentence in sentences.items() if isinstance(changed, list) and kind in changed]
    return Words(_("How to reach you was changed"), (*changes, _("If it was not you, please ring us at once.")))


@says(NoticeKind.PASSWORD_CHANGED)
def of_password(session: Session, notice: Told, reader: Recipient) -> Words:  # noqa: ARG001 (as for all kinds)
    """Return the words for a changed password."""
    return Words(
        _("Your password was changed"),
        (
            _("Your password was changed, and every other device is signed out."),
            _("If it was not you, please ring us at once."),
        ),
        link=Link(_("Your devices"), url_for("members.profile", _external=True)),
    )
