"""Parsing of query parameters: invalid values are ignored, and numbers are clamped to what a database column holds."""

from flask import request

from timebank.spelling import clean

_MOST = 2**63 - 1
_LONGEST_WORDS = 80


def asked_number(name: str) -> int | None:
    """Return a parameter as a whole number from 1 to 2**63 - 1; None where it is missing or not a number."""
    typed = request.args.get(name, "")
    if not (typed.isascii() and typed.isdigit()):
        return None
    return min(max(int(typed[:20]), 1), _MOST)


def asked_words(name: str) -> str:
    """Return a parameter as words to search for, clean and cut to 80 characters."""
    return clean(request.args.get(name, ""))[:_LONGEST_WORDS]
