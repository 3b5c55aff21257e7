"""Settings, typed and named in one place. They come from the environment; keys lie in the instance folder.

TIMEBANK_INSTANCE      folder for keys and the embedded database (default: instance)
TIMEBANK_DATABASE_URL  the database (default: SQLite in the instance folder)
TIMEBANK_OWNER_URL     the same database as its owner, for init and migrations only (default: TIMEBANK_DATABASE_URL)
TIMEBANK_CACHE         folder for what can be made again, such as models of words (default: TIMEBANK_INSTANCE)
TIMEBANK_HTTPS         1 where the site is reached by https: cookies are then sent over https only
TIMEBANK_PROXIES       number of reverse proxies of your own in front (default: 0)
TIMEBANK_HOSTS         names that the site answers to, with commas between (default: any; the demo: this machine's)
TIMEBANK_ADDRESS       address of the site, as links in e-mails have it (default: http://127.0.0.1:5000)
TIMEBANK_MAIL          how e-mails leave: smtp://user:password@host:587, smtps://…, or folder:PATH (default: not at all)
TIMEBANK_MAIL_FROM     the address that e-mails come from (default: no-reply@ and the host of TIMEBANK_ADDRESS)
TIMEBANK_DKIM_KEY      file of the private key that signs e-mails by DKIM (default: they are not signed here)
TIMEBANK_DKIM_SELECTOR name of that key in the DNS, before ._domainkey. and the sender's domain (default: timebank)
TIMEBANK_QUEUE         how the worker is woken: a file in TIMEBANK_CACHE, postgresql or redis://… (default: the file)
TIMEBANK_TEXTS         how text messages leave: https://… of a gateway, or folder:PATH (default: not at all)
TIMEBANK_TEXTS_BODY    what is posted there, with {to}, {text} and {ref} (default: JSON of these three names)
TIMEBANK_TEXTS_SECRET  sent to the gateway as a bearer token, and asked of it for what comes in
TIMEBANK_BACKUPS       folder in which the worker backs the database up each night (default: it does not)
TIMEBANK_BACKUPS_KEPT  number of these backups that are kept (default: 14)
TIMEBANK_LOG_FORMAT    text or json, one line per request on stderr (default: text)
TIMEBANK_LOG_LEVEL     debug, info, warning or error; debug logs SQL too, without its values (default: info)
TIMEBANK_DEMO          1 shows the demo banner; set by `timebank demo`
"""

import base64
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.engine import URL, make_url

KEY_BYTES = 32
LOG_FORMATS = ("text", "json")
#: With what the settings of e-mails and of the queue can begin, before a colon; what follows has a password.
MAIL_SCHEMES = ("smtp", "smtps", "folder")
#: A gateway by http may be on this machine only: people's numbers are in what is posted.
TEXT_SCHEMES = ("https", "http", "folder")
TEXTS_BODY = '{"to": "{to}", "text": "{text}", "ref": "{ref}"}'
QUEUE_SCHEMES = ("postgresql", "redis", "rediss")
DKIM_SELECTOR = "timebank"
#: How many nightly backups are kept.
BACKUPS_KEPT = 14
LOG_LEVELS = ("debug", "info", "warning", "error")
#: Names of this machine itself, by which its health is asked and the demo is served.
OWN_HOSTS = ("127.0.0.1", "localhost")
_HOST_NAME = re.compile(r"\.?[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)*")

_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_SELECTOR = re.compile(rf"{_LABEL}(\.{_LABEL})*")


class NotSetUpError(Exception):
    """The instance folder lacks a key: the message names the command that makes it."""


