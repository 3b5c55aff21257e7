"""E-mail addresses as they are compared and checked. Pure."""


def plain_email(typed: str) -> str:
    """Normalize an e-mail address for storing and comparing."""
    return typed.strip().lower()


def is_email(text: str) -> bool:
    """Return whether there is one @ with something printable on both sides; sending tells whether it arrives."""
    local, at, domain = text.rpartition("@")
    return bool(local and at and domain) and all(sign.isprintable() and not sign.isspace() for sign in local + domain)
