"""What went out: every e-mail and text of the demo as its reader sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

from flask import abort, current_app, g, make_response, render_template
from werkzeug.wrappers import Response

from timebank.codes import in_letters
from timebank.web.access import allows, anybody
from timebank.web.pages.notices import blueprint

#: So many e-mails are listed, the newest.
MOST_LISTED = 50
#: Only the style that stands in the e-mail itself.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True)
class SentMail:
    """An e-mail of the folder, by the name of its file."""

    name: str
    to: str
    subject: str
    sent_at: datetime
    text: str
    html: str


@blueprint.get("/sent")
@allows(anybody)
def sent() -> str:
    """List the e-mails of this bank, newest first."""
    return render_template("notices/sent.html", mails=_list_mails(), texts=_list_texts())


@blueprint.get("/sent/<token:name>")
@allows(anybody)
def sent_mail(name: str) -> str:
    """Show an e-mail in plain text."""
    return render_template("notices/sent_mail.html", mail=_get_mail(name))


@blueprint.get("/sent/<token:name>/html")
@allows(anybody)
def sent_html(name: str) -> Response:
    """Show the HTML of an e-mail as a mail program does."""
    response = make_response(_get_mail(name).html)
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def _folder() -> Path:
    """Return the folder of the demo's e-mails. Aborts with 404 on every other site: e-mails are their readers'."""
    folder = current_app.config["SENT_MAIL"]
    if not current_app.config["DEMO"] or folder is None:
        abort(404)
    return Path(folder)


def _list_mails() -> Sequence[SentMail]:
    folder = _folder()
    of_bank = f"*-{in_letters(g.bank.id)}.eml"
    paths = sorted(folder.glob(of_bank), key=lambda path: path.stat().st_mtime, reverse=True)
    return [_read(path) for path in paths[:MOST_LISTED]]


def _list_texts() -> Sequence[tuple[str, str]]:
    """Return (number, text) of the text messages of this bank, newest first."""
    folder = current_app.config["SENT_TEXTS"]
    paths = Path(folder).glob(f"*-{in_letters(g.bank.id)}.txt") if folder else []
    newest = sorted(paths, key=lambda path: path.stat().st_mtime, reverse=True)[:MOST_LISTED]
    texts = [path.read_text(encoding="utf-8").partition("\n") for path in newest]
    return [(number, text) for number, _end, text in texts]


def _get_mail(name: str) -> SentMail:
    mail = next((mail for mail in _list_mails() if mail.name == name), None)
    if mail is None:
        abort(404)
    return mail


def _read(path: Path) -> SentMail:
    """Return an e-mail of the folder."""
    message = BytesParser(EmailMessage, policy=default).parsebytes(path.read_bytes())
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return SentMail(
        path.stem,
        str(message["To"]),
        str(message["Subject"]),
        parsedate_to_datetime(str(message["Date"])),
        text.get_content() if text else "",
        html.get_content() if html else "",
    )
