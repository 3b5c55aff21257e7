"""Ready-made beginnings of a request: a title to go on with, and its kind of help."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import request
from flask_babel import lazy_gettext as _

from timebank.listings.tree import Tree


class Beginning(NamedTuple):
    """A beginning: its word in the address, the words on its link, and the key of its kind of help.

    Words that end with three dots are a title to be finished.
    """

    word: str
    words: object
    key: str

    @property
    def title(self) -> str:
        """Return the title that the form begins with."""
        return str(self.words).replace("…", "")


BEGINNINGS = (
    Beginning("lift", _("A lift to …"), "getting-about/lifts"),
    Beginning("talk", _("Somebody to talk to"), "company/visits"),
    Beginning("shopping", _("Shopping"), "errands/shopping"),
    Beginning("repair", _("A small repair"), "repairs/small-jobs"),
    Beginning("walk", _("Company for a walk"), "getting-about/walking-along"),
    Beginning("garden", _("A hand in the garden"), "outdoors/gardening"),
    Beginning("phone", _("Help with a phone or computer"), "paperwork/computers"),
    Beginning("letter", _("A letter or form to fill in"), "paperwork/forms"),
)


def list_beginnings(tree: Tree) -> Sequence[Beginning]:
    """Return the beginnings whose kind of help the bank uses."""
    keys = {key: branch.id for key, branch in tree.by_key.items() if tree.may_be_chosen(branch.id)}
    return [beginning for beginning in BEGINNINGS if beginning.key in keys]


def find_asked_beginning(tree: Tree) -> Beginning | None:
    """Return the beginning that the address names; None if it names none that the bank uses.

    It can name the key of any kind of help, too: where no beginning is of that kind, there is no title yet.
    """
    asked = request.args.get("begin", "")
    for beginning in list_beginnings(tree):
        if asked in {beginning.word, beginning.key}:
            return beginning
    branch = tree.by_key.get(asked)
    return Beginning("", "", asked) if branch is not None and tree.may_be_chosen(branch.id) else None
