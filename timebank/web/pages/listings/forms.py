"""The forms of offers, requests and categories."""

from typing import Any

from flask_babel import gettext, lazy_gettext as _
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from timebank.listings.errors import CategoriesError
from timebank.listings.rules import LONGEST_TITLE, LONGEST_WORDS, ListingText, Risk
from timebank.listings.tree import Tree
from timebank.web.forms import KeyedForm, SelectChoice, at_most, needed, tidy
from timebank.web.kinds import kind_choices
from timebank.web.week import WeekField

RISKS = {
    Risk.HOME_VISIT: _("Somebody comes to a home"),
    Risk.DRIVING: _("Somebody drives another person"),
    Risk.KEYS: _("Keys are handed over"),
    Risk.MONEY: _("Money is handled"),
    Risk.PERSONAL_CARE: _("Somebody is cared for"),
    Risk.REGULATED_TRADE: _("A trade that needs a licence"),
}


class ListingForm(KeyedForm):
    """What somebody offers or asks for, how and when."""

    title = StringField(
        _("In a few words"),
        description=_("Such as: gardening, a lift to the shops, or a chat on the phone"),
        validators=[
            needed(_("Say in a few words what it is about.")),
            at_most(LONGEST_TITLE, _("Say it in 120 letters or fewer. More fits below.")),
        ],
        render_kw={"autocomplete": "off"},
    )
    words = TextAreaField(
        _("Tell a little more, if you like"),
        validators=[at_most(LONGEST_WORDS, _("Say it in 2,000 letters or fewer."))],
    )
    kind1 = SelectField(_("What kind of help is it?"), validate_choice=False)
    kind2 = SelectField(_("And another kind"), validate_choice=False)
    kind3 = SelectField(_("And a third"), validate_choice=False)
    suggested = StringField(validators=[at_most(60, _("Choose one of them."))])
    area = SelectField(_("Where?"), validate_choice=False)
    in_person = BooleanField(_("In person"))
    by_phone = BooleanField(_("By phone"))
    online = BooleanField(_("Online"))
    suits = WeekField(_("Days and times that suit"))
    when_words = StringField(
        _("Anything else about when"),
        description=_("Such as: not in the school holidays"),
        validators=[at_most(120, _("Say it in 120 letters or fewer."))],
        render_kw={"autocomplete": "off"},
    )

    def offer_choices(self, tree: Tree, areas: dict[str, int], kept: tuple[int, ...] = ()) -> None:
        """Fill in what can be chosen; `kept` are the categories that it stands in, retired or not."""
        for field in self.kinds:
            field.choices = kind_choices(tree, kept)
        self.area.choices = [("", gettext("No place in particular")), *((name, name) for name in areas)]

    def validate_area(self, field: SelectField) -> None:
        """What is offered or nothing, said rather than dropped in silence."""
        _check_offered(field, gettext("Choose one of the areas."))

    @property
    def kinds(self) -> tuple[SelectField, ...]:
        """The three choices of a category."""
        return self.kind1, self.kind2, self.kind3

    def fill(self, terms: ListingText, tree: Tree, areas: dict[str, int]) -> None:
        """Show what was said before."""
        self.title.data, self.words.data, self.when_words.data = terms.title, terms.words, terms.when_words
        for field, category_id in zip(self.kinds, terms.category_ids, strict=False):
            field.data = tree.by_id[category_id].key
        self.area.data = next((name for name, id_ in areas.items() if id_ == terms.area_id), "")
        self.in_person.data, self.by_phone.data, self.online.data = terms.in_person, terms.by_phone, terms.online
        self.suits.fill(terms.suits)

    def said(self, tree: Tree, areas: dict[str, int]) -> ListingText:
        """What is said now. Raises CategoriesError where a category is none of the bank's."""
        tapped = self.suggested.data if self.suggested.data in tree.by_key else ""
        keys = list(dict.fromkeys(key for key in (tapped, *(field.data for field in self.kinds)) if key))
        if not keys or not all(key in tree.by_key for key in keys):
            raise CategoriesError
        return ListingText(
            title=tidy(self.title.data),
            words=(self.words.data or "").strip(),
            category_ids=tuple(tree.by_key[key].id for key in keys),
            area_id=areas.get(self.area.data or ""),
            in_person=bool(self.in_person.data),
            by_phone=bool(self.by_phone.data),
            online=bool(self.online.data),
            suits=self.suits.bits,
            when_words=tidy(self.when_words.data),
        )


class AskBrokerForm(KeyedForm):
    """The words that found nothing, for a broker to go on with."""

    words = StringField(
        _("What do you look for?"),
        validators=[needed(_("Say in a few words what you look for.")), at_most(200, _("Say it in 200 letters."))],
    )


class OwnerForm(KeyedForm):
    """Whose an imported listing is."""

    person = RadioField(_("Members found"), choices=[], validate_choice=False)
    words = StringField(
        _("Name or member number"),
        validators=[at_most(80, _("That is too long for a name."))],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class CategoryForm(KeyedForm):
    """A category's name, and what a broker has to think of."""

    name = StringField(
        _("Name"), validators=[needed(_("Type the name.")), at_most(60, _("Say it in 60 letters or fewer."))]
    )
    under = SelectField(_("Where does it belong?"), validate_choice=False)
    risks = SelectMultipleField(
        _("A broker has to think of this first"),
        choices=[SelectChoice(risk, words) for risk, words in RISKS.items()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def offer_places(self, tree: Tree) -> None:
        """Fill in the main categories under which it can stand."""
        mains: list[Any] = [(main.key, main.name) for main in tree.beside(None)]
        self.under.choices = [("", gettext("It is a main category")), *mains]

    def validate_under(self, field: SelectField) -> None:
        """A main category of the bank's, or none."""
        _check_offered(field, gettext("Choose one of the list."))


def _check_offered(field: SelectField, sentence: str) -> None:
    if field.data and field.data not in {choice[0] for choice in field.iter_choices()}:
        raise ValidationError(sentence)
