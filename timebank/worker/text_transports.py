"""How text messages leave: to a gateway by HTTP, into a folder, or not at all."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Protocol, Self
from urllib.error import HTTPError, URLError
from urllib.parse import quote_plus
from urllib.request import HTTPRedirectHandler, Request, build_opener

from timebank.config import Settings
from timebank.notices.models import Failure
from timebank.worker.transports import AwayError, NotNowError, RefusedError

#: Seconds after which a gateway that says nothing is given up on.
TIMEOUT = 30
_NAME = re.compile(r"\{(to|text|ref)\}")
#: What a gateway says when it lets nobody send, or not so many.
_AWAY = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.PAYMENT_REQUIRED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)


class TextTransport(Protocol):
    """A way out of text messages."""

    @contextmanager
    def opened(self) -> Iterator["TextTransport"]:
        """Open it."""

    def send(self, to: str, text: str, ref: str) -> None:
        """Send a text to a number in E.164; `ref` is the same at each try. Raises a SendingFailedError."""


def make_text_transport(settings: Settings) -> TextTransport | None:
    """Return the transport of the setting TIMEBANK_TEXTS; None where no text goes out."""
    if not settings.texts:
        return None
    if settings.texts.startswith("folder:"):
        return FolderTexts(Path(settings.texts.removeprefix("folder:")))
    return HttpTexts(settings.texts, settings.texts_body, settings.texts_secret)


class _Open:
    """A way out that is always open."""

    @contextmanager
    def opened(self) -> Iterator[Self]:
        """Yield itself."""
        yield self


class FolderTexts(_Open):
    """Texts as files, for trying things out: one that is sent again takes the place of the first."""

    def __init__(self, path: Path) -> None:
        """Take the folder; it is made when the first one is sent."""
        self.path = path

    def send(self, to: str, text: str, ref: str) -> None:
        """Write the number and the text into a file."""
        self.path.mkdir(parents=True, exist_ok=True)
        half = self.path / f"{ref}.half"
        half.write_text(f"{to}\n{text}", encoding="utf-8")
        half.replace(self.path / f"{ref}.txt")


class _NoRedirect(HTTPRedirectHandler):
    """A number and the secret go to nobody but the gateway."""

    def redirect_request(self, *_about: object) -> None:
        """Follow none."""


class HttpTexts(_Open):
    """A gateway that takes one text by one POST."""

    def __init__(self, address: str, body: str, secret: str) -> None:
        """Take the gateway's address, a template with {to}, {text} and {ref}, and the bearer token ('': none)."""
        self.address, self.body, self.secret = address, body, secret
        self.is_json = body.lstrip().startswith(("{", "["))
        self.opener = build_opener(_NoRedirect)

    def send(self, to: str, text: str, ref: str) -> None:
        """Post it. A gateway that does not answer in time may have sent it. Raises a SendingFailedError."""
        headers = {"Content-Type": "application/json" if self.is_json else "application/x-www-form-urlencoded"}
        if self.secret:
            headers["Authorization"] = f"Bearer {self.secret}"
        content = self._fill({"to": to, "text": text, "ref": ref})
        request = Request(self.address, content.encode(), headers, method="POST")  # noqa: S310 (its scheme was checked)
        try:
            with self.opener.open(request, timeout=TIMEOUT):
                pass
        except HTTPError as error:
            error.close()
            raise _of_status(error.code) from None
        except URLError:  # it was not posted: there was no connection, or no TLS
            raise AwayError(Failure.CONNECTION) from None
        except (OSError, HTTPException):  # it was posted, and no answer came, or none that could be read
            raise NotNowError(Failure.AFTER_DATA) from None

    def _fill(self, values: dict[str, str]) -> str:
        return _NAME.sub(lambda match: self._escape(values[match[1]]), self.body)

    def _escape(self, value: str) -> str:
        return json.dumps(value)[1:-1] if self.is_json else quote_plus(value)


def _of_status(status: int) -> AwayError | RefusedError:
    """Return what a gateway's answer means: its own trouble, or that it does not take this text."""
    if status in _AWAY or not HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return AwayError(Failure.SIGN_IN if status == HTTPStatus.UNAUTHORIZED else Failure.CONNECTION)
    return RefusedError(Failure.RECIPIENT)
