"""The lists behind the figures: accounts, overrides, reversals, one broker for both sides, and the pot."""

from collections.abc import Iterator

from flask import Response, g, render_template, request
from flask_babel import gettext as _

from timebank.actors import may_broker
from timebank.audit.accounts import AccountsPage, Which, list_accounts
from timebank.audit.lists import (
    SpokenForRow,
    list_acted_steps,
    list_not_signed_in,
    list_one_broker,
    list_overrides,
    list_reversals,
)
from timebank.audit.rules import address_of
from timebank.audit.stories import list_people
from timebank.bookkeeping.audit_queries import beyond_since
from timebank.bookkeeping.queries import StatementFilter, find_account_of_kind, get_account, list_statement
from timebank.clock import local_day
from timebank.holders.queries import list_names
from timebank.ledger.accounts import AccountKind
from timebank.members.queries import list_membership_names
from timebank.rows import Page
from timebank.web.access import allows, auditors
from timebank.web.asked import asked_number
from timebank.web.book_words import account_words, kind_words
from timebank.web.extensions import db
from timebank.web.filters import hours_short, today
from timebank.web.pages.audit import blueprint
from timebank.web.pages.audit.deed_words import step_words
from timebank.web.pages.audit.wanted import asked_one_of
from timebank.web.spreadsheet import send_in_turn

_SHEET_PAGE = 1_000
_MOST_PAGES = 1_000_000
#: Lists of accounts that share an address.
SHOWN = (Which.ALL, Which.ABOVE, Which.BELOW, Which.ACTIVE)


@blueprint.get("/audit/balances")
@allows(auditors)
def balances() -> str:
    """Every account of the bank, or those above or below zero, or of active members."""
    return _accounts(Which(asked_one_of("which", SHOWN)))


@blueprint.get("/audit/balances.csv")
@allows(auditors)
def balances_csv() -> Response:
    """The same accounts as a spreadsheet."""
    return _sheet(Which(asked_one_of("which", SHOWN)))


@blueprint.get("/audit/beyond-limits")
@allows(auditors)
def beyond_limits() -> str:
    """Accounts beyond the soft limits: with how many hours, and since when."""
    return _accounts(Which.BEYOND)


@blueprint.get("/audit/beyond-limits.csv")
@allows(auditors)
def beyond_limits_csv() -> Response:
    """The same accounts as a spreadsheet."""
    return _sheet(Which.BEYOND)


@blueprint.get("/audit/left-with-hours")
@allows(auditors)
def left_with_hours() -> str:
    """People who left while there were hours on their account."""
    return _accounts(Which.LEFT)


def _accounts(which: Which) -> str:
    page = list_accounts(db.session(), g.bank, which, page=_asked_page())
    return render_template(
        "audit/balances.html",
        which=which,
        page=page,
        since=_since(page) if which is Which.BEYOND else {},
        shown=SHOWN,
        account_words=account_words,
        endpoint=request.endpoint,
        has_sheet=which is not Which.LEFT,
        settles=which is Which.LEFT and may_broker(g.actor),
    )


def _asked_page() -> int:
    return min(asked_number("page") or 1, _MOST_PAGES)


def _since(page: AccountsPage) -> dict[int, object]:
    ids = [row.id for row in page.rows]
    return dict(beyond_since(db.session(), g.bank.id, ids, low=g.bank.soft_low, high=g.bank.soft_high))


def _sheet(which: Which) -> Response:
    return send_in_turn(f"{which}-{g.bank.slug}.csv", _cells(which))


def _cells(which: Which) -> Iterator[tuple[str | int | None, ...]]:
    yield _("Number"), _("Name"), _("Balance in minutes"), _("Balance"), _("Since")
    number, more = 1, True
    while more:
        page = list_accounts(db.session(), g.bank, which, page=number, size=_SHEET_PAGE)
        since = _since(page) if which is Which.BEYOND else {}
        for row in page.rows:
            at = since.get(row.id)
            day = local_day(at, g.bank.time_zone).isoformat() if at else ""  # type: ignore[arg-type]
            hours = hours_short(row.balance).replace("\u00a0", " ")
            yield row.number, row.name or account_words(row.kind), row.balance, hours, day
        number, more = number + 1, page.has_next


