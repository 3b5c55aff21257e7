"""Answers to recorded hours by text message: 'Y 482113', and what may be written round it. Pure."""

import re
from typing import NamedTuple

from timebank.spelling import fold

CODE_DIGITS = 6
_YES, _NO = ("yes", "y"), ("no", "n")
_SAID = rf"(?P<said>{'|'.join((*_YES, *_NO))})"
#: Digits as they are read out, such as '482 113'; no seventh follows.
_CODE = rf"(?P<code>\d(?:[ .-]?\d){{{CODE_DIGITS - 1}}})(?!\d)"
_SAID_FIRST = re.compile(rf"\W*{_SAID}\W*{_CODE}(?P<rest>.*)", re.IGNORECASE | re.DOTALL | re.ASCII)
_CODE_FIRST = re.compile(rf"\W*{_CODE}\W*{_SAID}\b(?P<rest>.*)", re.IGNORECASE | re.DOTALL | re.ASCII)
#: What may follow a yes and leave it one, in words and signs. Whatever else follows may take it back, in any language.
_KIND_WORD = re.compile(
    "y|yes|ok|okay|right|correct|agreed|good|great|lovely|perfect|fine|thanks|thank|thankyou|cheers|you|u|so|very|much|"
    "many|a|lot|dear|all|the|best|wishes|kind|regards|love|please|and|that|s|this|is|was|it|its|x|xx|xxx"
)
_KIND_SIGNS = re.compile(
    "[\\s.,!;:()'\"_\u2018\u2019\u201c\u201d\u2013\ufe0f\U0001f44d\U0001f64f\U0001f642\U0001f60a\u2764-]+"
)
_ASKS = re.compile("[?\uff1f\u061f]")
_LEADING_SIGNS = re.compile(r"[\W_]*", re.ASCII)


class TextAnswer(NamedTuple):
    """What a text says about hours: that they are right or not, the code of six digits, and what else it says."""

    is_yes: bool
    code: str
    words: str


def read_answer(text: str) -> TextAnswer | None:
    """Return the answer in a text; None where it has none, or none without doubt."""
    match = _SAID_FIRST.fullmatch(text) or _CODE_FIRST.fullmatch(text)
    if match is None:
        return None
    code = "".join(sign for sign in match["code"] if sign.isdigit())
    is_yes, rest = fold(match["said"]) in _YES, match["rest"]
    if is_yes and (_ASKS.search(text) or not _is_kind(rest)):
        return None
    return TextAnswer(is_yes, code, _LEADING_SIGNS.sub("", rest, count=1).strip())


def _is_kind(rest: str) -> bool:
    """Return whether there is nothing but thanks and the like."""
    return all(_KIND_WORD.fullmatch(fold(word)) for word in _KIND_SIGNS.split(rest) if word)
