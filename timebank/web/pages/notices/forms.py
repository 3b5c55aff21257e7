"""The form on which members choose how they are notified."""

from collections.abc import Collection, Mapping, Sequence

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from timebank.notices.kinds import Topic
from timebank.notices.rules import CHOICES, Choice, Often, Way
from timebank.web.forms import KeyedForm, SelectChoice, needed
from timebank.web.notice_words import choice_words, topic_hint, topic_words

_LONGEST_ID = 19


class NoticesForm(KeyedForm):
    """One choice for each topic; digests do not go by telephone."""

    about_you = RadioField(validators=[needed(_("Choose one of these."))])
    round_the_bank = RadioField(validators=[needed(_("Choose one of these."))])

    def offer(self, chosen: Mapping[Topic, Choice], ways: Collection[Way]) -> None:
        """Offer what can be chosen by these ways, with what holds now."""
        for topic, field in self._fields_of_topics().items():
            field.choices = [
                SelectChoice(value_of(choice), choice_words(choice))
                for choice in CHOICES[topic]
                if choice.way in ways or choice == chosen[topic]
            ]
            field.label.text, field.description = topic_words(topic), topic_hint(topic)
            if not self.is_submitted():
                field.data = value_of(chosen[topic])

    @property
    def chosen(self) -> dict[Topic, Choice]:
        """What was chosen, once it is valid."""
        return {topic: choice_of(field.data) for topic, field in self._fields_of_topics().items()}

    def _fields_of_topics(self) -> dict[Topic, RadioField]:
        return {Topic.ABOUT_YOU: self.about_you, Topic.ROUND_THE_BANK: self.round_the_bank}


class CallForm(KeyedForm):
    """A button for what came of a call; `until` is the last delivery that the page showed."""

    until = HiddenField()

    @property
    def delivery_id(self) -> int:
        """Return the delivery's id; 0 for anything else."""
        typed = self.until.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_ID else 0


class PostedForm(KeyedForm):
    """Which letters of a bundle were posted: codes of members, all ticked at first."""

    posted = SelectMultipleField(
        _("Which ones have you posted?"),
        validate_choice=False,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def offer(self, members: Sequence[tuple[str, str]]) -> None:
        """Offer these (code, name), all ticked."""
        self.posted.choices = [SelectChoice(code, name) for code, name in members]
        self.posted.data = [code for code, _name in members]


def value_of(choice: Choice) -> str:
    """Return a choice as a form's value, such as 'email-weekly'."""
    return f"{choice.way.value}-{choice.often.value}"


def choice_of(value: str) -> Choice:
    """Return the choice of a form's value. Raises ValueError."""
    way, _dash, often = value.partition("-")
    return Choice(Way(way), Often(often))