class BadSettingError(Exception):
    """A setting has a value that it cannot have: the message names both."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between one installation and another."""

    instance: Path
    database_url: URL
    owner_url: URL
    https: bool = False
    proxies: int = 0
    demo: bool = False
    hosts: tuple[str, ...] = ()
    log_format: str = "text"
    log_level: str = "info"
    cache: Path | None = None
    address: str = "http://127.0.0.1:5000"
    mail: str = field(default="", repr=False)
    mail_from: str = ""
    queue: str = field(default="", repr=False)
    texts: str = field(default="", repr=False)
    texts_body: str = TEXTS_BODY
    texts_secret: str = field(default="", repr=False)
    dkim_key: Path | None = None
    dkim_selector: str = DKIM_SELECTOR
    backups: Path | None = None
    backups_kept: int = BACKUPS_KEPT

    @property
    def secret_key(self) -> bytes:
        """The key that signs cookies and forms. Raises NotSetUpError before `timebank init`."""
        return self._key("secret.key")

    @property
    def books_key(self) -> bytes:
        """The HMAC key of entries, so that an entry rewritten in the database is detected. Raises NotSetUpError."""
        return self._key("books.key")

    @property
    def seal_key(self) -> bytes:
        """The key that signs seals (an Ed25519 seed, RFC 8032). Raises NotSetUpError."""
        return self._key("seal.key")

    @property
    def seal_keys(self) -> tuple[bytes, ...]:
        """The public keys of all seals that were ever signed here, oldest first. Raises NotSetUpError."""
        return tuple(base64.b64decode(line) for line in self._key("seal.pub").split())

    @property
    def seal_memory(self) -> Path:
        """The folder that remembers the newest seal of each bank. It is made by the first sealing."""
        return self.instance / "seal.signed"

    @property
    def word_models(self) -> Path:
        """The folder of the models of words."""
        return self.cache or self.instance

    @property
    def job_files(self) -> Path:
        """The folder of the files that jobs make. It is made with the first of them."""
        return self.instance / "jobs"

    @property
    def sender(self) -> str:
        """The address that e-mails come from."""
        return self.mail_from or f"no-reply@{urlsplit(self.address).hostname}"

    @property
    def session_info(self) -> dict[str, object]:
        """`Session.info`: for writing, sealing and checking the books, and the folder of the models of words.

        Raises NotSetUpError.
        """
        return {
            "books_key": self.books_key,
            "seal_key": self.seal_key,
            "seal_keys": self.seal_keys,
            "seal_memory": self.seal_memory,
            "word_models": self.word_models,
        }

    @property
    def trusted_hosts(self) -> tuple[str, ...] | None:
        """The names that a request may address the site by, this machine's own among them; None for any."""
        return (*self.hosts, *OWN_HOSTS) if self.hosts or self.demo else None

    @property
    def is_set_up(self) -> bool:
        """Whether the keys have been made."""
        return (self.instance / "books.key").exists()

    @property
    def can_seal(self) -> bool:
        """Whether the key pair of the seals exists; installations of an earlier version lack it."""
        return (self.instance / "seal.key").exists() and (self.instance / "seal.pub").exists()

    @property
    def is_public(self) -> bool:
        """Whether others than this machine reach the site, as far as the settings show."""
        return self.https or self.proxies > 0

    def make_keys(self) -> None:
        """Make the keys that do not exist yet, readable by their owner alone. Idempotent."""
        self.instance.mkdir(parents=True, exist_ok=True)
        for name in ("secret.key", "books.key"):
            path = self.instance / name
            if not path.exists():
                path.touch(mode=0o600)
                path.write_bytes(secrets.token_bytes(KEY_BYTES))
        if not self.can_seal:
            self.change_seal_key()

    def change_seal_key(self) -> None:
        """Replace the key that signs seals. Old public keys stay listed, so that older seals still verify."""
        key = secrets.token_bytes(KEY_BYTES)
        public = Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()
        with (self.instance / "seal.pub").open("ab") as listing:  # first: no seal may be signed by an unlisted key
            listing.write(base64.b64encode(public) + b"\n")
        new = self.instance / "seal.key.new"
        new.unlink(missing_ok=True)
        new.touch(mode=0o600)
        new.write_bytes(key)
        new.replace(self.instance / "seal.key")

    def refuse_incomplete(self, *, before_migrating: bool = False) -> None:
        """Raise NotSetUpError, which names the command to run, where keys are missing.

        The key of the seals may be missing before `timebank migrate`, which makes it.
        """
        if not self.is_set_up:
            message = f"nothing is set up in {self.instance} yet: run 'timebank init' first"
            raise NotSetUpError(message)
        if not before_migrating and not self.can_seal:
            message = f"the key of the seals is missing in {self.instance}: run 'timebank migrate' first"
            raise NotSetUpError(message)

    def _key(self, name: str) -> bytes:
        try:
            return (self.instance / name).read_bytes()
        except FileNotFoundError as error:
            message = f"{name} is missing in {self.instance}: run 'timebank init' first"
            raise NotSetUpError(message) from error


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of the environment, with their defaults; keys need not exist. Raises BadSettingError."""
    instance = Path(environment.get("TIMEBANK_INSTANCE", "instance")).absolute()
    embedded = f"sqlite:///{instance / 'timebank.db'}"
    database_url = database(environment.get("TIMEBANK_DATABASE_URL") or embedded)
    owner = environment.get("TIMEBANK_OWNER_URL")
    return Settings(
        instance=instance,
        database_url=database_url,
        owner_url=database(owner) if owner else database_url,
        https=environment.get("TIMEBANK_HTTPS", "0") == "1",
        proxies=_count(environment, "TIMEBANK_PROXIES"),
        demo=environment.get("TIMEBANK_DEMO", "0") == "1",
        hosts=_host_names(environment, "TIMEBANK_HOSTS"),
        log_format=_choice(environment, "TIMEBANK_LOG_FORMAT", LOG_FORMATS, default="text"),
        log_level=_choice(environment, "TIMEBANK_LOG_LEVEL", LOG_LEVELS, default="info"),
        cache=_path(environment, "TIMEBANK_CACHE"),
        address=_address(environment, "TIMEBANK_ADDRESS"),
        mail=_of_scheme(environment, "TIMEBANK_MAIL", MAIL_SCHEMES),
        mail_from=environment.get("TIMEBANK_MAIL_FROM", "").strip(),
        queue=_of_scheme(environment, "TIMEBANK_QUEUE", QUEUE_SCHEMES),
        texts=_gateway(environment, "TIMEBANK_TEXTS"),
        texts_body=_texts_body(environment, "TIMEBANK_TEXTS_BODY"),
        texts_secret=environment.get("TIMEBANK_TEXTS_SECRET", "").strip(),
        dkim_key=_path(environment, "TIMEBANK_DKIM_KEY"),
        dkim_selector=_selector(environment, "TIMEBANK_DKIM_SELECTOR"),
        backups=Path(environment["TIMEBANK_BACKUPS"]).absolute() if environment.get("TIMEBANK_BACKUPS") else None,
        backups_kept=_positive(environment, "TIMEBANK_BACKUPS_KEPT", BACKUPS_KEPT),
    )


def load_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of an installation that is set up. Raises BadSettingError or NotSetUpError."""
    settings = read_settings(environment)
    settings.refuse_incomplete()
    return settings


