"""The kinds of help of a bank as choices of a form."""

from collections.abc import Sequence

from flask_babel import gettext

from timebank.listings.tree import Tree
from timebank.spelling import isolated

Choices = dict[str, list[tuple[str, str]]]


def kind_choices(tree: Tree, kept: Sequence[int] = ()) -> Choices:
    """Return {main category: [(key, name)]} of what can be chosen; `kept` are the ids that are chosen now."""
    groups: Choices = {"": [("", gettext("Choose one"))]}
    for main, under in tree.in_use():
        every = (main.key, gettext("%(name)s: in general", name=isolated(main.name)))
        groups[main.name] = [every, *((branch.key, branch.name) for branch in under)]
    retired = [tree.by_id[id_] for id_ in kept if not tree.may_be_chosen(id_)]
    if retired:
        groups[gettext("Not in use any more")] = [(branch.key, branch.name) for branch in retired]
    return groups
