"""Settings, typed and named in one place. They come from the environment; keys lie in the instance folder.

TIMEBANK_INSTANCE      folder for keys and the embedded database (default: instance)
TIMEBANK_DATABASE_URL  the database (default: SQLite in the instance folder)
TIMEBANK_OWNER_URL     the same database as its owner, for init and migrations only (default: TIMEBANK_DATABASE_URL)
TIMEBANK_HTTPS         1 where the site is reached by https: cookies are then sent over https only
TIMEBANK_PROXIES       how many proxies of your own stand in front (default: 0)
TIMEBANK_DEMO          1 shows the demo banner; set by `timebank demo`
"""

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.engine import URL, make_url

KEY_BYTES = 32


class NotSetUpError(Exception):
    """The instance folder holds no keys yet: `timebank init` makes them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between one installation and another."""

    instance: Path
    database_url: URL
    owner_url: URL
    https: bool = False
    proxies: int = 0
    demo: bool = False

    @property
    def secret_key(self) -> bytes:
        """Signs cookies and forms. Raises NotSetUpError before `timebank init`."""
        return self._key("secret.key")

    @property
    def books_key(self) -> bytes:
        """Marks entries, so that one rewritten in the database alone is noticed. Raises NotSetUpError."""
        return self._key("books.key")

    @property
    def seal_key(self) -> bytes:
        """Signs the seals (an Ed25519 seed, RFC 8032). Raises NotSetUpError."""
        return self._key("seal.key")

    @property
    def seal_keys(self) -> tuple[bytes, ...]:
        """The public keys of all seals that were ever signed here, the newest last. Raises NotSetUpError."""
        return tuple(base64.b64decode(line) for line in self._key("seal.pub").split())

    @property
    def session_info(self) -> dict[str, object]:
        """What a unit of work carries to write, seal and check the books. Raises NotSetUpError."""
        return {"books_key": self.books_key, "seal_key": self.seal_key, "seal_keys": self.seal_keys}

    @property
    def is_set_up(self) -> bool:
        """Whether the keys have been made."""
        return (self.instance / "books.key").exists()

    @property
    def can_seal(self) -> bool:
        """Whether the key of the seals is there: installations of an earlier version had none."""
        return (self.instance / "seal.key").exists() and (self.instance / "seal.pub").exists()

    def make_keys(self) -> None:
        """Make the keys that are not there yet, readable by the owner alone."""
        self.instance.mkdir(parents=True, exist_ok=True)
        for name in ("secret.key", "books.key"):
            path = self.instance / name
            if not path.exists():
                path.touch(mode=0o600)
                path.write_bytes(secrets.token_bytes(KEY_BYTES))
        if not self.can_seal:
            self.change_seal_key()

    def change_seal_key(self) -> None:
        """Sign from now on with a new key. The public keys of the old ones stay listed, so that their seals hold."""
        key = secrets.token_bytes(KEY_BYTES)
        public = Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()
        with (self.instance / "seal.pub").open("ab") as known:  # first, so that no seal is by a key that nobody knows
            known.write(base64.b64encode(public) + b"\n")
        new = self.instance / "seal.key.new"
        new.unlink(missing_ok=True)
        new.touch(mode=0o600)
        new.write_bytes(key)
        new.replace(self.instance / "seal.key")

    def _key(self, name: str) -> bytes:
        try:
            return (self.instance / name).read_bytes()
        except FileNotFoundError as error:
            raise NotSetUpError(self.instance) from error


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that the environment gives, with their defaults."""
    instance = Path(environment.get("TIMEBANK_INSTANCE", "instance")).absolute()
    embedded = f"sqlite:///{instance / 'timebank.db'}"
    database_url = database(environment.get("TIMEBANK_DATABASE_URL") or embedded)
    owner = environment.get("TIMEBANK_OWNER_URL")
    return Settings(
        instance=instance,
        database_url=database_url,
        owner_url=database(owner) if owner else database_url,
        https=environment.get("TIMEBANK_HTTPS", "0") == "1",
        proxies=int(environment.get("TIMEBANK_PROXIES", "0")),
        demo=environment.get("TIMEBANK_DEMO", "0") == "1",
    )


def database(text: str) -> URL:
    """A database address as SQLAlchemy takes it; plain postgresql:// means psycopg 3."""
    url = make_url(text)
    if url.drivername in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    return url
