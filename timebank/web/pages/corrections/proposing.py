"""Proposing a correction: what is typed, a page to check it, and then it waits for a second person."""

from collections.abc import Sequence
from typing import Any

from flask import g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.audit.access import get_visible_entry
from timebank.bookkeeping.audit_queries import EntryRow
from timebank.bookkeeping.queries import list_reversed_lines
from timebank.corrections import actions, rules
from timebank.corrections.actions import Adjustment
from timebank.corrections.errors import NoLinesChosenError, SameAccountsError
from timebank.errors import FutureDayError
from timebank.ledger.entries import EntryKind, Line
from timebank.ledger.errors import NotMinutesError
from timebank.references import Subject, code_of
from timebank.spelling import isolated
from timebank.web.access import allows, coordinators, doing
from timebank.web.accounts import MovedAccounts, find_moved_accounts
from timebank.web.book_words import kind_words
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.filters import hours_in_words
from timebank.web.pages.corrections import blueprint
from timebank.web.pages.corrections.choosing import choose
from timebank.web.pages.corrections.forms import AdjustmentForm, LinesForm

#: What a page that was checked sends, and one where something is to be changed.
CHECKED, AGAIN = "yes", "again"


@blueprint.route("/audit/adjustment", methods=["GET", "POST"])
@allows(coordinators)
def adjustment() -> str | Response:
    """Propose an adjustment; its check page comes before it is submitted."""
    form = AdjustmentForm()
    checked, form.checked.data = form.checked.data, ""
    typed = _read_adjustment(form)
    if typed is not None and checked != AGAIN:
        fields = {SameAccountsError: form.target_words, FutureDayError: form.day, NotMinutesError: form.how_long}
        with committing(form, fields) as outcome:
            actions.check_adjustment(g.bank, typed, doing())
            code = actions.propose_adjustment(db.session(), g.bank, typed, doing(form)) if checked == CHECKED else None
        if outcome.is_done:
            if code is None:
                return _check_adjustment(form, typed)
            return redirect(url_for("corrections.correction", code=code), 303)
    return render_template("corrections/adjustment.html", form=form)


def _read_adjustment(form: AdjustmentForm) -> Adjustment | None:
    """Return what was typed; None where the form has errors."""
    is_valid = form.validate_on_submit()
    if not form.is_submitted():
        form.source.choices = form.target.choices = _pot_alone()
        return None
    source, target = choose(form.source, form.source_words), choose(form.target, form.target_words)
    if not is_valid or source is None or target is None or form.day.day is None:
        return None
    return Adjustment(source, target, form.how_long.minutes or 0, form.day.day, form.reason.data or "")


def _pot_alone() -> list[Any]:
    return [("pot", _("The community pot"))]


def _check_adjustment(form: AdjustmentForm, typed: Adjustment) -> str:
    lines = [Line(typed.from_account, typed.to_account, typed.minutes)]
    accounts = find_moved_accounts(lines)
    return render_template(
        "corrections/adjustment_check.html",
        form=form,
        said=typed,
        source=accounts.names[typed.from_account],
        target=accounts.names[typed.to_account],
        changes=accounts.changes(lines),
        too_low=accounts.too_low(lines),
        checked=CHECKED,
        again=AGAIN,
    )


@blueprint.route("/entries/<word:word>/<entry:code>/reversal", methods=["GET", "POST"])
@allows(coordinators)
def reversal(word: str, code: str) -> str | Response:
    """Propose to reverse lines of an entry; its check page comes before it is submitted."""
    entry = get_visible_entry(db.session(), g.actor, word, code)
    back = url_for("audit.entry", word=word, code=code)
    if rules.has_own_way(EntryKind(entry.kind), entry.deed):
        return redirect(url_for("reversals.propose", code=code_of(Subject.EXCHANGE, entry.deed)))
    form = LinesForm()
    checked, form.checked.data = form.checked.data, ""
    accounts = _offer_lines(form, entry)
    if not form.lines.choices:
        return redirect(back)
    if form.validate_on_submit() and checked != AGAIN:
        chosen = _chosen_lines(form, entry)
        if chosen and checked != CHECKED:
            return _check_reversal(form, entry, chosen, accounts, back)
        numbers, reason = [line.mirrors or 0 for line in chosen], form.reason.data or ""
        with committing(form, {NoLinesChosenError: form.lines}) as outcome:
            made = actions.propose_reversal(db.session(), g.bank, entry.id, numbers, doing(form), reason=reason)
        if outcome.is_done:
            return redirect(url_for("corrections.correction", code=made), 303)
    return render_template("corrections/reversal.html", form=form, entry=entry, back=back, kind_words=kind_words)


def _lines_left(entry: EntryRow) -> Sequence[tuple[int, Line]]:
    """Return (number, line) of the lines that can still be reversed; none of an entry that is a reversal itself."""
    if entry.reverses is not None:
        return []
    gone = list_reversed_lines(db.session(), g.bank.id, entry.id)
    numbered = enumerate((Line(*line[:3]) for line in entry.lines), start=1)
    return [(number, line) for number, line in numbered if number not in gone]


def _offer_lines(form: LinesForm, entry: EntryRow) -> MovedAccounts:
    """Set the lines to choose from; where there is one alone, it is ticked."""
    left = _lines_left(entry)
    accounts = find_moved_accounts([line for _number, line in left])
    form.lines.choices = [(number, _line_words(line, accounts)) for number, line in left]
    if not form.is_submitted() and len(left) == 1:
        form.lines.data = [left[0][0]]
    return accounts


def _line_words(line: Line, accounts: MovedAccounts) -> str:
    """Return a line in words: 'Grace to Ada, 1 hour'."""
    source, target = accounts.names[line.from_account], accounts.names[line.to_account]
    return str(
        _(
            "%(source)s to %(target)s, %(hours)s",
            source=isolated(source),
            target=isolated(target),
            hours=hours_in_words(line.minutes),
        )
    )


def _chosen_lines(form: LinesForm, entry: EntryRow) -> list[Line]:
    """Return the lines that would be written, the last one first; empty where none was chosen."""
    numbers = set(form.lines.data or [])
    return [line.mirrored(number) for number, line in reversed(_lines_left(entry)) if number in numbers]


def _check_reversal(
    form: LinesForm, entry: EntryRow, chosen: Sequence[Line], accounts: MovedAccounts, back: str
) -> str:
    return render_template(
        "corrections/reversal_check.html",
        form=form,
        entry=entry,
        lines=[_line_words(line, accounts) for line in chosen],
        numbers=[line.mirrors for line in chosen],
        changes=accounts.changes(chosen),
        back=back,
        kind_words=kind_words,
        checked=CHECKED,
        again=AGAIN,
    )