@blueprint.get("/audit/overrides")
@allows(auditors)
def overrides() -> str:
    """Lower limits for a time: whose, who allowed it, why and until when."""
    page = list_overrides(db.session(), g.bank, page=_asked_page())
    people = list_membership_names(db.session(), g.bank.id, [row.recorded_by for row in page.rows])
    return render_template("audit/overrides.html", page=page, people=people, today=today(), account_words=account_words)


@blueprint.get("/audit/reversals")
@allows(auditors)
def reversals() -> str:
    """Reversals that wait or were answered: who proposed, agreed and approved, and why."""
    shows = asked_one_of("shows", ("waiting", "answered"))
    page = list_reversals(db.session(), g.bank.id, waits=shows == "waiting", below=asked_number("below"))
    doers = {doer for row in page.rows for doer in (row.proposed_by, row.approved_by, row.refused_by)}
    sides = {side for row in page.rows for side in (row.giver_account_id, row.receiver_account_id)}
    people = list_people(db.session(), g.bank.id, doers, sides)
    return render_template("audit/reversals.html", shows=shows, page=page, people=people)


@blueprint.get("/audit/one-broker")
@allows(auditors)
def one_broker() -> str:
    """Exchanges in which one broker acted for both sides, with the evidence for each."""
    page = list_one_broker(db.session(), g.bank.id, below=asked_number("below"))
    intro = _("A broker may speak for both, with something to show for each side.")
    return _spoken_for(page, _("One broker for both sides"), intro)


@blueprint.get("/audit/not-signed-in")
@allows(auditors)
def not_signed_in() -> str:
    """Exchanges that time or a text message answered."""
    page = list_not_signed_in(db.session(), g.bank.id, below=asked_number("below"))
    intro = _("Here nobody was signed in to say so: time spoke after two reminders, or a member by text message.")
    return _spoken_for(page, _("Answered by time or by text"), intro)


def _spoken_for(page: Page[SpokenForRow], title: str, intro: str) -> str:
    steps = list_acted_steps(db.session(), g.bank.id, [row.id for row in page.rows])
    doers: set[int | None] = {doer for step in steps for doer in (step.done_by, step.on_behalf_of)}
    sides = {side for row in page.rows for side in (row.giver_account_id, row.receiver_account_id)}
    return render_template(
        "audit/spoken_for.html",
        title=title,
        intro=intro,
        endpoint=request.endpoint,
        page=page,
        steps=steps,
        people=list_people(db.session(), g.bank.id, doers, sides),
        step_words=step_words,
    )


@blueprint.get("/audit/pot")
@allows(auditors)
def pot() -> str:
    """Every line of the community pot, with the balance after it."""
    return _account(AccountKind.POT)


@blueprint.get("/audit/leavers")
@allows(auditors)
def leavers() -> str:
    """What the bank took over of those who left below zero: every line, with its reason and the balance after it."""
    return _account(AccountKind.LEAVERS)


def _account(kind: AccountKind) -> str:
    """Render an account of the bank itself; one that is not open yet has no lines."""
    session, bank_id = db.session(), g.bank.id
    account_id = find_account_of_kind(session, bank_id, kind)
    below = asked_number("below")
    page = list_statement(session, bank_id, account_id or 0, StatementFilter(), below=below)
    return render_template(
        f"audit/{kind}.html",
        balance=get_account(session, bank_id, account_id).balance if account_id else 0,
        page=page,
        names=list_names(session, bank_id, [row.other_account for row in page.rows]),
        address_of=address_of,
        kind_words=kind_words,
        endpoint=request.endpoint,
    )
