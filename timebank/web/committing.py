"""Doing what a form asks for: act, commit once, and put a refusal where it can be read."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from flask import current_app, flash
from wtforms import Field

from timebank.actors import Doing
from timebank.errors import TimebankError
from timebank.jobs.actions import HAS_ASKED
from timebank.notices.actions import HAS_TOLD
from timebank.web.access import doing
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm, KeyedForm
from timebank.web.sentences import say

#: The field that a refusal belongs to, for the classes of errors that belong to one.
Fields = Mapping[type[TimebankError], Field]


@dataclass(slots=True)
class Outcome:
    """What came of a `committing` block, to be read after it."""

    is_done: bool = False
    refusal: TimebankError | None = None


@contextmanager
def committing(form: KeyedForm | None = None, field: Field | Fields | None = None) -> Iterator[Outcome]:
    """Commit what the block does; where it raises a TimebankError, roll back and put the refusal on the form.

    The refusal goes to `field`, or to the field that a mapping has for its class; else it is about the whole form.
    Without a form it is flashed. Other errors pass through, so that `allows` can retry the view. Do not `return` from
    within the block: that would commit too.
    """
    outcome = Outcome()
    try:
        yield outcome
        commit()
        outcome.is_done = True
    except TimebankError as error:
        db.session.rollback()
        outcome.refusal = error
        if form is None:
            flash(say(error))
        else:
            form.refuse(error, field.get(type(error)) if isinstance(field, Mapping) else field)


def commit() -> None:
    """Commit, and wake the worker where a notice or a job was stored; in tests there is none."""
    db.session.commit()
    info = db.session().info
    wakes = [info.pop(reason, False) for reason in (HAS_TOLD, HAS_ASKED)]
    if any(wakes) and "ring" in current_app.extensions:
        current_app.extensions["ring"]()


def press(act: Callable[[Doing], object], thanks: str, form: KeyedForm | None = None) -> bool:
    """Do what a button asks for and flash `thanks`, or the refusal; return whether it was done.

    The token of the form was checked before the view was called, so there is nothing to validate.
    """
    with committing() as outcome:
        act(doing(form or ButtonForm()))
    if outcome.is_done and thanks:
        flash(thanks)
    return outcome.is_done
