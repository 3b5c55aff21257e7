"""Escaping of text for spreadsheet cells, against formula injection."""

#: First characters with which a spreadsheet treats a cell as a formula (OWASP, CSV Injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def harmless(text: str) -> str:
    """Return the text, with an apostrophe in front if it would be treated as a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text
