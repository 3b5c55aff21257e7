"""A page as its reader meets it: its words, its links and its forms, taken from the HTML that was sent."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from werkzeug.test import TestResponse

_UNSEEN = frozenset({"title", "style", "script", "svg", "option"})
_VOID = frozenset({"input", "link", "meta", "br", "img", "rect", "path", "circle"})


@dataclass
class Form:
    """A form with everything that a browser would send: hidden fields, typed ones and those pressed in."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    choices: dict[str, list[str]] = field(default_factory=dict)
    button: str = ""

    def filled(self, typed: dict[str, object]) -> dict[str, list[str]]:
        """What is sent once these fields are typed; a field that is not on the form cannot be."""
        unknown = set(typed) - self.names
        assert not unknown, f"not on the form: {unknown}; on it: {self.names}"
        said = {
            name: [str(one) for one in value] if isinstance(value, list) else [str(value)]
            for name, value in typed.items()
        }
        return {**self.fields, **said}


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.words: list[str] = []
        self.title: list[str] = []
        self.links: dict[str, str] = {}
        self.forms: list[Form] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._open: list[str] = []
        self._form: Form | None = None
        self._link: tuple[str, list[str]] | None = None
        self._area: tuple[str, list[str]] | None = None
        self._select = ""
        self._in_button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.tags.append((tag, said))
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "a":
            self._link = (urljoin(self.url, said.get("href", "")), [])
        elif tag == "form":
            action = urljoin(self.url, said["action"]) if said.get("action") else self.url
            self._form = Form(action, said.get("method", "get"))
            self.forms.append(self._form)
        elif self._form is not None:
            self._take_field(self._form, tag, said)

    def _take_field(self, form: Form, tag: str, said: dict[str, str]) -> None:
        name = said.get("name", self._select)
        if tag == "button":
            self._in_button = True
        elif tag == "textarea":
            self._area = (name, [])
        elif tag == "select":
            self._select = name
        elif tag == "option":
            form.choices.setdefault(name, []).append(said["value"])
            if "selected" in said:
                form.fields[name] = [said["value"]]
        elif tag == "input":
            pressable = said.get("type") in {"radio", "checkbox"}
            if pressable:
                form.choices.setdefault(name, []).append(said.get("value", ""))
            if not pressable or "checked" in said:
                form.fields.setdefault(name, []).append(said.get("value", ""))
        if name and tag in {"input", "textarea", "select", "button"}:
            form.names.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "a" and self._link is not None:
            self.links.setdefault(" ".join("".join(self._link[1]).split()), self._link[0])
            self._link = None
        elif tag == "textarea" and self._area is not None and self._form is not None:
            name, typed = self._area
            self._form.fields[name] = ["".join(typed).removeprefix("\r\n").removeprefix("\n")]
            self._area = None
        elif tag == "button":
            self._in_button = False
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if "title" in self._open:
            self.title.append(data)
        if _UNSEEN.isdisjoint(self._open):
            self.words.append(data)
        if self._link is not None:
            self._link[1].append(data)
        if self._area is not None:
            self._area[1].append(data)
        if self._in_button and self._form is not None:
            self._form.button = " ".join(f"{self._form.button} {data}".split())


class Page:
    """An answer of the site. `words` is what can be read on it, in one line."""

    def __init__(self, answer: TestResponse) -> None:
        self.answer = answer
        self.status = answer.status_code
        request = answer.request
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        self.path = request.path
        self.url = request.path + query
        self.html = answer.get_data(as_text=True)
        read = _Reader(self.url)
        if answer.mimetype == "text/html":
            read.feed(self.html)
        self.words = " ".join("".join(read.words).split())
        self.title = " ".join("".join(read.title).split())
        self.links, self.forms, self.tags = read.links, read.forms, read.tags

    def __contains__(self, sentence: str) -> bool:
        return " ".join(sentence.split()) in self.words

    def __repr__(self) -> str:
        return f"<{self.status} {self.url} to {self.to}: {self.words[:3000]}>"

    @property
    def to(self) -> str | None:
        """Where the answer sends its reader: path and query; None where it shows a page."""
        location = self.answer.headers.get("Location")
        if location is None:
            return None
        parts = urlsplit(location)
        assert not parts.netloc, location
        return location

    @property
    def form(self) -> Form:
        """The one form of the page's main part that changes something; ways out are not counted."""
        found = [form for form in self.forms if form.method == "post" and form.button not in {"Sign out", "Change it"}]
        assert len(found) == 1, [form.button for form in found]
        return found[0]

    def form_with(self, button: str) -> Form:
        """The form under this button."""
        found = [form for form in self.forms if form.button == button]
        assert len(found) == 1, (button, [form.button for form in self.forms], self)
        return found[0]

    def has_button(self, button: str) -> bool:
        """Whether a form or link with these words is there to be pressed."""
        return button in self.links or any(form.button == button for form in self.forms)
