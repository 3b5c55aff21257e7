"""Values of environment variables, checked as they are read: a mistake is said at the start."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

#: With what the settings of e-mails can begin, before a colon; what follows has a password.
MAIL_SCHEMES = ("smtp", "smtps", "folder")
BOUNCES_SCHEMES = ("imaps", "imap")
#: A gateway by http may be on this machine only: people's numbers are in what is posted.
TEXT_SCHEMES = ("https", "http", "folder")
TEXTS_BODY = '{"to": "{to}", "text": "{text}", "ref": "{ref}"}'
DKIM_SELECTOR = "timebank"
#: Names of this machine itself, by which its health is asked and the demo is served.
OWN_HOSTS = ("127.0.0.1", "localhost")
#: What fits before the @, beside a token of 46 letters and its '+' (RFC 5321, 4.5.3.1.1: 64).
_BOUNCES_LOCAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,16}")
_HOST_NAME = re.compile(r"\.?[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)*")
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_SELECTOR = re.compile(rf"{_LABEL}(\.{_LABEL})*")


class BadSettingError(Exception):
    """A setting has a value that it cannot have: the message names both, but no password."""


def count(environment: Mapping[str, str], name: str) -> int:
    """Return a whole number; 0 where it is not set. Raises BadSettingError."""
    value = environment.get(name) or "0"
    if not (value.isascii() and value.isdigit()):
        message = f"{name} is {value!r}: it has to be a whole number"
        raise BadSettingError(message)
    return int(value)


def positive(environment: Mapping[str, str], name: str, default: int) -> int:
    """Return a whole number from 1 on."""
    number = count(environment, name) if environment.get(name) else default
    if number < 1:
        message = f"{name} is {number}: it has to be 1 or more"
        raise BadSettingError(message)
    return number


def host_names(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return host names, such as hours.example.org; one that begins with a dot matches all that end with it."""
    names = tuple(environment.get(name, "").replace(",", " ").split())
    for host in names:
        if not _HOST_NAME.fullmatch(host):
            message = f"{name} has {host!r}: it takes names such as hours.example.org, without https:// or a port"
            raise BadSettingError(message)
    return names


def path(environment: Mapping[str, str], name: str) -> Path | None:
    """Return an absolute path; None where it is not set."""
    return Path(environment[name]).absolute() if environment.get(name) else None


def selector(environment: Mapping[str, str], name: str) -> str:
    """Return a name of one or several labels of the DNS (RFC 6376, 3.1)."""
    selector = environment.get(name) or DKIM_SELECTOR
    if not _SELECTOR.fullmatch(selector):
        message = f"{name} is {selector!r}: it takes letters, digits, hyphens and dots, such as timebank or mail-2026"
        raise BadSettingError(message)
    return selector


def address(environment: Mapping[str, str], name: str) -> str:
    """Return the address of the site without a slash at its end."""
    address = environment.get(name, "").strip().rstrip("/") or "http://127.0.0.1:5000"
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        message = f"{name} is {address!r}: it has to be an address such as https://hours.example.org"
        raise BadSettingError(message)
    return address


def bounces_to(environment: Mapping[str, str], name: str) -> str:
    """Return the address to which e-mails come back. Raises BadSettingError."""
    value = environment.get(name, "").strip()
    local, _at, domain = value.rpartition("@")
    if value and not (_BOUNCES_LOCAL.fullmatch(local) and _HOST_NAME.fullmatch(domain)):
        message = f"{name} is {value!r}: it takes an address such as bounces@example.org, with 17 letters before the @"
        raise BadSettingError(message)
    return value


def of_scheme(environment: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str:
    """Return a setting that begins with one of these words; the message does not repeat it, as it has a password."""
    value = environment.get(name, "").strip()
    if value and value.partition(":")[0] not in schemes:
        message = f"{name} has to begin with one of {', '.join(schemes)}"
        raise BadSettingError(message)
    return value


def mail(environment: Mapping[str, str], name: str) -> str:
    """Return how e-mails leave: an address of a server, or a folder. Raises BadSettingError."""
    value = of_scheme(environment, name, MAIL_SCHEMES)
    if not value or value.startswith("folder:"):
        return value
    try:
        is_server = bool(urlsplit(value).hostname) and urlsplit(value).port != 0
    except ValueError:  # a password with / or # in it makes the rest a port
        is_server = False
    if not is_server:
        message = f"{name} is no address of a mail server: @, / and # in a password are written %40, %2F and %23"
        raise BadSettingError(message)
    return value


def gateway(environment: Mapping[str, str], name: str) -> str:
    """Return the address of a gateway for texts, or a folder; not by http to another machine."""
    value = of_scheme(environment, name, TEXT_SCHEMES)
    if value and not value.startswith("folder:") and not urlsplit(value).hostname:
        message = f"{name} is no address of a gateway"
        raise BadSettingError(message)
    if value.startswith("http:") and urlsplit(value).hostname not in OWN_HOSTS:
        message = f"{name} has to be https, since people's numbers are in what is posted there"
        raise BadSettingError(message)
    return value


def header(environment: Mapping[str, str], name: str) -> str:
    """Return a secret that is sent in a header. Raises BadSettingError, without the secret."""
    value = environment.get(name, "").strip()
    if not value.isascii() or (value and not value.isprintable()):
        message = f"{name} has signs that no header can have: it takes letters without accents, digits and signs"
        raise BadSettingError(message)
    return value


def texts_body(environment: Mapping[str, str], name: str) -> str:
    """Return the template of what is posted to a gateway for texts. Raises BadSettingError."""
    value = environment.get(name) or TEXTS_BODY
    if "{to}" not in value or "{text}" not in value:
        message = f"{name} needs {{to}} and {{text}}, where the number and the text go"
        raise BadSettingError(message)
    return value


def choice(environment: Mapping[str, str], name: str, choices: tuple[str, ...], *, default: str) -> str:
    """Return one of these values. Raises BadSettingError."""
    value = environment.get(name) or default
    if value not in choices:
        message = f"{name} is {value!r}: it has to be one of {', '.join(choices)}"
        raise BadSettingError(message)
    return value
