"""What a notice says, before it becomes an e-mail or what a broker says on the telephone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from timebank.notices.kinds import NoticeKind
from timebank.notices.queries import Told
from timebank.telling.recipients import Recipient


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a page on which something can be done; opening it does nothing."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    """A list within a digest, such as of what is asked for."""

    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What one notice says.

    The subject names nobody and nothing that is anybody's business but the reader's: others see it on a locked phone.
    `facts` are (label, value), such as ('When', 'tomorrow at 10:15'). `text` is all that a text message says, its most
    important part first; without it, it says that there is something to read.
    """

    subject: str
    sentences: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    link: Link | None = None
    sections: tuple[Section, ...] = ()
    text: tuple[str, ...] = ()


#: Takes a session, a notice and its reader; returns its words, or None where what it is about is gone.
MakeWords = Callable[[Session, Told, Recipient], Words | None]

_MAKERS: dict[NoticeKind, MakeWords] = {}


def says(*kinds: NoticeKind) -> Callable[[MakeWords], MakeWords]:
    """Register a function as the one that makes the words of these kinds."""

    def register(make: MakeWords) -> MakeWords:
        for kind in kinds:
            if kind in _MAKERS:
                raise ValueError(kind)
            _MAKERS[kind] = make
        return make

    return register


def words_of(session: Session, notice: Told, reader: Recipient) -> Words | None:
    """Return what a notice says to its reader; None where what it is about is gone."""
    return _MAKERS[notice.kind](session, notice, reader)


def makers() -> Mapping[NoticeKind, MakeWords]:
    """Return who makes the words of each kind, for a test that none is missing."""
    return dict(_MAKERS)


def names(facts: Sequence[tuple[str, str | None]]) -> tuple[tuple[str, str], ...]:
    """Return those facts that there are."""
    return tuple((label, value) for label, value in facts if value)
