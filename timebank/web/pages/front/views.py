"""The page at the root of the site."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from timebank.banks.queries import list_banks
from timebank.web.access import allows, anybody
from timebank.web.extensions import db
from timebank.web.pages.front import blueprint


@blueprint.get("/")
@allows(anybody)
def front() -> str | Response:
    """Choose a time bank; where there is one only, go straight there."""
    banks = list_banks(db.session())
    if len(banks) == 1:
        return redirect(url_for("home.home", bank_slug=banks[0].slug))
    return render_template("front/front.html", banks=banks)
