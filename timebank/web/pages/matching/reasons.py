"""Words for the reasons of a place in a list of helpers."""

from flask_babel import gettext as _, lazy_gettext, ngettext

from timebank.matching.board import Pairing
from timebank.matching.rules import Order, Reason
from timebank.web.filters import hours_in_words

#: Each reason as a broker reads it, as a line of the sum.
REASONS = {
    Reason.WORDS: lazy_gettext("The words of the offer"),
    Reason.KIND: lazy_gettext("The same kind of help"),
    Reason.GROUP: lazy_gettext("A kind of help beside it"),
    Reason.NEAR: lazy_gettext("How near they live"),
    Reason.FREE: lazy_gettext("Free when it suits"),
    Reason.BELOW_ZERO: lazy_gettext("Below zero, so glad of a chance to give"),
    Reason.ASKED: lazy_gettext("Asked before, these last weeks"),
}
ORDERS = {
    Order.ALL: lazy_gettext("All reasons"),
    Order.WORDS: lazy_gettext("Only by words and kind"),
    Order.NEAR: lazy_gettext("Only by nearness"),
}


def why(pairing: Pairing) -> str:
    """Return why somebody could help, in short: what they offer, and what speaks for them."""
    reasons = {line.reason for line in pairing.lines}
    parts = [_("offers “%(title)s”", title=pairing.offer.title)]
    if pairing.travel_minutes == 0:
        parts.append(_("lives in the same area"))
    elif pairing.travel_minutes:
        parts.append(_("lives %(time)s away", time=hours_in_words(pairing.travel_minutes)))
    if Reason.FREE in reasons:
        parts.append(_("is free then"))
    if Reason.BELOW_ZERO in reasons:
        parts.append(_("is glad of a chance to give"))
    if pairing.member.asks:
        asks = pairing.member.asks
        parts.append(ngettext("was asked once of late", "was asked %(num)s times of late", asks))
    return ", ".join(parts)
