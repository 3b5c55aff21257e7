"""Text as people spell it: one folding for comparing and searching, and the signs that nobody sees. Pure.

Every room compares and searches names and words by `fold`, and every door for text (forms, addresses, imports, command
line) takes it through `clean`.
"""

import re
import unicodedata
from functools import lru_cache

#: Code points that are not drawn: Default_Ignorable_Code_Point of Unicode 16, and interlinear annotation.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_IS_UNSEEN = re.compile(f"[{_UNSEEN}]")
#: Those of them that words need: both joiners (Persian, Hindi, emoji) and the selectors of a letter's variant.
_JOINERS_AND_VARIANTS = "\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef"
#: The flags of Scotland, Wales and England are a black flag and unseen letters.
_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
_NO_TEXT = re.compile(
    f"({_FLAG})|(?![{_JOINERS_AND_VARIANTS}])[{_UNSEEN}]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]"
)
_BLANK_BRAILLE = "\u2800"
#: Format signs, private use and code points without a sign: what is drawn for them, if anything, is no letter.
_WITHOUT_SHAPE = frozenset({"Cf", "Co", "Cn"})
#: What is drawn: letters, numbers, punctuation and symbols.
_SEEN = "LNPS"

_APOSTROPHES = frozenset("'\u2019\u2018\u201b\u02bb\u02bc\u02bd\u02be\u02bf`\u02b9\u2032\u2035\ua78c\u055a\u05f3")
#: Apostrophes that would decompose to a space with an accent: an acute, and Greek ones.
_SPACING_ACCENTS = str.maketrans(dict.fromkeys("\u00b4\u0384\u1fbd\u1fbf\u1ffd\u1ffe", "'"))
#: Signs within a word: the dot of Catalan, also as its hyphenation point, and the stroke that lengthens Arabic.
_WITHIN_WORDS = frozenset("\u00b7\u2027\u0640")
#: Letters that Unicode does not decompose, by how they are written without stroke and hook: the small letters of the
#: Latin-ASCII transform of Unicode's CLDR. Below them, letters that Arabic and Persian keyboards type differently.
_LETTERS_WRITTEN = {
    "a": "ⱥ", "ae": "æ", "b": "ƀƃɓ", "c": "ƈȼɕ", "d": "ðđƌɖɗȡ", "e": "ɇɛ", "f": "ƒ", "g": "ǥɠɡ", "h": "ħɦⱨ",
    "hv": "ƕ", "i": "ıɨɩ", "j": "ȷɉɟ", "k": "ƙⱪꝁ", "l": "łƚɫɬɭⱡ", "m": "ɱ", "n": "ŋɲƞ", "o": "ø", "oe": "œ",
    "oi": "ƣ", "p": "ƥᵽ", "q": "ĸ", "r": "ɍɽ", "s": "ʂȿ", "t": "ŧƫƭʈⱦ", "th": "þ", "u": "ʉ", "v": "\u028b", "y": "ƴɏ",
    "z": "ƶȥⱬɀ",
    "\u06a9": "\u0643", "\u06cc": "\u064a\u0649", "\u0647": "\u0629",
}  # fmt: skip
_WRITTEN = {letter: written for written, letters in _LETTERS_WRITTEN.items() for letter in letters}
#: Marks that some write and others do not: accents, the points of Hebrew and Arabic, and the nukta. Not the marks that
#: make another letter elsewhere, such as the tones of Thai and the voicing of Japanese.
_ACCENT = re.compile("[\u0300-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_NUKTA = 7

_FIRST_STRONG, _END_OF_IT = "\u2068", "\u2069"
_FROM_THE_RIGHT = frozenset({"R", "AL", "AN"})


def fold(text: str) -> str:
    """Return a text as it is compared and searched, so that 'zoe oneil' and "Zoë  O'Neil" are the same.

    It is without case, accents, apostrophes and unseen signs; punctuation, hyphens and symbols are spaces,
    compatibility forms are the usual ones, and letters such as ł and ø are l and o. Folding what is folded changes
    nothing.
    """
    apart = unicodedata.normalize("NFKD", text.translate(_SPACING_ACCENTS)).casefold()
    return " ".join("".join(map(_fold_sign, unicodedata.normalize("NFKD", apart))).split())


@lru_cache(maxsize=4096)
def _fold_sign(sign: str) -> str:
    """Return one sign of a decomposed text in lower case as `fold` has it."""
    category = unicodedata.category(sign)
    if sign in _APOSTROPHES or sign in _WITHIN_WORDS or category in _WITHOUT_SHAPE or _IS_UNSEEN.match(sign):
        return ""
    combines = unicodedata.combining(sign)
    if combines == _NUKTA or (combines and _ACCENT.match(sign)):
        return ""
    if category[0] in "PZCS":
        return " "
    return _WRITTEN.get(sign, sign)


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, in order; symbols divide words as spaces do."""
    signs = (sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in fold(text))
    return "".join(signs).split()


def clean(text: str) -> str:
    """Return the text without signs that turn its direction, are not seen or are no text; line ends stay.

    So do both joiners and variant selectors: Persian, Hindi, Japanese names and emoji need them.
    """
    return _NO_TEXT.sub(lambda match: match[1] or "", text)


def tidy(text: str | None) -> str:
    """Return the clean text with white space collapsed to single spaces and stripped; '' where none can be seen."""
    return "" if text is None or is_blank(text) else " ".join(clean(text).split())


def is_blank(text: str | None) -> bool:
    """Return whether nothing of the text can be seen."""
    return not any(
        unicodedata.category(sign)[0] in _SEEN and sign != _BLANK_BRAILLE and not _IS_UNSEEN.match(sign)
        for sign in text or ""
    )


def first_name(name: str) -> str:
    """Return the first word of a person's name, for the inside of a plain sentence."""
    return isolated(name.partition(" ")[0])


def isolated(name: str) -> str:
    """Return a name for the inside of a plain sentence, so that one written from the right leaves the rest in order.

    Pages isolate names by an element instead: the filter `bdi`.
    """
    if any(unicodedata.bidirectional(sign) in _FROM_THE_RIGHT for sign in name):
        return f"{_FIRST_STRONG}{name}{_END_OF_IT}"
    return name
