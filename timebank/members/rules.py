"""Names as they are searched."""

import unicodedata


def fold(name: str) -> str:
    """Return a name as it is indexed: without accents, case or double spaces, so that 'zoe' matches 'Zoë'."""
    apart = unicodedata.normalize("NFKD", name)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())
