"""The form of the audit."""

from timebank.web.forms import KeyedForm


class CheckForm(KeyedForm):
    """Nothing but a button."""
