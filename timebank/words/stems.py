"""Texts as lists of stems: folded, cut by Snowball, and without words that say nothing about the help."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import snowballstemmer

from timebank.spelling import words_of

LONGEST_STEM = 60
#: Words that are in nearly every listing, so that they tell none of them apart.
FILLERS = frozenset(
    word
    for line in (
        "a about again all also am an and any anybody anyone anything are around as ask asking at be because been",
        "being both but by can cant come could couldnt do does doing done dont each else etc even every few for",
        "free from get give giving gladly go good great had happy hardly has have having he hello help helped",
        "helper helpful helping her here hers hi him his how i id if ill im in is it its ive just know let lets",
        "like likes ll look looking lot love make many maybe me might more most much must my myself need needed",
        "needs new nice no not now of off offer offered offering offers often oh ok old on one only or other",
        "others our out own perhaps please possible possibly provide provided providing quite really request",
        "requested requests require required s service services she should so some somebody someone something",
        "still such support sure t take than thank thanks that the their them then there these they thing things",
        "this those to too try up us use used using various ve very want wanted wants was we well were what when",
        "where which who whom why will willing wish with would yes you your yours",
    )
    for word in line.split()
)
#: Letters with a stop after each, such as 'd.i.y.'.
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}[^\W\d_]?(?!\w)")
#: Pictures that stand for words, by their names in Unicode: a dog, a guitar, a ball of yarn. Not the smileys.
_PICTURE = re.compile("[\u2600-\u27bf\U0001f300-\U0001f5ff\U0001f680-\U0001faff]")
#: Scripts that write no spaces between words: their words are compared two signs at a time.
_WITHOUT_SPACES = (
    (0x0E00, 0x0EFF),  # Thai and Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Japanese syllables
    (0x3400, 0x9FFF),  # Chinese and Japanese
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Return the English stem of a folded word, at most LONGEST_STEM letters."""
    # A stemmer keeps the word it works on, so each call has its own: pages are made side by side.
    return str(snowballstemmer.stemmer("english").stemWord(word))[:LONGEST_STEM]


def split_words(text: str) -> list[str]:
    """Return the folded words of a text, in order.

    'd.i.y.' is one word, a picture such as an emoji is the words of its name, and words of scripts without spaces are
    cut into pairs of signs.
    """
    text = _PICTURE.sub(_name_of_picture, _INITIALS.sub(lambda match: match[0].replace(".", ""), text))
    return [part for word in words_of(text) for part in _parts(word[:LONGEST_STEM])]


def stems_of(text: str) -> list[str]:
    """Return the stems of all words of a text, in order."""
    return [stem(word) for word in split_words(text)]


def telling_words(text: str) -> list[str]:
    """Return the folded words of a text without fillers; with them, if there are no others."""
    words = split_words(text)
    return [word for word in words if word not in FILLERS] or words


def _name_of_picture(match: re.Match[str]) -> str:
    return f" {unicodedata.name(match[0], '')} "


def _parts(word: str) -> Iterator[str]:
    if word.isascii() or len(word) <= 2 or not any(map(_is_without_spaces, word)):  # noqa: PLR2004 (a pair)
        yield word
        return
    for first, second in pairwise(word):
        yield first + second


def _is_without_spaces(sign: str) -> bool:
    return any(low <= ord(sign) <= high for low, high in _WITHOUT_SPACES)
