"""Words for the kinds of entries and accounts, used on several pages."""

from flask_babel import gettext as _

from timebank.ledger.entries import EntryKind


def kind_words(kind: str) -> str:
    """Return the words for a kind of entry."""
    words = {
        EntryKind.EXCHANGE: _("Help"),
        EntryKind.ACTIVITY: _("Group activity"),
        EntryKind.WELCOME: _("Welcome hours"),
        EntryKind.GIFT: _("Gift"),
        EntryKind.GRANT: _("Grant"),
        EntryKind.OPENING: _("Opening balance"),
        EntryKind.ADJUSTMENT: _("Correction"),
        EntryKind.LEAVING: _("Leaving"),
        EntryKind.CLEARING: _("With another time bank"),
    }
    return str(words[EntryKind(kind)])


def account_words(kind: str) -> str:
    """Return what an account without a holder is called."""
    words = {
        "pot": _("Community pot"),
        "fund": _("Fund"),
        "group": _("Group"),
        "activity": _("Group activity"),
        "opening": _("Opening balances"),
        "leavers": _("Leavers"),
        "clearing": _("Another time bank"),
        "member": _("Member"),
    }
    return str(words[kind])
