"""Escaping of text for spreadsheet cells, against formula injection."""

import re

#: First characters with which a spreadsheet treats a cell as a formula (OWASP, CSV Injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


#: What ends a cell for a spreadsheet that takes another separator than the comma, such as a German or French Excel,
#: and the sign with which the next one would be a formula.
_FORMULA_AFTER_SEPARATOR = re.compile(r"""([;|\t\r\n][\s"]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])""")


def harmless(text: str) -> str:
    """Return the text, with an apostrophe wherever a spreadsheet could begin a cell that it treats as a formula."""
    escaped = _FORMULA_AFTER_SEPARATOR.sub(r"\1'", text)
    return f"'{escaped}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else escaped
