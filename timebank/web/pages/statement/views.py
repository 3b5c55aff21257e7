"""My hours: the statement, on the screen, on paper and as a spreadsheet."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Response, g, render_template, request, url_for

from timebank import clock
from timebank.actors import Actor, may_audit
from timebank.audit.rules import address_of
from timebank.bookkeeping.queries import (
    StatementFilter,
    first_and_last_recording,
    get_account,
    list_statement,
    list_whole_statement,
)
from timebank.exchanges.queries import list_open
from timebank.holders.queries import list_names
from timebank.members.access import get_permitted, may_read_hours
from timebank.web.access import allows, keepers, readers_of_own_hours
from timebank.web.asked import asked_number
from timebank.web.extensions import db
from timebank.web.pages.statement import blueprint
from timebank.web.pages.statement.spreadsheet import sheet_rows
from timebank.web.spreadsheet import send

SHOWS = ("everything", "given", "received")


@blueprint.get("/hours")
@allows(readers_of_own_hours)
def my_hours() -> str:
    """One's own statement."""
    return _page(g.actor, url_for("statement.my_hours"), url_for("statement.my_hours_csv"))


@blueprint.get("/hours.csv")
@allows(readers_of_own_hours)
def my_hours_csv() -> Response:
    """One's own statement as a spreadsheet."""
    return _spreadsheet(g.actor)


@blueprint.get("/members/<code:code>/hours")
@allows(keepers)
def hours_of_member(code: str) -> str:
    """A member's statement, for those who look after the bank."""
    member = _member(code)
    return _page(
        member, url_for("statement.hours_of_member", code=code), url_for("statement.hours_of_member_csv", code=code)
    )


@blueprint.get("/members/<code:code>/hours.csv")
@allows(keepers)
def hours_of_member_csv(code: str) -> Response:
    """A member's statement as a spreadsheet."""
    return _spreadsheet(_member(code))


def _member(code: str) -> Actor:
    return get_permitted(db.session(), g.actor, code, may_read_hours)


def _page(member: Actor, url: str, csv_url: str) -> str:
    session, bank_id = db.session(), g.bank.id
    statement_filter, month = _read_filter()
    below = asked_number("below")
    page = list_statement(session, bank_id, member.account_id, statement_filter, below=below)
    waiting = [row for row in list_open(session, bank_id, member.account_id) if row.waits]
    others = [row.other_account for row in page.rows]
    others += [row.giver_account_id for row in waiting] + [row.receiver_account_id for row in waiting]
    span = first_and_last_recording(session, bank_id, member.account_id)
    query = {"shows": statement_filter.shows, "month": f"{month:%Y-%m}" if month else ""}
    return render_template(
        "statement/statement.html",
        member=member,
        account=get_account(session, bank_id, member.account_id),
        page=page,
        waiting=waiting if below is None else [],
        names=list_names(session, bank_id, others),
        months=_months(span),
        month=month,
        wanted=statement_filter,
        url=url,
        csv_url=csv_url,
        query=query,
        entry_address=address_of if may_audit(g.actor) else None,
    )


def _spreadsheet(member: Actor) -> Response:
    statement_filter, _month = _read_filter()
    rows = list_whole_statement(db.session(), g.bank.id, member.account_id, statement_filter)
    names = list_names(db.session(), g.bank.id, [row.other_account for row in rows])
    return send(f"hours-{member.number}.csv", sheet_rows(rows, names))


def _read_filter() -> tuple[StatementFilter, date | None]:
    """Parse the filter in the URL; invalid values are ignored."""
    shows = request.args.get("shows", "everything")
    month = _read_month(request.args.get("month", ""))
    zone = ZoneInfo(g.bank.time_zone)
    starts = datetime(month.year, month.month, 1, tzinfo=zone) if month else None
    following = (month + timedelta(days=31)).replace(day=1) if month else None
    ends = datetime(following.year, following.month, 1, tzinfo=zone) if following else None
    return StatementFilter(shows if shows in SHOWS else "everything", starts, ends), month


def _read_month(text: str) -> date | None:
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return month if 2000 <= month.year <= 2100 else None  # noqa: PLR2004 (years that a bank can have seen)


def _months(span: tuple[datetime, datetime] | None) -> list[date]:
    """Return the months from the newest posting back to the first, at most ten years."""
    if span is None:
        return []
    first, newest = (clock.local_day(at, g.bank.time_zone).replace(day=1) for at in span)
    months: list[date] = []
    while newest >= first and len(months) < 120:  # noqa: PLR2004 (ten years)
        months.append(newest)
        newest = (newest - timedelta(days=1)).replace(day=1)
    return months
