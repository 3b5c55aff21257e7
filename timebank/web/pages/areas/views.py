"""Areas: a list to add to, and a small page for each with its name and its ways."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.banks import areas as actions
from timebank.banks.models import Area
from timebank.banks.queries import find_area, list_areas, list_travel
from timebank.web.access import allows, coordinators, doing
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm
from timebank.web.pages.areas import blueprint
from timebank.web.pages.areas.forms import NameForm, TravelForm, travel_form


@blueprint.route("/areas", methods=["GET", "POST"])
@allows(coordinators)
def areas() -> str | Response:
    """All areas, those closed as well, and a field to add one."""
    form = NameForm()
    if form.validate_on_submit():
        with committing(form, form.name) as outcome:
            actions.add_area(db.session(), form.name.data or "", doing(form))
        if outcome.is_done:
            flash(_("The area is there."))
            return redirect(url_for("areas.areas"), 303)
    return render_template("areas/areas.html", form=form, areas=list_areas(db.session(), g.bank.id, also_closed=True))


@blueprint.get("/areas/<string:name>")
@allows(coordinators)
def area(name: str) -> str:
    """One area: its name, and how long the way to each other one takes."""
    shown = _area(name)
    return _page(shown, NameForm(formdata=None, name=shown.name), _ways(shown))


@blueprint.post("/areas/<string:name>/name")
@allows(coordinators)
def rename(name: str) -> str | Response:
    """Call it something else."""
    shown, form = _area(name), NameForm()
    if form.validate_on_submit():
        with committing(form, form.name) as outcome:
            actions.rename_area(db.session(), shown, form.name.data or "", doing(form))
        if outcome.is_done:
            flash(_("The name is changed."))
            return redirect(url_for("areas.area", name=shown.name), 303)
    return _page(_area(name), form, None)


@blueprint.post("/areas/<string:name>/travel")
@allows(coordinators)
def travel(name: str) -> str | Response:
    """Set how long the way to each other area takes; empty is not known."""
    shown = _area(name)
    form = _ways(shown)
    if form.validate_on_submit():
        with committing(form) as outcome:
            actions.set_travel(db.session(), shown, form.minutes, doing(form))
        if outcome.is_done:
            flash(_("The ways are kept."))
            return redirect(url_for("areas.area", name=name), 303)
    return _page(_area(name), None, form)


@blueprint.post("/areas/<string:name>/closing")
@allows(coordinators)
def close(name: str) -> Response:
    """Offer it to nobody any more."""
    shown, form = _pressed(name)
    actions.close_area(db.session(), shown, doing(form))
    db.session.commit()
    flash(_("It is closed. Who lives there stays there."))
    return redirect(url_for("areas.area", name=name), 303)


@blueprint.post("/areas/<string:name>/opening")
@allows(coordinators)
def reopen(name: str) -> Response:
    """Offer it again."""
    shown, form = _pressed(name)
    actions.reopen_area(db.session(), shown, doing(form))
    db.session.commit()
    flash(_("It is open again."))
    return redirect(url_for("areas.area", name=name), 303)


def _area(name: str) -> Area:
    found = find_area(db.session(), g.bank.id, name.replace("\x00", ""))
    if found is None:
        abort(404)
    return found


def _pressed(name: str) -> tuple[Area, ButtonForm]:
    """Return the area whose button was pressed, and the button's form."""
    form = ButtonForm()
    if not form.validate_on_submit():
        abort(400)
    return _area(name), form


def _ways(shown: Area) -> TravelForm:
    others = [row for row in list_areas(db.session(), g.bank.id) if row.id != shown.id]
    return travel_form(others, list_travel(db.session(), g.bank.id, shown.id))


def _page(shown: Area, name_form: NameForm | None, ways: TravelForm | None) -> str:
    """The area's page; the form that was sent shows what is to be put right, the other one what is kept."""
    return render_template(
        "areas/area.html",
        area=shown,
        form=ways if name_form is None else name_form,
        name_form=name_form or NameForm(formdata=None, name=shown.name),
        ways=ways or _ways(shown),
        button_form=ButtonForm(formdata=None),
    )
