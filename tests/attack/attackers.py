"""Those who attack: each with a browser, what they have come upon so far, and what they must not see."""

import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin, urlsplit

from tests.attack.findings import shape
from tests.attack.wire import Reply, Shot, Wire
from tests.faults.wire import Answer, Asked
from tests.web.page import Form, Page

FORM = "application/x-www-form-urlencoded"
_KEPT_OF_A_KIND = 60
_KEPT_ANSWERS = 120
#: Forms of second keepers; and links from their desk to what waits, with what is added to the address of an answer.
_ANSWER = re.compile(r"/(approval|welcome-hours)$|/audit/months/[^/]+/confirmation$")
_WAITING = {"role-changes/[^/]+": "/approval", "corrections/[^/]+": "/approval", "members/[^/]+/sign-in-code": ""}
_CODE = re.compile(r"/([0-9A-Z]{4}-[0-9A-Z]{4})(?=[/?\"]|$)")


@dataclass
class Loot:
    """What all of them have come upon: addresses and codes, by bank, for others to try. No words of rows are in it."""

    unspoken: frozenset[str] = frozenset()
    codes: dict[str, list[str]] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    def add_answer(self, action: str) -> None:
        """Note where somebody can answer what another keeper began, so that everybody tries to."""
        if action not in self.answers:
            self.answers.append(action)
            del self.answers[:-_KEPT_ANSWERS]

    def add(self, bank: str, target: str) -> None:
        """Note an address, and the codes in it."""
        if any(word in target.casefold() for word in self.unspoken):
            return
        if target not in self.addresses:
            self.addresses.append(target)
        codes = self.codes.setdefault(bank, [])
        codes += [code for code in _CODE.findall(target) if code not in codes]


@dataclass
class Attacker:
    """Somebody with a role in a bank, or nobody. `who` and `password` sign them in."""

    role: str
    bank: str
    wire: Wire
    loot: Loot
    who: str = ""
    password: str = ""
    unseen: frozenset[str] = frozenset()
    opened: Counter[str] = field(default_factory=Counter)
    pages: dict[str, list[str]] = field(default_factory=dict)
    forms: dict[str, list[tuple[str, Form]]] = field(default_factory=dict)
    sent: list[Shot] = field(default_factory=list)
    is_out: bool = True
    refusals: int = 0

    @property
    def name(self) -> str:
        """What a report calls them."""
        return f"{self.role} of {self.bank}"

    def learn(self, target: str, reply: Reply) -> Page | None:
        """Note the links and forms of an answer; return it as a page, None where it is none."""
        if reply.headers.get("location", "").partition("?")[0].endswith("/sign-in"):
            self.is_out = bool(self.who)
        self._note(urljoin(target, reply.headers.get("location", target)))
        if not reply.is_page:
            return None
        page = read_page(target, reply)
        for tag, attributes in page.tags:
            if tag == "a":
                self._note(urljoin(target, attributes.get("href", "")))
                self._note_waiting(urljoin(target, attributes.get("href", "")))
        for form in page.forms:
            self._note_form(target, form)
        return page

    def start_at(self, targets: Iterable[str]) -> None:
        """Note addresses to begin with."""
        for target in targets:
            self._note(target)

    def next_address(self, dice: random.Random) -> str:
        """Return an address of one of the kinds that were opened least."""
        return dice.choice(self.pages[self._least(list(self.pages), dice)])

    def next_form(self, dice: random.Random) -> tuple[str, Form] | None:
        """Return (address of the page, form) of one of the kinds of forms that were sent least."""
        return dice.choice(self.forms[self._least(list(self.forms), dice)]) if self.forms else None

    def _least(self, kinds: list[str], dice: random.Random) -> str:
        fewest = min(self.opened[kind] for kind in kinds)
        kind = dice.choice([kind for kind in kinds if self.opened[kind] == fewest])
        self.opened[kind] += 1
        return kind

    def _note(self, target: str) -> None:
        parts = urlsplit(target)
        if parts.netloc or not parts.path.startswith("/"):
            return  # another site's: never followed
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        known = self.pages.setdefault(shape(target), [])
        if target not in known and len(known) < _KEPT_OF_A_KIND:
            known.append(target)
            self.loot.add(parts.path.split("/")[1], target)

    def _note_waiting(self, target: str) -> None:
        for path, answer in _WAITING.items():
            if re.fullmatch(rf"/[^/]+/{path}", target):
                self.loot.add_answer(target + answer)

    def _note_form(self, target: str, form: Form) -> None:
        if _ANSWER.search(form.action):
            self.loot.add_answer(form.action)
        known = self.forms.setdefault(f"{form.method} {shape(form.action)} {sorted(form.names)}", [])
        known.append((target, form))
        del known[:-_KEPT_OF_A_KIND]


def read_page(target: str, reply: Reply) -> Page:
    """Return an answer as its reader meets it."""
    path, _mark, query = target.partition("?")
    headers = {"Location": reply.headers["location"]} if "location" in reply.headers else {}
    answer = Answer(Asked(path, query.encode()), reply.status, headers, reply.text.encode())  # type: ignore[arg-type]
    return Page(_Html(answer.request, answer.status_code, answer.headers, answer.body))  # type: ignore[arg-type]


class _Html(Answer):
    @property
    def mimetype(self) -> str:
        return "text/html"


def sign_in(attacker: Attacker) -> None:
    """Sign somebody in with their password, on a page of their own bank. They stay out where they are refused."""
    wire = attacker.wire
    wire.cookies.clear()
    target = f"/{attacker.bank}/sign-in"
    page = read_page(target, wire.send(Shot("GET", target)))
    fields = page.form_with("Sign in").filled({"who": attacker.who, "password": attacker.password})
    reply = wire.send(Shot("POST", target, urlencode(fields, doseq=True).encode(), FORM))
    attacker.is_out = reply.status != 303
    attacker.refusals += attacker.is_out
