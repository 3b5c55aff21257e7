"""E-mail addresses as they are compared and checked. Pure."""

from email.errors import MessageError
from email.headerregistry import Address
from ipaddress import ip_address


def plain_email(typed: str) -> str:
    """Normalize an e-mail address for storing and comparing."""
    return typed.strip().lower()


def is_email(text: str) -> bool:
    """Return whether an address can stand in a header (RFC 5322) and its domain be looked up (IDNA).

    Whether it arrives is found out by sending. Letters beyond ASCII before the @ reach too few servers.
    """
    local, at, domain = text.rpartition("@")
    if not (local and at and domain and local.isascii() and text.isprintable()) or " " in text:
        return False
    try:
        return Address(addr_spec=mailable(text)).addr_spec == mailable(text)
    except (MessageError, ValueError, IndexError):
        return False


def mailable(email: str) -> str:
    """Return an address with its domain as mail servers know it (IDNA). Raises ValueError for one that has none."""
    local, _at, domain = email.rpartition("@")
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def public_domain(email: str) -> str:
    """Return the domain of an address as the DNS has it; '' for one that only this machine or its network knows."""
    domain = mailable(email).rpartition("@")[2] if is_email(email) else ""
    return domain if is_public_host(domain) else ""


def is_public_host(host: str) -> bool:
    """Return whether a host is a name that the DNS can have: no IP address, and no single word such as localhost."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return "." in host.strip(".")
    return False
