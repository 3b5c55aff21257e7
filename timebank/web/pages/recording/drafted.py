"""A draft on its way: its other side, and the page of its next question."""

from flask import abort, g, redirect, url_for
from werkzeug.wrappers import Response

from timebank.actors import Actor
from timebank.exchanges import drafts
from timebank.exchanges.drafts import Question
from timebank.exchanges.filing import find_category_id
from timebank.exchanges.models import Draft
from timebank.listings.queries import get_tree, has_kinds
from timebank.members.queries import find_actor_by_account
from timebank.web.extensions import db

_PAGES = {
    Question.WHO: "recording.who",
    Question.WHAT: "recording.what",
    Question.KIND: "recording.kind",
    Question.WHEN: "recording.when",
    Question.HOW_LONG: "recording.how_long",
    None: "recording.check",
}


def other_side(draft: Draft) -> Actor:
    """Return the other side of a draft. Aborts with 404 where it has none yet."""
    other = find_actor_by_account(db.session(), g.bank.id, draft.other_account_id or 0)
    if other is None:
        abort(404)
    return other


def kind_of(draft: Draft) -> str:
    """Return the kind of help that a draft would be filed under, as people read it; '' where it has none."""
    session, bank_id = db.session(), g.bank.id
    return get_tree(session, bank_id).words_of(
        find_category_id(session, bank_id, draft.listing_id, chosen_id=draft.category_id)
    )


def keep_and_go_on(draft: Draft) -> Response:
    """Commit, then redirect as `go_on` does."""
    db.session.commit()
    return go_on(draft)


def go_on(draft: Draft) -> Response:
    """Redirect to the first question without an answer, or to the check page."""
    question = drafts.next_question(draft, asks_kind=has_kinds(db.session(), g.bank.id))
    return redirect(url_for(_PAGES[question], code=draft.code), 303)
