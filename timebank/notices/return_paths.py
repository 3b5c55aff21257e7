"""Return paths: the envelope sender of each e-mail names its delivery, so that what comes back can be told apart. Pure.

`bounces+D.B.MP@example.org` has the delivery D and the bank B in the letters of `codes`, a mark M of the address that
the e-mail went to, and a proof P: an HMAC over the three, without which anybody could report any e-mail as returned.
Mail servers may change the case of a local part (RFC 5321, 2.4, asks them not to), so that it does not matter here.
"""

import hmac
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from timebank import codes
from timebank.emails import mailable, plain_email

#: Letters of the mark of an address (30 bits), and of the proof (60 bits, as a sign-in code has).
_MARK_LETTERS, _PROOF_LETTERS = 6, codes.SECRET_LENGTH
#: Letters of an id of 63 bits.
_ID_LETTERS = 13
#: No more than so many addresses of one message are looked at.
_MOST_TRIES = 50


@dataclass(frozen=True, slots=True)
class ReturnToken:
    """A proven token: a delivery of a bank, and the mark of the address that it was sent to."""

    bank_id: int
    delivery_id: int
    mark: str


@dataclass(frozen=True, slots=True)
class ReturnPath:
    """Makes and reads return paths: the address to which tokens are added after a '+', and the key of proofs."""

    local: str
    domain: str
    key: bytes

    @classmethod
    def of(cls, address: str, secret_key: bytes) -> Self:
        """Return that of an address such as bounces@example.org, with a key derived from the site's secret key."""
        local, _at, domain = mailable(plain_email(address)).rpartition("@")
        return cls(local, domain, hmac.digest(secret_key, b"return path", "sha256"))

    def make(self, bank_id: int, delivery_id: int, email: str) -> str:
        """Return the envelope sender of a delivery to an address."""
        mark = self._mark(email)
        names = f"{codes.in_letters(delivery_id)}.{codes.in_letters(bank_id)}"
        token = f"{names}.{mark}{self._proof(bank_id, delivery_id, mark)}"
        return f"{self.local}+{token.lower()}@{self.domain}"

    def find(self, text: str) -> ReturnToken | None:
        """Return the first proven token among the addresses in a text; None if there is none."""
        pattern = (
            rf"{re.escape(self.local)}\+([0-9a-z]{{1,{_ID_LETTERS}}})\.([0-9a-z]{{1,{_ID_LETTERS}}})"
            rf"\.([0-9a-z]{{{_MARK_LETTERS}}})([0-9a-z]{{{_PROOF_LETTERS}}})@{re.escape(self.domain)}"
        )
        for tries, match in enumerate(re.finditer(pattern, text, re.IGNORECASE | re.ASCII)):
            token = self._proven(*(part.upper() for part in match.groups()))
            if token is not None or tries == _MOST_TRIES:
                return token
        return None

    def is_for(self, token: ReturnToken, email: str) -> bool:
        """Return whether a token's e-mail went to this address."""
        return hmac.compare_digest(token.mark, self._mark(email))

    def _proven(self, delivery: str, bank: str, mark: str, proof: str) -> ReturnToken | None:
        delivery_id, bank_id = codes.from_letters(delivery), codes.from_letters(bank)
        if delivery_id is None or bank_id is None:
            return None
        is_proven = hmac.compare_digest(proof, self._proof(bank_id, delivery_id, mark))
        return ReturnToken(bank_id, delivery_id, mark) if is_proven else None

    def _proof(self, bank_id: int, delivery_id: int, mark: str) -> str:
        return codes.secret_of(hmac.digest(self.key, f"delivery {bank_id} {delivery_id} {mark}".encode(), "sha256"))

    def _mark(self, email: str) -> str:
        """Return the letters by which an address is known again, from which nobody without the key can guess it."""
        plain = plain_email(email)
        with suppress(ValueError):  # a domain that no mail server knows is compared as it was typed
            plain = mailable(plain)
        digest = hmac.digest(self.key, f"address {plain}".encode("utf-8", "replace"), "sha256")
        return codes.secret_of(digest)[:_MARK_LETTERS]
