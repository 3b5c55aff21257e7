"""Words for topics of notices, and for the ways in which members get them."""

from flask_babel import gettext as _

from timebank.notices.kinds import Topic
from timebank.notices.rules import Choice, Often, Way


def choice_words(choice: Choice) -> str:
    """Return the words for a choice."""
    if choice.way is Way.EMAIL:
        often = {
            Often.AT_ONCE: _("By e-mail, at once"),
            Often.AS_THINGS_COME: _("By e-mail, when there are a few new things"),
            Often.DAILY: _("By e-mail, once a day"),
            Often.WEEKLY: _("By e-mail, once a week"),
            Often.MONTHLY: _("By e-mail, once a month"),
        }
        return str(often[choice.often])
    if choice.way is Way.TEXT:
        return str(_("By text message to my mobile phone"))
    if choice.way is Way.LETTER:
        return str(_("By post, once a month") if choice.often is Often.MONTHLY else _("By post: we send you a letter"))
    return str(_("By telephone: we ring you") if choice.way is Way.PHONE else _("Not at all: I look here myself"))


def topic_words(topic: Topic) -> str:
    """Return what a topic is called."""
    if topic is Topic.ABOUT_YOU:
        return str(_("What is about you"))
    return str(_("What goes on round the time bank"))


def topic_hint(topic: Topic) -> str:
    """Return what belongs to a topic."""
    if topic is Topic.ABOUT_YOU:
        return str(_("Somebody asks for your help, says yes, or waits for you to say whether hours are right."))
    return str(_("What you could help with, what others ask for, and news of the time bank."))
