"""Ready texts for the usual moments of a broker, to be changed before they are sent."""

from collections.abc import Mapping
from typing import NamedTuple

from flask import g
from flask_babel import gettext as _

from timebank.spelling import first_name


class ReadyText(NamedTuple):
    """What a ready text is called, and its words."""

    label: str
    text: str


def ready_texts(name: str = "") -> Mapping[str, ReadyText]:
    """Return {key: text} for a member of this name."""
    signed = first_name(g.actor.name)
    words = {
        "checking-in": (
            _("How are you?"),
            _(
                "How are you getting on with the time bank? "
                "Is there anything that would help you, or anything you would like to do for others?"
            ),
        ),
        "please-confirm": (
            _("Please confirm"),
            _(
                "Some hours wait for your yes. Could you look whether they are right, and say so? "
                "If not, tell me, and we sort it out."
            ),
        ),
        "thank-you": (_("Thank you"), _("Thank you for what you did. It meant a lot, and I wanted you to know.")),
        "no-answer": (
            _("No answer"),
            _(
                "I asked you whether you could help, and have not heard. That is fine, no is an answer too. "
                "Would you rather be asked less often?"
            ),
        ),
    }
    greeting = _("Hello %(name)s,", name=first_name(name))
    return {key: ReadyText(label, f"{greeting}\n\n{text}\n\n{signed}") for key, (label, text) in words.items()}
