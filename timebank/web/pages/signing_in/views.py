"""Signing in with a password or a code, signing out, and choosing a password."""

from flask import abort, flash, g, redirect, render_template, request, session as cookie, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from timebank import clock
from timebank.members.errors import WeakPasswordError
from timebank.members.models import Person
from timebank.security import actions as security
from timebank.security.actions import NewEvent
from timebank.security.rules import EventKind
from timebank.signing_in import actions
from timebank.signing_in.actions import Arrival, Attempt
from timebank.signing_in.code_actions import use_code
from timebank.signing_in.errors import CodeDoesNotFitError, NotSignedInError, TooManyTriesError
from timebank.signing_in.forgotten import ask_for_code
from timebank.signing_in.passwords import fits, hash_password
from timebank.signing_in.queries import Candidate, find_candidate, key_of_typed
from timebank.signing_in.rules import is_weak
from timebank.web.access import allows, anybody, load_signed_in, members_themselves, origin
from timebank.web.committing import committing, press
from timebank.web.extensions import db
from timebank.web.pages.signing_in import blueprint
from timebank.web.pages.signing_in.code_ways import find_code_ways
from timebank.web.pages.signing_in.ended import forget_ended_session
from timebank.web.pages.signing_in.forms import ForgottenForm, PasswordForm, SignInCodeForm, SignInForm
from timebank.web.passwords import asks_for_password, check_password


@blueprint.route("/sign-in", methods=["GET", "POST"])
@allows(anybody)
def sign_in() -> str | Response:
    """Sign in with a password."""
    if g.actor is not None:
        return redirect(url_for("home.home"))
    form = SignInForm()
    if form.validate_on_submit():
        with committing(form) as outcome:
            candidate, attempt_id = _begin_attempt(form.who.data or "")
            is_theirs = fits(candidate.password_hash if candidate else None, form.password.data or "")
            if candidate is None or not is_theirs:
                _record_failure(EventKind.SIGN_IN_FAILED, candidate.id if candidate else None)
                raise NotSignedInError
            arrival = Arrival(g.bank.id, candidate.id, origin(), attempt_id)
            token = actions.open_session(db.session(), arrival, now=clock.now())
        if outcome.is_done and candidate is not None:
            return _let_in(token, _safe_next() or url_for("home.home"))
    return render_template("signing_in/sign_in.html", form=form, ended=forget_ended_session())


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@allows(anybody)
def sign_in_with_code() -> str | Response:
    """Sign in with a printed code, or with the code of a link: opening the link changes nothing, its button does."""
    form = SignInCodeForm(code=request.args.get("code", ""))
    if form.validate_on_submit():
        with committing(form, form.code) as outcome:
            address = origin().address
            attempt_id = _count(Attempt(f"code from {address}", None, address))  # nobody's guesses lock others out
            try:
                used = use_code(db.session(), g.bank.id, form.code.data or "", now=clock.now())
            except CodeDoesNotFitError:
                _record_failure(EventKind.CODE_FAILED, None)
                raise
            arrival = Arrival(g.bank.id, used.person_id, origin(), attempt_id, used.id)
            token = actions.open_session(db.session(), arrival, now=clock.now())
        if outcome.is_done:
            return _let_in(token, url_for("signing_in.password"))
    return render_template("signing_in/code.html", form=form)


@blueprint.route("/sign-in/forgotten", methods=["GET", "POST"])
@allows(anybody)
def forgotten() -> str | Response:
    """Ask for a code by e-mail or text. Everybody gets the same answer, whether we know them or not."""
    ways = find_code_ways()
    if not ways.by_email and not ways.by_text:
        abort(404)
    form = ForgottenForm()
    if form.validate_on_submit():
        with committing(form, form.who) as outcome:
            key = key_of_typed(form.who.data or "", phone_country=g.bank.phone_country)
            _count(Attempt(f"code to {g.bank.id} {key}", None, origin().address))  # it counts for no password
            ask_for_code(db.session(), g.bank, form.who.data or "", now=clock.now())
        if outcome.is_done:
            to_email = _("If we know you by that, and your e-mail, a code is on its way. It holds for 15 minutes.")
            to_either = _(
                "If we know you by that, and an e-mail or phone of yours, a code is on its way. "
                "It holds for 15 minutes."
            )
            flash(to_either if ways.by_text else to_email)
            return redirect(url_for("signing_in.sign_in_with_code"), 303)
    return render_template("signing_in/forgotten.html", form=form, ways=ways)


