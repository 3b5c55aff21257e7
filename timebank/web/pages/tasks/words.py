"""Titles and advice for each kind of task, and names and URLs of their subjects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from timebank import subjects
from timebank.codes import spoken
from timebank.references import Ref, parse
from timebank.spelling import isolated
from timebank.tasks.rules import TaskKind
from timebank.web.subjects import url_of


@dataclass(frozen=True, slots=True)
class TaskSubject:
    """What a task is about: its name, and the URL of the page that shows it (None: it has none)."""

    name: str
    url: str | None = None


def name_subjects(session: Session, bank_id: int, references: Iterable[str]) -> dict[str, TaskSubject]:
    """Return {reference: name and page}, with one query for each kind of subject."""
    refs = {reference: parse(reference) for reference in references}
    names = subjects.list_names(session, bank_id, {ref for ref in refs.values() if ref is not None})
    return {reference: _subject(reference, ref, names) for reference, ref in refs.items()}


def _subject(reference: str, ref: Ref | None, names: Mapping[Ref, str]) -> TaskSubject:
    """Return the name and page of a subject; one that nobody names is called by its code, or as it is kept."""
    if ref is None:
        return TaskSubject(reference)
    return TaskSubject(names.get(ref, spoken(ref.code)), url_of(ref) if ref in names else None)


def title(kind: str, name: str) -> str:
    """Return a task's title."""
    titles = {
        TaskKind.BELOW_SOFT_LIMIT: _("Talk with %(name)s: a good way below zero", name=isolated(name)),
        TaskKind.ABOVE_SOFT_LIMIT: _("Talk with %(name)s: many hours to use", name=isolated(name)),
        TaskKind.LIMIT_ENDED: _("Talk with %(name)s: the lower limit has ended", name=isolated(name)),
        TaskKind.FIND_SOMEBODY: _("Find somebody: %(name)s", name=isolated(name)),
        TaskKind.NOBODY_ANSWERED: _("Nobody answered: %(name)s", name=isolated(name)),
        TaskKind.NOT_CONFIRMED: _("Not confirmed for two weeks: %(name)s", name=isolated(name)),
        TaskKind.NOBODY_SAID_YES: _("Nobody said yes: %(name)s", name=isolated(name)),
        TaskKind.HELPER_CALLED_OFF: _("A helper called off: %(name)s", name=isolated(name)),
        TaskKind.CONVERSATION_REPORTED: _("Look at what they wrote: %(name)s", name=isolated(name)),
        TaskKind.TELL_BY_PHONE: _("Ring %(name)s: something to tell", name=isolated(name)),
        TaskKind.TEXT_CAME: _("A text from %(name)s", name=isolated(name)),
        TaskKind.POST_LETTERS: _("Letters to print and post"),
        TaskKind.EMAIL_FAILS: _("An e-mail to %(name)s came back", name=isolated(name)),
        TaskKind.PHONE_WRONG: _("A wrong number: %(name)s", name=isolated(name)),
        TaskKind.WELCOME_HOURS: _("Look at who came in: %(name)s", name=isolated(name)),
        TaskKind.SOMETHING_MISSING: _("Something is missing: %(name)s", name=isolated(name)),
    }
    return titles.get(kind, _("Look at: %(name)s", name=isolated(name)))  # type: ignore[call-overload,no-any-return]


def kind_choices(counts: Mapping[str, int], chosen: str) -> list[tuple[str, str]]:
    """Return (kind, words with their number) of the kinds that there are, in the order of the words, after all kinds.

    The chosen one is among them even where none is left of it.
    """
    kinds = {**counts, **({chosen: counts.get(chosen, 0)} if chosen else {})}
    named = [(kind, _("%(kind)s (%(number)s)", kind=kind_words(kind), number=kinds[kind])) for kind in kinds]
    return [("", _("All kinds")), *sorted(named, key=lambda choice: choice[1])]


