"""Areas: a list to add to, and a small page for each with its name and its ways."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.banks import areas as actions
from timebank.banks.models import Area
from timebank.banks.queries import find_area, list_areas, list_travel
from timebank.web.access import allows, coordinators, doing
from timebank.web.committing import committing, press
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm
from timebank.web.pages.areas import blueprint
from timebank.web.pages.areas.forms import NameForm, TravelForm, travel_form


@blueprint.route("/areas", methods=["GET", "POST"])
@allows(coordinators)
def areas() -> str | Response:
    """List all areas, closed ones too, and add one."""
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
    """Show an area: its name, and the travel time to each other area."""
    area = _area(name)
    return _page(area, NameForm(formdata=None, name=area.name), _ways(area))


@blueprint.post("/areas/<string:name>/name")
@allows(coordinators)
def rename(name: str) -> str | Response:
    """Rename an area."""
    area, form = _area(name), NameForm()
    if form.validate_on_submit():
        with committing(form, form.name) as outcome:
            actions.rename_area(db.session(), area, form.name.data or "", doing(form))
        if outcome.is_done:
            flash(_("The name is changed."))
            return redirect(url_for("areas.area", name=area.name), 303)
    return _page(_area(name), form, None)


@blueprint.post("/areas/<string:name>/travel")
@allows(coordinators)
def travel(name: str) -> str | Response:
    """Set the travel times to the other areas; an empty field means unknown."""
    area = _area(name)
    form = _ways(area)
    if form.validate_on_submit():
        with committing(form) as outcome:
            actions.set_travel(db.session(), area, form.minutes, doing(form))
        if outcome.is_done:
            flash(_("The ways are kept."))
            return redirect(url_for("areas.area", name=name), 303)
    return _page(_area(name), None, form)


@blueprint.post("/areas/<string:name>/closing")
@allows(coordinators)
def close(name: str) -> Response:
    """Close an area: nobody can choose it any more."""
    area, thanks = _area(name), _("It is closed. Who lives there stays there.")
    press(lambda doing: actions.close_area(db.session(), area, doing), thanks)
    return redirect(url_for("areas.area", name=name), 303)


@blueprint.post("/areas/<string:name>/opening")
@allows(coordinators)
def reopen(name: str) -> Response:
    """Open a closed area again."""
    area = _area(name)
    press(lambda doing: actions.reopen_area(db.session(), area, doing), _("It is open again."))
    return redirect(url_for("areas.area", name=name), 303)


def _area(name: str) -> Area:
    area = find_area(db.session(), g.bank.id, name.replace("\x00", ""))
    if area is None:
        abort(404)
    return area


def _ways(area: Area) -> TravelForm:
    others = [row for row in list_areas(db.session(), g.bank.id) if row.id != area.id]
    return travel_form(others, list_travel(db.session(), g.bank.id, area.id))


def _page(area: Area, name_form: NameForm | None, ways: TravelForm | None) -> str:
    """Render the area's page; the submitted form keeps what was typed, the other one shows what is stored."""
    return render_template(
        "areas/area.html",
        area=area,
        form=ways if name_form is None else name_form,
        name_form=name_form or NameForm(formdata=None, name=area.name),
        ways=ways or _ways(area),
        button_form=ButtonForm(formdata=None),
    )
