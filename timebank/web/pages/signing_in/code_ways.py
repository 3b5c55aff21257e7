"""By which ways a bank sends codes to sign in: the same for everybody who asks for one."""

from typing import NamedTuple

from flask import current_app, g

from timebank import clock
from timebank.signing_in.trusted import may_text
from timebank.web.extensions import db
from timebank.web.texts import sends_texts


class CodeWays(NamedTuple):
    """The ways by which the bank sends codes, the same for all who ask. `texts_left`: it may send more this month."""

    by_email: bool
    by_text: bool
    texts_left: bool


def find_code_ways() -> CodeWays:
    """Return the ways of the bank of the page."""
    by_text = sends_texts()
    texts_left = by_text and may_text(db.session(), g.bank, clock.now())
    return CodeWays(current_app.config["SENDS_MAIL"], by_text, texts_left)