def database(text: str) -> URL:
    """Parse a database URL; plain postgresql:// means psycopg 3."""
    url = make_url(text)
    if url.drivername in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def _count(environment: Mapping[str, str], name: str) -> int:
    value = environment.get(name) or "0"
    if not (value.isascii() and value.isdigit()):
        message = f"{name} is {value!r}: it has to be a whole number"
        raise BadSettingError(message)
    return int(value)


def _positive(environment: Mapping[str, str], name: str, default: int) -> int:
    """Return a whole number from 1 on."""
    number = _count(environment, name) if environment.get(name) else default
    if number < 1:
        message = f"{name} is {number}: it has to be 1 or more"
        raise BadSettingError(message)
    return number


def _host_names(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return host names, such as hours.example.org; one that begins with a dot stands for all that end with it."""
    names = tuple(environment.get(name, "").replace(",", " ").split())
    for host in names:
        if not _HOST_NAME.fullmatch(host):
            message = f"{name} has {host!r}: it takes names such as hours.example.org, without https:// or a port"
            raise BadSettingError(message)
    return names


def _path(environment: Mapping[str, str], name: str) -> Path | None:
    return Path(environment[name]).absolute() if environment.get(name) else None


def _selector(environment: Mapping[str, str], name: str) -> str:
    """Return a name of one or several labels of the DNS (RFC 6376, 3.1)."""
    selector = environment.get(name) or DKIM_SELECTOR
    if not _SELECTOR.fullmatch(selector):
        message = f"{name} is {selector!r}: it takes letters, digits, hyphens and dots, such as timebank or mail-2026"
        raise BadSettingError(message)
    return selector


def _address(environment: Mapping[str, str], name: str) -> str:
    """Return the address of the site without a slash at its end."""
    address = environment.get(name, "").strip().rstrip("/") or "http://127.0.0.1:5000"
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        message = f"{name} is {address!r}: it has to be an address such as https://hours.example.org"
        raise BadSettingError(message)
    return address


def _of_scheme(environment: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str:
    """Return a setting that begins with one of these words; the message does not repeat it, as it has a password."""
    value = environment.get(name, "").strip()
    if value and value.partition(":")[0] not in schemes:
        message = f"{name} has to begin with one of {', '.join(schemes)}"
        raise BadSettingError(message)
    return value


def _gateway(environment: Mapping[str, str], name: str) -> str:
    """Return the address of a gateway for texts, or a folder; not by http to another machine."""
    value = _of_scheme(environment, name, TEXT_SCHEMES)
    if value.startswith("http:") and urlsplit(value).hostname not in OWN_HOSTS:
        message = f"{name} has to be https, since people's numbers are in what is posted there"
        raise BadSettingError(message)
    return value


def _texts_body(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name) or TEXTS_BODY
    if "{to}" not in value or "{text}" not in value:
        message = f"{name} needs {{to}} and {{text}}, where the number and the text go"
        raise BadSettingError(message)
    return value


def _choice(environment: Mapping[str, str], name: str, choices: tuple[str, ...], *, default: str) -> str:
    value = environment.get(name) or default
    if value not in choices:
        message = f"{name} is {value!r}: it has to be one of {', '.join(choices)}"
        raise BadSettingError(message)
    return value
