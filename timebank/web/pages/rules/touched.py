"""Sentences about whom it touches when a bank sends no more letters or texts."""

from collections.abc import Mapping

from flask import g
from flask_babel import gettext as _, ngettext

from timebank.notices.rules import Way
from timebank.telling.touched import count_news_by_letter, count_touched
from timebank.web.extensions import db
from timebank.web.texts import sends_texts


def without_letters() -> list[str]:
    """Return what comes of sending no more letters; nothing where the bank sends none."""
    if not g.bank.sends_letters:
        return []
    touched = count_touched(db.session(), g.bank.id, Way.LETTER)
    news = count_news_by_letter(db.session(), g.bank.id)
    if not touched and not news:
        return [_("Nobody is told by post at the moment.")]
    number = sum(touched.values())
    sentences = [ngettext("%(num)s member is told by post now.", "%(num)s members are told by post now.", number)]
    sentences += _instead(touched)
    if news:
        sentences.append(
            ngettext(
                "%(num)s member reads by post what goes on round the time bank, and reads it no more without letters.",
                "%(num)s members read by post what goes on round the time bank, and read it no more without letters.",
                news,
            )
        )
    return sentences


def without_texts() -> list[str]:
    """Return what comes of sending no more texts; nothing where none are sent."""
    if not sends_texts():
        return []
    touched = count_touched(db.session(), g.bank.id, Way.TEXT)
    if not touched:
        return [_("Nobody is told by text at the moment.")]
    number = sum(touched.values())
    first = ngettext("%(num)s member is told by text now.", "%(num)s members are told by text now.", number)
    return [first, *_instead(touched)]


def _instead(touched: Mapping[Way, int]) -> list[str]:
    """Return a sentence for each way that takes the place of the one that ends."""
    sentences = {
        Way.EMAIL: ngettext(
            "Without it, %(num)s gets an e-mail.", "Without it, %(num)s get an e-mail.", touched.get(Way.EMAIL, 0)
        ),
        Way.PHONE: ngettext(
            "Without it, %(num)s has to be rung by a broker.",
            "Without it, %(num)s have to be rung by a broker.",
            touched.get(Way.PHONE, 0),
        ),
        Way.LETTER: ngettext(
            "Without it, %(num)s gets a letter.", "Without it, %(num)s get a letter.", touched.get(Way.LETTER, 0)
        ),
        Way.NONE: ngettext(
            "Without it, %(num)s hears nothing: we know no other way to reach them.",
            "Without it, %(num)s hear nothing: we know no other way to reach them.",
            touched.get(Way.NONE, 0),
        ),
    }
    return [sentence for way, sentence in sentences.items() if touched.get(way)]