def kind_words(kind: str) -> str:
    """Return what tasks of a kind are about, in words that stand alone."""
    words = {
        TaskKind.BELOW_SOFT_LIMIT: _("A good way below zero"),
        TaskKind.ABOVE_SOFT_LIMIT: _("Many hours to use"),
        TaskKind.LIMIT_ENDED: _("A lower limit has ended"),
        TaskKind.FIND_SOMEBODY: _("Find somebody"),
        TaskKind.NOBODY_ANSWERED: _("Nobody answered"),
        TaskKind.NOT_CONFIRMED: _("Hours that are not confirmed"),
        TaskKind.NOBODY_SAID_YES: _("Nobody said yes"),
        TaskKind.HELPER_CALLED_OFF: _("A helper called off"),
        TaskKind.CONVERSATION_REPORTED: _("Reported messages"),
        TaskKind.TELL_BY_PHONE: _("Ring somebody"),
        TaskKind.TEXT_CAME: _("Texts that came in"),
        TaskKind.POST_LETTERS: _("Letters to post"),
        TaskKind.EMAIL_FAILS: _("E-mails that do not arrive"),
        TaskKind.PHONE_WRONG: _("Wrong numbers"),
        TaskKind.WELCOME_HOURS: _("Look at who came in"),
        TaskKind.SOMETHING_MISSING: _("Something is missing"),
    }
    return str(words.get(kind, _("Something else")))  # type: ignore[call-overload]


def advice(kind: str) -> str:
    """Return what to do about a task, in a sentence or two."""
    advices = {
        TaskKind.BELOW_SOFT_LIMIT: _(
            "They have received a good deal more than they gave. Ring, ask how they are, and look for a way to give."
        ),
        TaskKind.ABOVE_SOFT_LIMIT: _(
            "They have given a good deal more than they received. Ring, say thank you, and find what would help them."
        ),
        TaskKind.LIMIT_ENDED: _(
            "The time for their lower limit is over, and they are still below the usual one. "
            "Ring, and agree how it goes on."
        ),
        TaskKind.NOBODY_ANSWERED: _(
            "This help was written down, and the other side never said yes or no. No hours moved. "
            "Ring both; if it was right, write it down again for them."
        ),
        TaskKind.NOT_CONFIRMED: _(
            "They were asked twice whether these hours are right, and have not said so. "
            "Ring them; they can tell you, and you write it down for them."
        ),
        TaskKind.NOBODY_SAID_YES: _(
            "All who were asked have said no, or nothing. Look who else could help, and ring whoever asked for it."
        ),
        TaskKind.HELPER_CALLED_OFF: _(
            "Somebody had said yes and cannot come after all. Ask the next, and tell whoever asked for it."
        ),
        TaskKind.CONVERSATION_REPORTED: _(
            "One of the two asks you to look. You can read what they wrote until this task is done; it is on record."
        ),
        TaskKind.TELL_BY_PHONE: _("They are told by telephone. Their page says what to tell, word for word."),
        TaskKind.TEXT_CAME: _(
            "They sent a text to the time bank, and nobody but the brokers reads it. Ring them: "
            "anybody can make a text look as if it came from their number. "
            "With Y or N and digits they wanted to answer about hours, and the code fits none that wait."
        ),
        TaskKind.POST_LETTERS: _("Some members are told by post. Print their letters, and say when they are posted."),
        TaskKind.EMAIL_FAILS: _(
            "Their e-mail may be misspelt, or their mailbox full. Ring, and ask. "
            "What came back is told to them by telephone or letter, where we can. "
            "Their page says if no e-mail reaches them at all."
        ),
        TaskKind.PHONE_WRONG: _("Whoever rang did not reach them with this number. Find out how they can be reached."),
        TaskKind.WELCOME_HOURS: _(
            "One person alone took them in, so their welcome hours wait for a second one. "
            "Open their page, look whether all is as it should be, and give the hours there."
        ),
        TaskKind.FIND_SOMEBODY: _("Nobody was found by searching. Think of whom you know, and ask them."),
    }
    return advices.get(kind, "")  # type: ignore[call-overload,no-any-return]
