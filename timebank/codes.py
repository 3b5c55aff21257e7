"""References in URLs and letters: short random codes that can be read out on the phone.

The alphabet is Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O or U; decoding maps those to
1, 1, 0 and V.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8
SECRET_LENGTH = 12
#: Prefix, in URLs, of the code of an imported entry, which keeps the key of its source.
OLD_KEY = "~"
_GROUP = 4
#: The largest id, and the number of its letters.
_LARGEST_ID, _LONGEST_ID = 2**63 - 1, 13
_HEARD_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


def new_reference() -> str:
    """Return a random reference of 8 characters (40 bits), such as 'K7M3Q2XZ'."""
    return _random(REFERENCE_LENGTH)


def new_secret() -> str:
    """Return a random sign-in code of 12 characters (60 bits)."""
    return _random(SECRET_LENGTH)


def reference_of(digest: bytes) -> str:
    """Return the reference derived from a keyed digest, so that a form of an anonymous visitor is idempotent."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:REFERENCE_LENGTH])


def secret_of(digest: bytes) -> str:
    """Return the code derived from a keyed digest, as long as a sign-in code: it is sent, and stands in no table."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:SECRET_LENGTH])


def in_letters(number: int) -> str:
    """Encode a non-negative integer, such as an account id, in the alphabet, without padding."""
    encoded = ""
    while number:
        number, rest = divmod(number, len(ALPHABET))
        encoded = ALPHABET[rest] + encoded
    return encoded or ALPHABET[0]


def from_letters(letters: str) -> int | None:
    """Decode what `in_letters` encoded, in letters of either case; None for anything else, or more than an id holds."""
    typed = letters.upper()
    if not 0 < len(typed) <= _LONGEST_ID or not set(typed) <= set(ALPHABET):
        return None
    number = 0
    for letter in typed:
        number = number * len(ALPHABET) + ALPHABET.index(letter)
    return number if number <= _LARGEST_ID else None


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def spoken(code: str) -> str:
    """Format a code in groups of four: 'K7M3-Q2XZ'. The key of an imported entry loses its prefix instead."""
    if code.startswith(OLD_KEY):
        return code.removeprefix(OLD_KEY)
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def heard(text: str) -> str:
    """Normalize a typed code: upper case, without dashes and spaces, with look-alike letters mapped."""
    letters = "".join(letter for letter in text.upper() if letter.isalnum())
    return letters.translate(_HEARD_AS)
