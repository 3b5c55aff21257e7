"""Text messages that fit into one: 160 letters of GSM-7, or 70 of UCS-2 (3GPP TS 23.038). Pure."""

import unicodedata
from collections.abc import Sequence

MOST_GSM, MOST_UCS2 = 160, 70
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Each takes the place of two.
_EXTENDED = frozenset("^{}\\[~]|€")
_PLAIN = str.maketrans(
    dict(zip("\u2018\u2019\u201c\u201d\u2013\u2014\u00a0", "''\"\"-- ", strict=True))
    | {"\u2026": "...", "\u2068": "", "\u2069": ""}
)


def plain(text: str) -> str:
    """Return the text with the letters of GSM-7, without the accents that it lacks; letters of other scripts stay."""
    return "".join(
        sign if sign in _GSM or sign in _EXTENDED else _without_accents(sign) for sign in text.translate(_PLAIN)
    )


def _without_accents(sign: str) -> str:
    base = "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
    return base if base and all(part in _GSM for part in base) else sign


def fits(text: str) -> bool:
    """Return whether a text is sent as one message."""
    if all(sign in _GSM or sign in _EXTENDED for sign in text):
        return len(text) + sum(sign in _EXTENDED for sign in text) <= MOST_GSM
    return len(text.encode("utf-16-be")) // 2 <= MOST_UCS2


def fit(parts: Sequence[str]) -> str:
    """Return as many of these parts, the most important first, as fit into one message; the first is cut if need be."""
    first, *others = [plain(" ".join(part.split())) for part in parts]
    while not fits(first):
        first = first.removesuffix("...")[:-1].rstrip() + "..."
    for part in others:
        if fits(f"{first} {part}"):
            first = f"{first} {part}"
    return first
