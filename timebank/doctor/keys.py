"""The files of an installation: that its keys are whole, and that nobody else reads or replaces them."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from timebank.assets_on_disk import asset_dir
from timebank.config import KEY_BYTES, NotSetUpError, Settings
from timebank.doctor.rules import Diagnosis, quote, warning, well, wrong

#: Names of folders that servers of the web hand out.
_PUBLIC = frozenset({"htdocs", "public", "public_html", "static", "www", "wwwroot"})
_SECRET = ("secret.key", "books.key", "seal.key")
_LOST = {
    "secret.key": "restore your copy; with a new one everybody signs in again",
    "books.key": "restore your copy; without it no entry can be told from a rewritten one",
    "seal.key": "restore your copy, or run 'timebank migrate' to make a new one",
    "seal.pub": "restore your copy; without it no older seal can be verified",
}


def examine_keys(settings: Settings) -> Iterator[Diagnosis]:
    """Yield about each key whether it is there, whole, and its owner's alone."""
    if not settings.is_set_up:
        yield wrong(
            "keys", f"there are none in {quote(str(settings.instance))}: run 'timebank init', or set TIMEBANK_INSTANCE."
        )
        return
    for name in _SECRET:
        yield _examine_key(settings.instance / name, name)
    yield _examine_public_keys(settings)
    yield _examine_folder(settings.instance)
    if settings.dkim_key is not None and settings.dkim_key.exists():
        problem = _exposure(settings.dkim_key)
        yield wrong("key of DKIM", problem) if problem else well("key of DKIM", "it is its owner's alone to read.")


def _examine_key(path: Path, name: str) -> Diagnosis:
    try:
        size = path.stat().st_size
        problem = _exposure(path)
        with path.open("rb"):
            pass
    except FileNotFoundError:
        return wrong(name, f"it is missing: {_LOST[name]}.")
    except OSError as error:
        return wrong(name, f"it cannot be read ({error.strerror}): give it to the user that runs the site.")
    if size != KEY_BYTES:
        return wrong(name, f"it has {size} bytes and not {KEY_BYTES}: {_LOST[name]}.")
    return wrong(name, problem) if problem else well(name, "it is there, and its owner's alone to read.")


def _exposure(path: Path) -> str | None:
    """Return what is wrong where others than its owner can read or change a file, or where a web server finds it."""
    if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        return f"others can read or change it: run 'chmod 600 {path}', and make a new one if somebody may have seen it."
    if _is_public(path):
        return "it is in a folder that web servers may hand out: move it elsewhere, and make a new one."
    return None


def _is_public(path: Path) -> bool:
    real = path.resolve()
    return bool(_PUBLIC & set(real.parts[:-1])) or real.is_relative_to(asset_dir("static").resolve())


def _examine_public_keys(settings: Settings) -> Diagnosis:
    """Return whether the list of public keys has that of the key that signs seals now."""
    subject = "seal.pub"
    try:
        listed, seed = settings.seal_keys, settings.seal_key
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    except (OSError, ValueError) as error:
        return wrong(subject, f"it or seal.key cannot be read ({type(error).__name__}): {_LOST[subject]}.")
    except NotSetUpError:
        return wrong(subject, f"it or seal.key is missing: {_LOST[subject]}.")
    if public not in listed:
        return wrong(
            subject, "it does not list the key that signs now, so new seals count as forged: restore your copies."
        )
    return well(subject, "it lists the public key of seal.key.")


def _examine_folder(folder: Path) -> Diagnosis:
    """Return whether others can put their own files in the place of the keys."""
    subject, mode = "instance folder", stat.S_IMODE(folder.stat().st_mode)
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        return wrong(subject, f"others can put files into it in place of the keys: run 'chmod 700 {folder}'.")
    if not os.access(folder, os.W_OK):
        return warning(subject, "this user cannot write into it, so nothing can be sealed from here.")
    return well(subject, "nobody else can write into it.")
