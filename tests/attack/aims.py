"""Requests that nobody's browser would send: forms filled in wrongly, bodies of other types, addresses of others."""

import json
import random
from collections.abc import Sequence
from urllib.parse import parse_qsl, quote_plus, urlsplit

from tests.attack import payloads
from tests.attack.attackers import FORM, Attacker, Loot
from tests.attack.wire import Shot
from tests.web.page import Form

Pairs = list[tuple[str, str | bytes]]
_TOKEN = "csrf_token"
_EXTRA_NAMES = ("acting", "how", "page", "next", "from", "to", "q", "name", "roles", "number", "day", "kind", "code")
_NEVER_SPOILT = (_TOKEN, "form_key")
_TOO_MANY_FIELDS = 3_000


def visit(attacker: Attacker, dice: random.Random) -> Shot:
    """Return a request for a page as it is."""
    return Shot("GET", attacker.next_address(dice))


def question(attacker: Attacker, dice: random.Random) -> Shot:
    """Return a request for a page with arguments that it does not expect, or with strange headers."""
    target = attacker.next_address(dice)
    parts = urlsplit(target)
    pairs: Pairs = [*parse_qsl(parts.query, keep_blank_values=True)]
    if dice.random() < 0.15:
        return Shot("GET", target, headers=dice.choice(payloads.HEADERS))
    known = [name for name, _value in pairs] or list(_EXTRA_NAMES)
    for _number in range(dice.choice((1, 1, 2, 4))):
        name = dice.choice((dice.choice(known), dice.choice(_EXTRA_NAMES)))
        pairs = [pair for pair in pairs if pair[0] != name or dice.random() < 0.2]
        pairs.append((name, payloads.any_value(dice)))
    return Shot("GET", f"{parts.path}?{encoded(pairs)[:8_000].decode()}")


def submission(form: Form, dice: random.Random) -> Shot:
    """Return a form as it might be filled in, often with some fields spoilt."""
    pairs = filled(form, dice)
    if form.method.lower() == "get":
        return Shot("GET", f"{urlsplit(form.action).path}?{encoded(pairs)[:8_000].decode()}")
    return Shot("POST", form.action, encoded(pairs), FORM)


def odd_body(form: Form, dice: random.Random) -> Shot:
    """Return a form sent as something else than a browser sends."""
    pairs = filled(form, dice)
    token = "".join(form.fields.get(_TOKEN, []))
    body, content_type = dice.choice(_BODIES)(pairs, dice)
    return Shot("POST", form.action, body, content_type, (("X-CSRFToken", token),))


def elsewhere(attacker: Attacker, dice: random.Random) -> Shot:
    """Return a request for what others came upon: their addresses, or one's own with a code or bank of others."""
    loot = attacker.loot
    target = dice.choice(loot.addresses)
    if dice.random() < 0.6:
        path, _mark, query = attacker.next_address(dice).partition("?")
        bank = dice.choice(sorted(loot.codes))
        codes = loot.codes[bank] or ["ZZZZ-ZZZZ"]
        parts = [dice.choice(codes) if _is_code(part) else part for part in path.split("/")]
        if dice.random() < 0.3 and len(parts) > 1:
            parts[1] = bank
        target = "/".join(parts) + (f"?{query}" if query and parts[1] == attacker.bank else "")
    form = attacker.next_form(dice)
    if form is None or dice.random() < 0.5:
        return Shot("GET", target)
    return Shot("POST", target, encoded(filled(form[1], dice)), FORM)


def again(attacker: Attacker, dice: random.Random) -> Shot | None:
    """Return a form that was sent before, None where there is none."""
    return dice.choice(attacker.sent) if attacker.sent else None


def answer(loot: Loot, form: Form, dice: random.Random) -> Shot | None:
    """Return an answer to what waits for a second keeper of some bank, None where nobody has come upon one.

    It goes where a page offered it to somebody: to those who proposed it, depend on who did, or keep another bank, too.
    `form` is any form of a page that the attacker has just opened, for its token.
    """
    if not loot.answers:
        return None
    kind = dice.choice(sorted({target.rpartition("/")[2] for target in loot.answers}))
    target = dice.choice([target for target in loot.answers if target.endswith(f"/{kind}")])
    return Shot("POST", target, encoded([(_TOKEN, value) for value in form.fields.get(_TOKEN, [])]), FORM)


def filled(form: Form, dice: random.Random) -> Pairs:
    """Return the fields of a form: what is chosen and typed is plausible, but for those that are spoilt."""
    pairs: Pairs = []
    for name in sorted(form.names):
        pairs += [(name, value) for value in _answers(form, name, dice)]
    names = [name for name in sorted(form.names) if name not in _NEVER_SPOILT]
    for name in dice.sample(names, k=min(len(names), dice.choice((0, 0, 1, 1, 2, 9)))):
        pairs = _spoilt(pairs, name, dice)
    if dice.random() < 0.03:
        pairs = _spoilt(pairs, dice.choice(_NEVER_SPOILT), dice)
    return pairs


