"""Whether text messages go out from this site and this bank."""

from flask import current_app, g


def sends_texts() -> bool:
    """Return whether the site has a gateway for text messages, and the bank of the page sends any."""
    return bool(current_app.config["SENDS_TEXTS"]) and g.bank.texts_a_month > 0
