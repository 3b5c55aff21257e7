"""Names as they are searched."""

import unicodedata


def fold(name: str) -> str:
    """A name as it is searched: without accents, case or double spaces, so that 'zoe' finds 'Zoë'."""
    apart = unicodedata.normalize("NFKD", name)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())
