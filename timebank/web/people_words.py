"""Words and style classes for the stages of applications and the standings of memberships."""

from flask_babel import gettext as _

from timebank.actors import Role, Standing
from timebank.joining.rules import Stage

_STAGE_LOOKS = {Stage.APPLIED: "asks", Stage.ADMITTED: "done", Stage.DECLINED: "over", Stage.WITHDRAWN: "over"}
_STANDING_LOOKS = {Standing.ACTIVE: "done", Standing.SUSPENDED: "wrong", Standing.LEFT: "over"}


def stage_words(stage: str) -> str:
    """Return the words for the stage of an application."""
    words = {
        Stage.APPLIED: _("applied"),
        Stage.INTERVIEWED: _("interviewed"),
        Stage.REFERENCED: _("references are in"),
        Stage.INDUCTED: _("knows how it works"),
        Stage.ADMITTED: _("member now"),
        Stage.DECLINED: _("not taken in"),
        Stage.WITHDRAWN: _("changed their mind"),
    }
    return str(words[Stage(stage)])


def stage_look(stage: str) -> str:
    """Return the class of the style sheet for the tag of a stage."""
    return _STAGE_LOOKS.get(Stage(stage), "waiting")


def standing_words(standing: str) -> str:
    """Return the words for the standing of a membership."""
    words = {
        Standing.ACTIVE: _("active"),
        Standing.SUSPENDED: _("suspended"),
        Standing.LEFT: _("has left"),
    }
    return str(words[Standing(standing)])


def standing_look(standing: str) -> str:
    """Return the class of the style sheet for the tag of a standing."""
    return _STANDING_LOOKS[Standing(standing)]


def role_words(role: str) -> str:
    """Return the words for a role, with its article."""
    words = {
        Role.MEMBER: _("a member"),
        Role.BROKER: _("a broker"),
        Role.COORDINATOR: _("a coordinator"),
        Role.TRUSTEE: _("a trustee"),
        Role.AUDITOR: _("an auditor"),
    }
    return str(words[Role(role)])
