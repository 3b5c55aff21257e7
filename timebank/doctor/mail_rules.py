"""What the records of a sender's domain mean for its e-mails: each judged, in words. Pure functions of values."""

from collections.abc import Sequence

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from timebank.doctor.records import (
    MOST_LOOKUPS,
    BadRecordError,
    Fetch,
    SpfTree,
    decode_key,
    follow_spf,
    is_dmarc,
    is_spf,
    parse_tags,
)
from timebank.doctor.rules import Diagnosis, quote, warning, well, wrong

#: Receivers want keys of at least so many bits; below the second number they take none (RFC 8301).
_USUAL_BITS, _FEWEST_BITS = 2_048, 1_024
_MOST_NAMED = 6


def judge_spf(domain: str, texts: Sequence[str], fetch: Fetch) -> Diagnosis:
    """Return what the TXT records of a domain say by SPF. `fetch` returns those of another name, and may raise."""
    subject, records = f"SPF of {domain}", [text for text in texts if is_spf(text)]
    if not records:
        return wrong(
            subject,
            "there is no record, so nobody knows which servers may send for it. Publish a TXT record such as"
            " 'v=spf1 include:… ~all'; your mail provider says which include.",
        )
    if len(records) > 1:
        return wrong(subject, f"there are {len(records)} records, which count as none: merge them into one.")
    try:
        tree = follow_spf(domain, records[0], fetch)
    except BadRecordError as error:
        return wrong(subject, f"the record counts as none, since {error}: mend it.")
    return _judge_tree(subject, tree)


def _judge_tree(subject: str, tree: SpfTree) -> Diagnosis:
    problem = _tree_problem(tree)
    if problem is not None:
        return wrong(subject, problem)
    if tree.ending == "+":
        return warning(subject, "it permits every server in the world (+all), which helps only forgers: use ~all.")
    permitted = f"It permits {_named(tree.permits)}, with {tree.lookups} of {MOST_LOOKUPS} look-ups."
    if tree.ending in {"", "?"}:
        ends = "it ends with ?all" if tree.ending else "it has no 'all' at its end"
        return warning(subject, f"{ends}, so it says nothing about forgers: let it end with ~all. {permitted}")
    if tree.uses_ptr:
        return warning(subject, f"it uses 'ptr', which many receivers pass over: name servers instead. {permitted}")
    return well(
        subject,
        f"one record. {permitted} Whether your mail server is among them shows in an e-mail that you got: 'spf=pass'.",
    )


def _tree_problem(tree: SpfTree) -> str | None:
    """Return why nobody may send by this record; None where somebody may."""
    if tree.lookups > MOST_LOOKUPS:
        return (
            f"it costs more than {MOST_LOOKUPS} look-ups, included records too, and counts as none: take out what you"
            " do not send by."
        )
    if tree.problems:
        return f"the record counts as none, since {'; '.join(tree.problems[:3])}: mend it."
    return None if tree.permits else "it permits no server at all to send: add the one that your e-mails leave by."


def _named(terms: Sequence[str]) -> str:
    names = ", ".join(quote(term) for term in terms[:_MOST_NAMED])
    return f"{names} and {len(terms) - _MOST_NAMED} more" if len(terms) > _MOST_NAMED else names


def judge_dmarc(domain: str, at: str, texts: Sequence[str]) -> Diagnosis:
    """Return what the TXT records at `_dmarc.` and the domain `at` say; `at` may be above the sender's domain."""
    subject, records = f"DMARC of {domain}", [text for text in texts if is_dmarc(text)]
    if not records:
        return wrong(
            subject,
            f"there is no record: publish the TXT record 'v=DMARC1; p=none; rua=mailto:…' at _dmarc.{domain}.",
        )
    if len(records) > 1:
        return wrong(subject, f"there are {len(records)} records, which count as none: leave one.")
    try:
        tags = parse_tags(records[0])
    except BadRecordError as error:
        return wrong(subject, f"the record cannot be read, since {error}: mend it.")
    policy = tags.get("p", "none" if "rua" in tags else "")
    if at != domain:
        policy = tags.get("sp", policy)
    return _judge_policy(subject, policy, tags.get("rua", ""), "" if at == domain else f" (from {at})")


def _judge_policy(subject: str, policy: str, reports_to: str, source: str) -> Diagnosis:
    if policy not in {"none", "quarantine", "reject"}:
        return wrong(subject, f"its policy is {quote(policy)}: it has to be none, quarantine or reject.")
    meaning = {
        "none": "forged e-mails are only reported; go on to quarantine once the reports show your own as passed",
        "quarantine": "forged e-mails are filed as spam",
        "reject": "forged e-mails are refused",
    }[policy]
    if not reports_to:
        return warning(
            subject,
            f"policy {policy}{source}: {meaning}. Nobody gets the reports: add rua=mailto:… with an address.",
        )
    return well(subject, f"policy {policy}{source}: {meaning}. Reports go to {quote(reports_to)}.")


def judge_dkim(name: str, texts: Sequence[str], public_key: bytes) -> Diagnosis:
    """Return whether the TXT records at this name publish the key with which we sign."""
    subject, show = f"DKIM at {name}", "'timebank make-dkim-key --show' prints the record."
    if not texts:
        return wrong(subject, f"we sign, and no key is published, so our signatures count as false: {show}")
    if len(texts) > 1:
        return wrong(subject, f"there are {len(texts)} TXT records, of which receivers take any: leave one. {show}")
    try:
        tags = parse_tags(texts[0])
    except BadRecordError as error:
        return wrong(subject, f"the record cannot be read, since {error}: {show}")
    problem = _key_problem(tags.get("v", "DKIM1"), tags.get("k", "rsa"), tags.get("p"))
    if problem is None and decode_key(tags.get("p", "")) != public_key:
        problem = "it is the key of somebody else, or one from before"
    if problem is None and "sha256" not in tags.get("h", "sha256").split(":"):
        problem = "it permits no signatures with SHA-256 (h=)"
    if problem is None and not {"*", "email"} & set(tags.get("s", "*").split(":")):
        problem = "it is not for e-mails (s=)"
    if problem is not None:
        return wrong(subject, f"{problem}: {show}")
    return _judge_key(subject, public_key, is_test="y" in tags.get("t", "").split(":"))


def _key_problem(version: str, kind: str, key: str | None) -> str | None:
    if version != "DKIM1" or kind != "rsa" or key is None:
        return "the record there is none of an RSA key"
    if not key:
        return "the key there is revoked (p= is empty)"
    return "the key there is no Base64" if decode_key(key) is None else None


def _judge_key(subject: str, public_key: bytes, *, is_test: bool) -> Diagnosis:
    bits = count_bits(public_key)
    if bits < _FEWEST_BITS:
        return wrong(subject, f"the key has {bits} bits, and receivers take none below {_FEWEST_BITS}: make a new one.")
    if bits < _USUAL_BITS:
        return warning(subject, f"the key has {bits} bits: make a new one of {_USUAL_BITS}, under another selector.")
    if is_test:
        return warning(subject, "it is published as a test (t=y), so it counts for nothing: take t=y out.")
    return well(subject, f"the key that is published, of {bits} bits, is the one that we sign with.")


def count_bits(public_key: bytes) -> int:
    """Return the bits of an RSA key (DER of a SubjectPublicKeyInfo); 0 for anything else."""
    try:
        key = load_der_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm):
        return 0
    return key.key_size if isinstance(key, RSAPublicKey) else 0
