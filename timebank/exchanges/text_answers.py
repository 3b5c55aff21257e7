"""Answers to recorded hours by text message: 'Y 482113', and what may be written round it. Pure."""

import re
from typing import NamedTuple

from timebank.spelling import fold

CODE_DIGITS = 6
_YES, _NO = ("yes", "y"), ("no", "n")
_SAID = rf"(?P<said>{'|'.join((*_YES, *_NO))})"
#: Digits as they are read out, such as '482 113'; no seventh follows.
_CODE = rf"(?P<code>\d(?:[ .-]?\d){{{CODE_DIGITS - 1}}})(?!\d)"
_SAID_FIRST = re.compile(rf"\W*{_SAID}\W*{_CODE}[\W_]*(?P<words>.*)", re.IGNORECASE | re.DOTALL | re.ASCII)
_CODE_FIRST = re.compile(rf"\W*{_CODE}\W*{_SAID}\b[\W_]*(?P<words>.*)", re.IGNORECASE | re.DOTALL | re.ASCII)
#: A yes with one of these, or with a figure, may be none: 'Y 482113 but it was 2 hours'.
_DOUBT = re.compile(r"\d|\b(no|not|but|wrong|except|only)\b|n['\u2019]?t\b", re.IGNORECASE)


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
    is_yes, words = fold(match["said"]) in _YES, match["words"].strip()
    return None if is_yes and _DOUBT.search(words) else TextAnswer(is_yes, code, words)
