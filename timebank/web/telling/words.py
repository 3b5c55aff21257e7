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
    important part first; without it, it says that there is something to read. `off_page` is said in place of
    `sentences` in a letter and on the telephone, where these speak of a page; empty where they do not.
    """

    subject: str
    sentences: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    link: Link | None = None
    sections: tuple[Section, ...] = ()
    text: tuple[str, ...] = ()
    off_page: tuple[str, ...] = ()


#: A notice and who reads it.
ToSay = tuple[Told, Recipient]
#: Takes a session, a notice and its reader; returns its words, or None where what it is about is gone.
MakeWords = Callable[[Session, Told, Recipient], Words | None]
#: Takes notices of one bank with their readers; returns the words of each, in the same order.
MakeWordsOfAll = Callable[[Session, Sequence[ToSay]], list[Words | None]]

_MAKERS: dict[NoticeKind, MakeWordsOfAll] = {}


def says(*kinds: NoticeKind) -> Callable[[MakeWords], MakeWords]:
    """Register a function as the one that makes the words of these kinds."""

    def register(make: MakeWords) -> MakeWords:
        says_together(*kinds)(lambda session, to_say: [make(session, notice, reader) for notice, reader in to_say])
        return make

    return register


def says_together(*kinds: NoticeKind) -> Callable[[MakeWordsOfAll], MakeWordsOfAll]:
    """Register a function that makes the words of many notices of these kinds, in a fixed number of queries."""

    def register(make: MakeWordsOfAll) -> MakeWordsOfAll:
        for kind in kinds:
            if kind in _MAKERS:
                raise ValueError(kind)
            _MAKERS[kind] = make
        return make

    return register


def list_words_of(session: Session, to_say: Sequence[ToSay]) -> list[Words | None]:
    """Return what notices of one bank say to their readers, in their order; None where what one is about is gone."""
    by_kind: dict[NoticeKind, list[ToSay]] = {}
    for notice, reader in to_say:
        by_kind.setdefault(notice.kind, []).append((notice, reader))
    words: dict[int, Words | None] = {}
    for kind, of_kind in by_kind.items():
        ids = [notice.id for notice, _reader in of_kind]
        words.update(zip(ids, _MAKERS[kind](session, of_kind), strict=True))
    return [words[notice.id] for notice, _reader in to_say]


def makers() -> Mapping[NoticeKind, MakeWordsOfAll]:
    """Return who makes the words of each kind, for a test that none is missing."""
    return dict(_MAKERS)


def names(facts: Sequence[tuple[str, str | None]]) -> tuple[tuple[str, str], ...]:
    """Return those facts that there are."""
    return tuple((label, value) for label, value in facts if value)
