"""The words of notices about invitations."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from timebank.matching.queries import InvitationRow, find_invitation
from timebank.notices.kinds import NoticeKind
from timebank.notices.queries import Told
from timebank.spelling import isolated
from timebank.telling.recipients import Recipient
from timebank.web.filters import day_in_full, hours_in_words, time_of_day
from timebank.web.telling.words import Link, Words, names, says


@says(NoticeKind.INVITED)
def of_invitation(session: Session, notice: Told, reader: Recipient) -> Words | None:  # noqa: ARG001 (as for all kinds)
    """Return the words that ask whether somebody could help."""
    row = find_invitation(session, notice.bank_id, notice.subject.code)
    if row is None:
        return None
    sentences = [
        _("%(name)s could do with some help. Could it be you?", name=isolated(row.requester_name)),
        _("Whatever you say is fine. Please tell us by %(day)s.", day=day_in_full(row.answer_by))
        if row.answer_by
        else "",
        row.words and _("“%(words)s”", words=row.words),
    ]
    return Words(
        _("Could you help somebody?"),
        tuple(sentence for sentence in sentences if sentence),
        names(
            (
                (_("What"), row.title),
                (_("When"), _when(row)),
                (_("How long"), hours_in_words(row.minutes)),
                (_("Where"), row.meeting_place or row.area),
            )
        ),
        Link(_("Yes, or not this time"), url_for("matching.invitation", code=row.code, _external=True)),
    )


def _when(row: InvitationRow) -> str:
    if row.day is None:
        return str(_("any day that suits you both"))
    return str(
        _("%(day)s, %(time)s", day=day_in_full(row.day), time=time_of_day(row.at)) if row.at else day_in_full(row.day)
    )
