"""Signing in with a password or a code, signing out, and choosing a password."""

from flask import abort, flash, g, redirect, render_template, request, session as cookie, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from timebank import clock
from timebank.members.errors import WeakPasswordError
from timebank.members.models import Person
from timebank.signing_in import actions
from timebank.signing_in.errors import NotSignedInError, SeveralPeopleError
from timebank.signing_in.passwords import fits, hash_password
from timebank.signing_in.queries import list_candidates, plain_email
from timebank.signing_in.rules import is_weak
from timebank.web.access import SignedIn, allows, anybody, members_themselves
from timebank.web.committing import committing, press
from timebank.web.extensions import db
from timebank.web.pages.signing_in import blueprint
from timebank.web.pages.signing_in.forms import PasswordForm, SignInCodeForm, SignInForm


@blueprint.route("/sign-in", methods=["GET", "POST"])
@allows(anybody)
def sign_in() -> str | Response:
    """Sign in with a password."""
    if g.actor is not None:
        return redirect(url_for("home.home"))
    form = SignInForm()
    if form.validate_on_submit():
        with committing(form) as outcome:
            candidates = _candidates(form.who.data or "")
            attempt_id = _begin_attempt(_account(form.who.data or "", candidates))
            person_id = _whose_password(candidates, form.password.data or "")
            token = _open_session(person_id, attempt_id)
        if outcome.is_done:
            return _let_in(person_id, token, _safe_next() or url_for("home.home"))
    return render_template("signing_in/sign_in.html", form=form)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@allows(anybody)
def sign_in_with_code() -> str | Response:
    """Sign in with a printed code, or with the code of a link: opening the link changes nothing, its button does."""
    form = SignInCodeForm(code=request.args.get("code", ""))
    if form.validate_on_submit():
        with committing(form, form.code) as outcome:
            attempt_id = _begin_attempt(f"code from {request.remote_addr}")  # nobody's guesses lock others out
            person_id = actions.use_code(db.session(), g.bank.id, form.code.data or "", now=clock.now())
            token = _open_session(person_id, attempt_id)
        if outcome.is_done:
            return _let_in(person_id, token, url_for("signing_in.password"))
    return render_template("signing_in/code.html", form=form)


@blueprint.get("/sign-in/help")
@allows(anybody)
def sign_in_help() -> str:
    """What to do without a password or with a forgotten one."""
    return render_template("signing_in/help.html")


@blueprint.post("/sign-out")
@allows(anybody)
def sign_out() -> Response:
    """End the session on this device; who was suspended or is a stranger here can do that too."""
    if current_user.is_authenticated:
        actions.end_session(db.session(), current_user.token, now=clock.now())
        db.session.commit()
    logout_user()
    cookie.clear()
    flash(_("You are signed out."))
    return redirect(url_for("signing_in.sign_in"), 303)


@blueprint.route("/password", methods=["GET", "POST"])
@allows(members_themselves)
def password() -> str | Response:
    """Choose a password; every other device is signed out."""
    form = PasswordForm()
    if form.validate_on_submit():
        person = db.session.get_one(Person, g.actor.person_id)
        chosen = form.password.data or ""
        own_words = [person.name, person.email or "", person.phone or ""]
        db.session.rollback()  # judging and hashing are slow: no lock is held meanwhile
        if is_weak(chosen, own_words):
            form.refuse(WeakPasswordError(), form.password)
        else:
            hashed = hash_password(chosen)
            token, thanks = current_user.token, _("Your new password is kept. Use it the next time you sign in.")
            press(lambda doing: actions.set_password(db.session(), hashed, doing, token=token), thanks, form)
            return redirect(url_for("members.profile"), 303)
    return render_template("signing_in/password.html", form=form)


def _candidates(typed: str) -> list[tuple[int, str | None]]:
    """Return (person id, password hash) of everybody whom the text may name; no lock is held afterwards."""
    rows = list_candidates(db.session(), g.bank.id, typed, phone_country=g.bank.phone_country)
    candidates = [(row.id, row.password_hash) for row in rows]
    db.session.rollback()
    return candidates


def _account(typed: str, candidates: list[tuple[int, str | None]]) -> str:
    """Return the key under which attempts are counted, the same however a number, e-mail or phone was typed."""
    if candidates:
        return " ".join(["people", *(str(person_id) for person_id, _hash in sorted(candidates))])
    return f"nobody in {g.bank.id} {plain_email(typed)}"


def _begin_attempt(account: str) -> int:
    """Count the attempt in a transaction of its own, so that it is stored whatever comes of it; return its id."""
    address = request.remote_addr or ""
    attempt_id = actions.begin_attempt(db.session(), account=account, address=address, now=clock.now())
    db.session.commit()
    return attempt_id


def _whose_password(candidates: list[tuple[int, str | None]], tried: str) -> int:
    """Return the person whose password was typed. Raises NotSignedInError or SeveralPeopleError."""
    if not candidates:
        fits(None, tried)
    fitting = [person_id for person_id, kept in candidates if fits(kept, tried)]
    if len(fitting) > 1:
        raise SeveralPeopleError
    if not fitting:
        raise NotSignedInError
    return fitting[0]


def _open_session(person_id: int, attempt_id: int) -> str:
    """Return the token of a new session on this device."""
    device, address = request.user_agent.string, request.remote_addr or ""
    return actions.open_session(
        db.session(), person_id, attempt_id=attempt_id, device=device, now=clock.now(), address=address
    )


def _let_in(person_id: int, token: str, where: str) -> Response:
    cookie.clear()
    cookie.permanent = True
    if not login_user(SignedIn(token, person_id)):
        abort(403)
    return redirect(where, 303)


def _safe_next() -> str | None:
    """Return the path to go to after signing in, if it is one of this bank's pages."""
    path = request.args.get("next", "")
    inside = path.startswith(f"/{g.bank.slug}/") and path.isprintable() and "\\" not in path and ".." not in path
    return path if inside else None