def _answers(form: Form, name: str, dice: random.Random) -> Sequence[str]:
    if name in _NEVER_SPOILT:
        return form.fields.get(name, [])
    if name in form.choices:
        return dice.sample(form.choices[name], k=min(len(form.choices[name]), dice.choice((1, 1, 1, 2, 3))))
    return [_typed(value, name, dice) for value in _values(form, name)]


def _typed(value: str, name: str, dice: random.Random) -> str:
    """Return what stands in a field, or something plausible instead."""
    return value if dice.random() < (0.7 if value else 0.3) else payloads.plausible(name, dice)


def _values(form: Form, name: str) -> Sequence[str]:
    return form.fields.get(name) or [""]


def _spoilt(pairs: Pairs, name: str, dice: random.Random) -> Pairs:
    """Return the pairs with another value for a name, none, or several."""
    others: Pairs = [pair for pair in pairs if pair[0] != name]
    if dice.random() < 0.15:
        return others
    for _number in range(dice.choice((1, 1, 1, 1, 2, 20))):
        others.append((name, payloads.any_value(dice)))
    return others


def encoded(pairs: Pairs) -> bytes:
    """Return pairs as a form's body; bytes need not be UTF-8."""
    return "&".join(f"{quote_plus(name)}={quote_plus(_bytes(value))}" for name, value in pairs).encode()


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode(errors="surrogatepass")


def _text(value: str | bytes) -> str:
    return value.decode(errors="surrogateescape") if isinstance(value, bytes) else value


def _json(pairs: Pairs, dice: random.Random) -> tuple[bytes, str]:
    shapes = (
        {name: _text(value) for name, value in pairs},
        dict.fromkeys((name for name, _value in pairs), 5),
        {name: [{"zq": None}] for name, _value in pairs},
        *([1, 2, 3], 5, "zq", None, True, {"form_key": {}}),
    )
    body = b"[" * 5_000 if dice.random() < 0.1 else json.dumps(dice.choice(shapes)).encode()
    return body, dice.choice(("application/json", "application/json; charset=utf-16", "application/problem+json"))


def _as_text(pairs: Pairs, dice: random.Random) -> tuple[bytes, str]:
    return encoded(pairs), dice.choice(("text/plain", "", "zq", "application/octet-stream", "image/png", "/", ";;;="))


def _xml(_pairs: Pairs, dice: random.Random) -> tuple[bytes, str]:
    entity = b'<!DOCTYPE a [<!ENTITY zq SYSTEM "file:///etc/passwd">]><a>&zq;</a>'
    return entity, dice.choice(("text/xml", "application/xml"))


def _other_charset(pairs: Pairs, dice: random.Random) -> tuple[bytes, str]:
    charset = dice.choice(("utf-16", "utf-7", "zq", "latin-1", "'", "utf-8; charset=utf-16"))
    return encoded(pairs), f"{FORM}; charset={charset}"


def _multipart(pairs: Pairs, dice: random.Random) -> tuple[bytes, str]:
    odd = dice.choice([name for name, _value in pairs] or ["zq"])
    way = dice.choice(_FILE_WAYS)
    parts = [
        f'--zq\r\nContent-Disposition: form-data; name="{name}"{way if name == odd else ""}\r\n\r\n'.encode()
        + _bytes(value)
        + b"\r\n"
        for name, value in pairs
    ]
    body = b"".join(parts) + b"--zq--\r\n"
    cut = dice.choice((len(body), len(body), len(body) // 2))
    return body[:cut], dice.choice(_MULTIPART)


#: How a part of a body says that it is a file, or is not.
_FILE_WAYS = ("", '; filename="zq.txt"', '; filename=""', '; filename="../../zq"', "; filename*=utf-8''%ff")
_MULTIPART = (
    *("multipart/form-data; boundary=zq",) * 4,
    "multipart/form-data",
    f"multipart/form-data; boundary={'q' * 500}",
)


def _many_fields(pairs: Pairs, _dice: random.Random) -> tuple[bytes, str]:
    return encoded([*pairs, *((f"zq{number}", "") for number in range(_TOO_MANY_FIELDS))]), FORM


def _huge(pairs: Pairs, dice: random.Random) -> tuple[bytes, str]:
    return encoded([*pairs, ("zq", "a" * dice.choice((200_000, 300_000)))]), FORM


_BODIES = (_json, _as_text, _xml, _other_charset, _multipart, _multipart, _many_fields, _huge)


def _is_code(part: str) -> bool:
    return len(part) == 9 and part[4] == "-"
