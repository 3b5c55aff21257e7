"""Words and style classes for the states of invitations."""

from flask_babel import gettext as _

from timebank.matching.invitation_rules import InvitationState

_LOOKS = {InvitationState.YES: "done", InvitationState.NO: "over", InvitationState.SILENT: "over"}


def invitation_words(state: str) -> str:
    """Return the words for the state of an invitation."""
    words = {
        InvitationState.NEXT: _("asked next"),
        InvitationState.SENT: _("asked"),
        InvitationState.YES: _("said yes"),
        InvitationState.NO: _("cannot this time"),
        InvitationState.SILENT: _("did not answer"),
        InvitationState.TAKEN_BACK: _("taken back"),
        InvitationState.NOT_NEEDED: _("not needed any more"),
    }
    return str(words[InvitationState(state)])


def invitation_look(state: str) -> str:
    """Return the class of the style sheet for the tag of a state."""
    return _LOOKS.get(InvitationState(state), "waiting")
