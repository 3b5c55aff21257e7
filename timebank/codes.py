"""References that people can say on the phone: short, random, in letters that nobody mistakes.

The alphabet is Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O or U, and what somebody
reads as one of those is understood all the same.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8
SECRET_LENGTH = 12
#: How the address of an entry begins that was brought in under the key of older books.
OLD_KEY = "~"
_GROUP = 4
_HEARD_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


def new_reference() -> str:
    """A random reference of 8 characters (40 bits), such as 'K7M3Q2XZ'."""
    return _random(REFERENCE_LENGTH)


def new_secret() -> str:
    """A random sign-in code of 12 characters (60 bits), good for one use and a short life."""
    return _random(SECRET_LENGTH)


def reference_of(digest: bytes) -> str:
    """The same reference each time for one keyed digest, so that a form sent twice by nobody known is one thing."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:REFERENCE_LENGTH])


def in_letters(number: int) -> str:
    """A number of ours, such as an account's, in the same letters: short, and the same each time."""
    said = ""
    while number:
        number, rest = divmod(number, len(ALPHABET))
        said = ALPHABET[rest] + said
    return said or ALPHABET[0]


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def spoken(code: str) -> str:
    """A code in groups of four, as it is printed and read aloud: 'K7M3-Q2XZ'. A key of older books stays whole."""
    if code.startswith(OLD_KEY):
        return code.removeprefix(OLD_KEY)
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def heard(text: str) -> str:
    """What somebody typed or read out, as the code it must mean; dashes, spaces and small letters do not matter."""
    kept = "".join(letter for letter in text.upper() if letter.isalnum())
    return kept.translate(_HEARD_AS)
