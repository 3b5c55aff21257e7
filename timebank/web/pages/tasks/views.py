"""The to-do list, and a page for each task: whose it is, and what came of it."""

from collections.abc import Callable, Sequence
from functools import partial

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from timebank.actors import Doing, may_coordinate
from timebank.members.queries import list_membership_names
from timebank.references import Subject, code_of, parse
from timebank.spelling import isolated
from timebank.tasks import actions
from timebank.tasks.access import get_visible
from timebank.tasks.errors import TaskTakenError
from timebank.tasks.queries import Shows, TaskRow, count_kinds, list_tasks
from timebank.tasks.rules import ENDS_BY_ITSELF, TaskKind, is_free_for, list_notes
from timebank.web.access import allows, brokers, doing
from timebank.web.asked import asked_number
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm
from timebank.web.missing import MissingLine, find_missing_of
from timebank.web.missing_words import figure_words, lack_words, missing_advice
from timebank.web.pages.tasks import blueprint
from timebank.web.pages.tasks.forms import OutcomeForm
from timebank.web.pages.tasks.words import advice, kind_choices, name_subjects, title
from timebank.web.sentences import say


@blueprint.get("/tasks")
@allows(brokers)
def tasks() -> str:
    """List the tasks, oldest first, or those of one kind, with their subjects and owners."""
    asked, mine = request.args.get("show", ""), g.actor.membership_id
    shows = Shows(asked) if asked in set(Shows) else Shows.TO_DO
    counts = count_kinds(db.session(), g.bank.id, shows, membership_id=mine)
    kind = request.args.get("kind", "")
    kind = kind if kind in counts or kind in set(TaskKind) else ""
    after = asked_number("after")
    page = list_tasks(db.session(), g.bank.id, shows, membership_id=mine, kind=kind, after=after)
    kinds = kind_choices(counts, kind)
    return render_template("tasks/tasks.html", page=page, shows=shows, kind=kind, kinds=kinds, **_names(*page.rows))


@blueprint.get("/tasks/<code:code>")
@allows(brokers)
def task(code: str) -> str:
    """Show a task: its subject, what to do, its notes, and the buttons."""
    task = get_visible(db.session(), g.actor, code)
    return render_template("tasks/task.html", form=ButtonForm(), **_values(task))


@blueprint.post("/tasks/<code:code>/owner")
@allows(brokers)
def take(code: str) -> Response:
    """Take a task."""
    if _do(code, actions.take):
        flash(_("This one is yours now."))
    return redirect(url_for("tasks.task", code=code), 303)


@blueprint.post("/tasks/<code:code>/return")
@allows(brokers)
def hand_back(code: str) -> Response:
    """Give a task back; a coordinator also frees what another broker has."""
    if _do(code, actions.hand_back):
        flash(_("It is back on the list, for whoever takes it next."))
    return redirect(url_for("tasks.task", code=code), 303)


@blueprint.route("/tasks/<code:code>/outcome", methods=["GET", "POST"])
@allows(brokers)
def finish(code: str) -> str | Response:
    """Finish a task with its outcome."""
    task, mine = get_visible(db.session(), g.actor, code), g.actor.membership_id
    if task.kind in ENDS_BY_ITSELF:
        return redirect(url_for("tasks.task", code=code), 303)
    form = OutcomeForm()
    if form.validate_on_submit():
        if _do(code, partial(actions.finish, note=form.note.data or "")):
            flash(_("Done. Thank you."))
        return redirect(url_for("tasks.task", code=code), 303)
    if not form.is_submitted() and not is_free_for(task.status, task.owner_id, mine):
        return redirect(url_for("tasks.task", code=code))
    return render_template("tasks/finish.html", form=form, **_values(task))


def _names(*rows: TaskRow) -> dict[str, object]:
    """Return titles, subjects and the names of owners for these tasks."""
    subjects = name_subjects(db.session(), g.bank.id, [row.subject for row in rows])
    people = [row.owner_id for row in rows] + [row.done_by for row in rows]
    return {
        "subjects": subjects,
        "titles": {row.code: title(row.kind, subjects[row.subject].name) for row in rows},
        "people": list_membership_names(db.session(), g.bank.id, people),
    }


def _values(task: TaskRow) -> dict[str, object]:
    """Return the values for a page of this task, and what the reader may do with it."""
    free = is_free_for(task.status, task.owner_id, g.actor.membership_id)
    taken = task.is_taken
    return {
        "task": task,
        "advice": advice(task.kind),
        "call_code": code_of(Subject.MEMBER, task.subject) if task.kind == TaskKind.TELL_BY_PHONE else None,
        "is_of_letters": task.kind == TaskKind.POST_LETTERS,
        "missing_lines": _missing_lines(task),
        "lack_words": lack_words,
        "figure_words": figure_words,
        "advice_of": missing_advice,
        "notes": list_notes(task.note),
        "may_take": free and not taken,
        "may_hand_back": taken and (free or may_coordinate(g.actor)),
        "may_finish": free and task.kind not in ENDS_BY_ITSELF,
        **_names(task),
    }


def _missing_lines(task: TaskRow) -> Sequence[MissingLine] | None:
    """Return what is missing now of what the task is about; None where it is about something else, or done."""
    about = parse(task.subject) if task.kind == TaskKind.SOMETHING_MISSING and not task.is_done else None
    return find_missing_of(about) if about is not None else None


def _do(code: str, act: Callable[[Session, str, Doing], None]) -> bool:
    """Return whether the action was done, now or by this very form before; a refusal is flashed, with who has it."""
    get_visible(db.session(), g.actor, code)
    form = ButtonForm()
    with committing(form) as outcome:
        act(db.session(), code, doing(form))
    if isinstance(outcome.refusal, TaskTakenError):
        (name,) = list_membership_names(db.session(), g.bank.id, [outcome.refusal.owner_id]).values()
        flash(_("%(name)s has this one already.", name=isolated(name)))
    elif outcome.refusal is not None:
        flash(say(outcome.refusal))
    return outcome.is_done