@blueprint.get("/sign-in/help")
@allows(anybody)
def sign_in_help() -> str:
    """What to do without a password or with a forgotten one."""
    return render_template("signing_in/help.html", ways=find_code_ways())


@blueprint.post("/sign-out")
@allows(anybody)
def sign_out() -> Response:
    """End the session on this device; who was suspended or is a stranger here can do that too."""
    if current_user.is_authenticated:
        actions.end_session(db.session(), current_user.token, now=clock.now())
        if g.actor is not None:  # a stranger's name is nothing for this bank
            person_id, by, now = g.actor.person_id, g.actor.membership_id, clock.now()
            event = NewEvent(EventKind.SIGNED_OUT, g.bank.id, person_id, by=by, now=now, origin=origin())
            security.record(db.session(), event)
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
    asks = asks_for_password(g.actor)
    if form.validate_on_submit():
        person = db.session.get_one(Person, g.actor.person_id)
        chosen = form.password.data or ""
        own_words = [person.name, person.email or "", person.phone or ""]
        db.session.rollback()  # judging and hashing are slow: no lock is held meanwhile
        if is_weak(chosen, own_words):
            form.refuse(WeakPasswordError(), form.password)
        elif not asks or check_password(form.present):
            hashed = hash_password(chosen)
            token, thanks = current_user.token, _("Your new password is kept. Use it the next time you sign in.")
            press(
                lambda doing: actions.set_password(db.session(), hashed, doing, token=token, origin=origin()),
                thanks,
                form,
            )
            return redirect(url_for("members.profile"), 303)
    return render_template("signing_in/password.html", form=form, asks=asks)


def _begin_attempt(typed: str) -> tuple[Candidate | None, int]:
    """Count the attempt; return who it is, None if nobody or several, and the attempt's id. No lock is held afterwards.

    Raises TooManyTriesError.
    """
    country = g.bank.phone_country
    candidate = find_candidate(db.session(), g.bank.id, typed, phone_country=country)
    key = f"{g.bank.id} {key_of_typed(typed, phone_country=country)}"
    return candidate, _count(Attempt(key, candidate.id if candidate else None, origin().address))


def _count(attempt: Attempt) -> int:
    """Store the attempt in a transaction of its own, so that it stands whatever comes of it; return its id."""
    try:
        with db.apart() as session:
            return actions.begin_attempt(session, attempt, now=clock.now())
    except TooManyTriesError:
        _record_failure(EventKind.SIGN_IN_STOPPED, attempt.person_id)
        raise


def _record_failure(kind: EventKind, person_id: int | None) -> None:
    """Store the event in a transaction of its own, since the refusal rolls back."""
    event = NewEvent(kind, g.bank.id, person_id, by=None, now=clock.now(), origin=origin())
    with db.apart() as session:
        security.record(session, event)


def _let_in(token: str, where: str) -> Response:
    cookie.clear()
    cookie.permanent = True
    signed_in = load_signed_in(token)
    if signed_in is None or not login_user(signed_in):
        abort(403)
    return redirect(where, 303)


def _safe_next() -> str | None:
    """Return the path to go to after signing in, if it is one of this bank's pages."""
    path = request.args.get("next", "")
    inside = path.startswith(f"/{g.bank.slug}/") and path.isprintable() and "\\" not in path and ".." not in path
    return path if inside else None
