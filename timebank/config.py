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
TIMEBANK_MAIL_A_MINUTE how many e-mails a worker sends in a minute at most (default: 0, as many as it can)
TIMEBANK_DKIM_KEY      file of the private key that signs e-mails by DKIM (default: they are not signed here)
TIMEBANK_DKIM_SELECTOR name of that key in the DNS, before ._domainkey. and the sender's domain (default: timebank)
TIMEBANK_BOUNCES_TO    where e-mails come back to, with '+' and a token added (default: the address that they come from)
TIMEBANK_BOUNCES       the mailbox in which they do: imaps://user:password@host/INBOX (default: none)
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
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.engine import URL, make_url

from timebank import variables
from timebank.variables import DKIM_SELECTOR, OWN_HOSTS, TEXTS_BODY

KEY_BYTES = 32
LOG_FORMATS = ("text", "json")
#: With what the setting of the queue can begin, before a colon; what follows has a password.
QUEUE_SCHEMES = ("postgresql", "redis", "rediss")
#: How many nightly backups are kept.
BACKUPS_KEPT = 14
LOG_LEVELS = ("debug", "info", "warning", "error")


class NotSetUpError(Exception):
    """The instance folder lacks a key: the message names the command that makes it."""


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
    mails_a_minute: int = 0
    bounces_to: str = ""
    bounces: str = field(default="", repr=False)
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
        proxies=variables.count(environment, "TIMEBANK_PROXIES"),
        demo=environment.get("TIMEBANK_DEMO", "0") == "1",
        hosts=variables.host_names(environment, "TIMEBANK_HOSTS"),
        log_format=variables.choice(environment, "TIMEBANK_LOG_FORMAT", LOG_FORMATS, default="text"),
        log_level=variables.choice(environment, "TIMEBANK_LOG_LEVEL", LOG_LEVELS, default="info"),
        cache=variables.path(environment, "TIMEBANK_CACHE"),
        address=variables.address(environment, "TIMEBANK_ADDRESS"),
        mail=variables.mail(environment, "TIMEBANK_MAIL"),
        mail_from=environment.get("TIMEBANK_MAIL_FROM", "").strip(),
        mails_a_minute=variables.count(environment, "TIMEBANK_MAIL_A_MINUTE"),
        bounces_to=variables.bounces_to(environment, "TIMEBANK_BOUNCES_TO"),
        bounces=variables.of_scheme(environment, "TIMEBANK_BOUNCES", variables.BOUNCES_SCHEMES),
        queue=variables.of_scheme(environment, "TIMEBANK_QUEUE", QUEUE_SCHEMES),
        texts=variables.gateway(environment, "TIMEBANK_TEXTS"),
        texts_body=variables.texts_body(environment, "TIMEBANK_TEXTS_BODY"),
        texts_secret=variables.header(environment, "TIMEBANK_TEXTS_SECRET"),
        dkim_key=variables.path(environment, "TIMEBANK_DKIM_KEY"),
        dkim_selector=variables.selector(environment, "TIMEBANK_DKIM_SELECTOR"),
        backups=variables.path(environment, "TIMEBANK_BACKUPS"),
        backups_kept=variables.positive(environment, "TIMEBANK_BACKUPS_KEPT", BACKUPS_KEPT),
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
