"""What an address asks for after its question mark: read kindly, and never further than the database can count."""

from flask import request

_MOST = 2**63 - 1
_LONGEST_WORDS = 80


def asked_number(name: str) -> int | None:
    """A whole number from 1 up to what the database counts to; None where it is missing or is none."""
    typed = request.args.get(name, "")
    if not (typed.isascii() and typed.isdigit()):
        return None
    return min(max(int(typed[:20]), 1), _MOST)


def asked_words(name: str) -> str:
    """Words to look for; what is longer than a name is cut."""
    return request.args.get(name, "").replace("\x00", "")[:_LONGEST_WORDS]
