"""What a task is called and what it asks for: words for each kind, and names and links for what it is about."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from timebank.codes import spoken
from timebank.exchanges.queries import list_whats
from timebank.members.queries import list_names_of_codes
from timebank.tasks.rules import Kind


@dataclass(frozen=True, slots=True)
class Subject:
    """What a task is about: its name, and the page where it can be looked at (None: it has none)."""

    name: str
    url: str | None = None


#: For the first word of a subject: the page that shows one, and who knows their names, all in one query.
_KINDS_OF_SUBJECT: dict[str, tuple[str, Callable[[Session, int, Sequence[str]], dict[str, str]]]] = {
    "member": ("members.member", list_names_of_codes),
    "exchange": ("exchanges.exchange", list_whats),
}


def name_subjects(session: Session, bank_id: int, references: Iterable[str]) -> dict[str, Subject]:
    """{reference: its name and page}, with one query for each kind of subject and not for each row."""
    codes: dict[str, list[str]] = {}
    named: dict[str, Subject] = {}
    for reference in references:
        kind, _colon, code = reference.partition(":")
        codes.setdefault(kind, []).append(code)
        named[reference] = Subject(spoken(code))
    for kind, (endpoint, list_them) in _KINDS_OF_SUBJECT.items():
        found = list_them(session, bank_id, codes[kind]) if kind in codes else {}
        for code, name in found.items():
            named[f"{kind}:{code}"] = Subject(name, url_for(endpoint, code=code))
    return named


def title(kind: str, name: str) -> str:
    """A task in one line."""
    titles = {
        Kind.BELOW_SOFT_LIMIT: _("Talk with %(name)s: a good way below zero", name=name),
        Kind.ABOVE_SOFT_LIMIT: _("Talk with %(name)s: many hours to use", name=name),
        Kind.LIMIT_ENDED: _("Talk with %(name)s: the lower limit has ended", name=name),
        Kind.FIND_SOMEBODY: _("Find somebody: %(name)s", name=name),
        Kind.NOBODY_ANSWERED: _("Nobody answered: %(name)s", name=name),
    }
    return titles.get(kind, _("Look at: %(name)s", name=name))  # type: ignore[call-overload,no-any-return]


def advice(kind: str) -> str:
    """What to do about it, in a sentence or two."""
    said = {
        Kind.BELOW_SOFT_LIMIT: _(
            "They have received a good deal more than they gave. Ring, ask how they are, and look for a way to give."
        ),
        Kind.ABOVE_SOFT_LIMIT: _(
            "They have given a good deal more than they received. Ring, say thank you, and find what would help them."
        ),
        Kind.LIMIT_ENDED: _(
            "The time for their lower limit is over, and they are still below the usual one. "
            "Ring, and agree how it goes on."
        ),
        Kind.NOBODY_ANSWERED: _(
            "This help was written down, and the other side never said yes or no. No hours moved. "
            "Ring both; if it was right, write it down again for them."
        ),
        Kind.FIND_SOMEBODY: _("Nobody was found by searching. Think of whom you know, and ask them."),
    }
    return said.get(kind, "")  # type: ignore[call-overload,no-any-return]
