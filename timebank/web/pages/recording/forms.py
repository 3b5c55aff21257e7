"""One question a page."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, SelectField, StringField

from timebank.listings.tree import Branch, Tree
from timebank.web.forms import DayField, HandForm, HoursField, KeyedForm, at_most, needed
from timebank.web.kinds import kind_choices


class WhoForm(KeyedForm):
    """Somebody from the list, or a name to look for."""

    person = RadioField(_("People you know here"), choices=[], validate_choice=False)
    words = StringField(
        _("Name or member number"),
        validators=[at_most(80, _("That is too long for a name."))],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class WhatForm(KeyedForm):
    """What the help was, in a few words."""

    what = StringField(
        _("In a few words"),
        description=_("Such as gardening, a lift to the clinic, or help with a letter"),
        validators=[
            needed(_("Say in a few words what the help was.")),
            at_most(200, _("Say it in 200 letters or fewer.")),
        ],
    )


class KindForm(KeyedForm):
    """What kind of help it was: a request that it was for, a kind that was suggested, or another of the list."""

    listing = StringField(validators=[at_most(20, _("Choose one of them."))])
    suggested = StringField(validators=[at_most(60, _("Choose one of them."))])
    kind = SelectField(_("Another kind"), validate_choice=False)

    def offer_kinds(self, tree: Tree) -> None:
        """Fill in the kinds that can be chosen."""
        self.kind.choices = kind_choices(tree)

    def chosen(self, tree: Tree) -> Branch | None:
        """Return the kind that was tapped or chosen; None if it is none that can be."""
        branch = tree.by_key.get(self.suggested.data or self.kind.data or "")
        return branch if branch is not None and tree.may_be_chosen(branch.id) else None


class WhenForm(KeyedForm):
    """Today, yesterday or another day."""

    choice = RadioField(_("Which day?"), choices=[], validate_choice=False)
    day = DayField(_("Another day"), description=_("Such as 17 November or 17/11/2026"))


class HowLongForm(KeyedForm):
    """A length from a list, or as people say it."""

    choice = RadioField(_("How long?"), choices=[], validate_choice=False)
    how_long = HoursField(_("Another time"), description=_("Such as 45 minutes, 1 h 30 or 2 hours"))
    travel = HoursField(
        _("Travel, there and back"),
        description=_("It counts too, if you both agree. Leave it empty if there is none."),
        or_nothing=True,
    )
    preparation = HoursField(
        _("Getting ready"),
        description=_("Such as shopping for a meal. It counts too, if you both agree."),
        or_nothing=True,
    )


class SendForm(HandForm):
    """Nothing but the button; for a broker's hand, what there is to show and whether both have signed."""

    slip = BooleanField(_("It is a slip that both have signed, so it is confirmed at once"))
