"""Act, commit, refuse: what a view gets from `committing`, whatever comes of its block."""

from collections.abc import Iterator

import pytest
from flask import Flask, g, get_flashed_messages
from wtforms import StringField

from tests.people import Village
from timebank.banks.models import Bank
from timebank.errors import NotAllowedError, ReasonMissingError
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.forms import KeyedForm
from timebank.web.sentences import say


class SampleForm(KeyedForm):
    """A form with two fields."""

    name = StringField("Name")
    reason = StringField("Reason")


@pytest.fixture
def form(app: Flask, village: Village) -> Iterator[SampleForm]:
    with app.test_request_context("/angus/", method="POST"):
        g.bank = db.session.get_one(Bank, village.angus.id)
        yield SampleForm(meta={"csrf": False})


def _rename(bank: Bank) -> None:
    bank.name = "Glen Clova"
    db.session.flush()


def _stored_name() -> str:
    db.session.rollback()
    return db.session.get_one(Bank, g.bank.id).name


def test_what_the_block_does_is_committed_once_it_ends(form):
    with committing(form) as outcome:
        _rename(g.bank)
    assert (outcome.is_done, outcome.refusal) == (True, None)
    assert _stored_name() == "Glen Clova"


def test_a_refusal_rolls_back_all_of_the_block(form):
    name = g.bank.name
    with committing(form) as outcome:
        _rename(g.bank)
        raise NotAllowedError
    assert not outcome.is_done
    assert isinstance(outcome.refusal, NotAllowedError)
    assert _stored_name() == name


@pytest.mark.parametrize(
    ("error", "at"),
    [(NotAllowedError(), None), (ReasonMissingError(), "reason")],
)
def test_a_refusal_goes_to_the_field_of_its_class_or_to_the_form(form, error, at):
    with committing(form, {ReasonMissingError: form.reason}):
        raise error
    assert form.form_errors == ([] if at else [say(error)])
    assert list(form.reason.errors) == ([say(error)] if at else [])
    assert get_flashed_messages() == []


def test_a_refusal_goes_to_the_one_field_that_a_view_names(form):
    with committing(form, form.name):
        raise NotAllowedError
    assert list(form.name.errors) == [say(NotAllowedError())]


def test_without_a_form_a_refusal_is_flashed(form):
    with committing():
        raise NotAllowedError
    assert get_flashed_messages() == [say(NotAllowedError())]
    assert form.form_errors == []


def test_another_error_passes_through_so_that_the_view_can_be_retried(form):
    with pytest.raises(RuntimeError), committing(form):
        raise RuntimeError
    assert form.form_errors == []
