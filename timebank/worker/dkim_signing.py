"""Signing e-mails with DKIM (RFC 6376): who gets one sees that this domain sent it, and that nobody changed it.

The key is RSA, since large providers verify no other kind; its public half is a TXT record in the DNS.
"""

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import dkim
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from timebank.config import Settings
from timebank.emails import public_domain

#: The headers that a signature covers, if an e-mail has them. From is listed twice, so that no second one can be added.
SIGNED_HEADERS = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
)
KEY_BITS = 2_048
#: Receivers take shorter keys for none (RFC 8301).
FEWEST_KEY_BITS = 1_024
#: Bytes of one string of a TXT record; a longer value is divided (RFC 1035, 3.3).
_STRING_BYTES = 255
#: A relay may change 8-bit content on its way, which would break the signature (RFC 6376, 5.3).
_SEVEN_BIT = SMTP.clone(cte_type="7bit")


class BadDkimKeyError(Exception):
    """The key of TIMEBANK_DKIM_KEY cannot be used: the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class DkimSigner:
    """Signs e-mails for a domain with the key that the DNS has under `selector`."""

    domain: str
    selector: str
    key: RSAPrivateKey = field(repr=False)

    def sign(self, message: EmailMessage) -> bytes:
        """Return the message with its signature, in 7-bit content. Raises what dkimpy raises."""
        content = message.as_bytes(policy=_SEVEN_BIT)
        headers = [name.encode() for name in (*SIGNED_HEADERS, "From") if name in message]
        signature: bytes = dkim.DKIM(content).sign(
            self.selector.encode(),
            self.domain.encode(),
            self._pem(),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=headers,
        )
        return signature + content

    @property
    def public_key(self) -> bytes:
        """The public key as the record has it: DER of a SubjectPublicKeyInfo."""
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def record_name(self) -> str:
        """The name in the DNS at which receivers look for the public key."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The value of the TXT record at `record_name`."""
        return f"v=DKIM1; k=rsa; p={base64.b64encode(self.public_key).decode()}"

    def _pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def read_signer(settings: Settings) -> DkimSigner | None:
    """Return what signs e-mails; None without TIMEBANK_DKIM_KEY, or where none goes out by SMTP.

    Raises BadDkimKeyError.
    """
    if settings.dkim_key is None or not settings.mail.startswith("smtp"):
        return None
    return signer_of(settings, settings.dkim_key)


def signer_of(settings: Settings, path: Path) -> DkimSigner:
    """Return what signs with the key in this file. Raises BadDkimKeyError."""
    domain = public_domain(settings.sender)
    if not domain:
        message = f"e-mails come from {settings.sender}, which has no domain of its own: set TIMEBANK_MAIL_FROM"
        raise BadDkimKeyError(message)
    return DkimSigner(domain, settings.dkim_selector, _read_key(path))


def _read_key(path: Path) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError as error:
        message = f"TIMEBANK_DKIM_KEY: {path} is missing: make it with 'timebank make-dkim-key'"
        raise BadDkimKeyError(message) from error
    except OSError as error:
        message = f"TIMEBANK_DKIM_KEY: {path} cannot be read: {error.strerror}"
        raise BadDkimKeyError(message) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        message = f"TIMEBANK_DKIM_KEY: {path} is no private key in PEM without a password"
        raise BadDkimKeyError(message) from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < FEWEST_KEY_BITS:
        message = f"TIMEBANK_DKIM_KEY: {path} is no RSA key of at least {FEWEST_KEY_BITS} bits"
        raise BadDkimKeyError(message)
    return key


def make_key(path: Path) -> None:
    """Write a new private key, readable by its owner alone. Raises FileExistsError where a file is there."""
    pem = generate_private_key(65_537, KEY_BITS).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)


def in_strings(record: str) -> Sequence[str]:
    """Divide the value of a TXT record into strings of the length that one may have."""
    return [record[start : start + _STRING_BYTES] for start in range(0, len(record), _STRING_BYTES)]
