"""Words for the states of exchanges and for the ways in which members instruct brokers, used on several pages."""

from flask_babel import gettext as _

from timebank.actors import How
from timebank.audit.rules import Group
from timebank.exchanges.rules import State


def state_words(state: str) -> str:
    """Return the words for a state, or for a group of states that the audit filters by."""
    words: dict[str, str] = {
        Group.MOVED: _("hours moved"),
        Group.WAITING: _("hours wait"),
        State.PROPOSED: _("asked"),
        State.ACCEPTED: _("agreed"),
        State.RECORDED: _("waiting"),
        State.CONFIRMED: _("confirmed"),
        State.DECLINED: _("not this time"),
        State.CANCELLED: _("called off"),
        State.DISPUTED: _("being looked at"),
        State.DECIDED: _("decided"),
        State.REVERSED: _("taken back"),
    }
    return str(words[state])


_LOOKS = {
    State.PROPOSED: "asks",
    State.ACCEPTED: "done",
    State.RECORDED: "waiting",
    State.CONFIRMED: "done",
    State.DECLINED: "over",
    State.CANCELLED: "over",
    State.DISPUTED: "wrong",
    State.DECIDED: "done",
    State.REVERSED: "over",
}


def state_look(state: str) -> str:
    """Return the class of the style sheet for the tag of a state."""
    return _LOOKS[State(state)]


def how_words(how: str) -> str:
    """Return the words for the way in which a member instructed a broker."""
    words = {
        How.PHONE: _("by phone"),
        How.PAPER: _("on paper"),
        How.IN_PERSON: _("face to face"),
        How.SLIP: _("by a slip that both signed"),
        How.REQUEST: _("by what they asked for"),
        How.TIME: _("by time, after two reminders"),
        How.TEXT: _("by text message"),
    }
    return str(words[How(how)])
