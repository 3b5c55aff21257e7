"""A short attack holds on the site as it is, and notices what is planted; `make attack` makes a long one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Thread

import pytest
from flask import Flask, g, redirect, request, url_for
from sqlalchemy import text, update
from werkzeug.serving import make_server

from tests.attack.approvals import find_wrong_approvals
from tests.attack.attacking import Attack
from tests.attack.findings import Kind
from tests.attack.rounds import attack_once, check_after, endpoints_reached
from tests.attack.town import STRATHMORE, attackers_at
from tests.faults.killing import Reading
from timebank import clock
from timebank.app import create_app
from timebank.approvals.models import RoleChange
from timebank.db import make_engine
from timebank.web.access import allows, keepers
from timebank.web.extensions import db

REQUESTS = 300
#: Who attacks has come upon everything that is planted long before.
MOST_REQUESTS = 1_500
SEED = "test"
#: Roles of the first bank, and somebody of the other one.
FEW = (("member", "glen-isla"), ("coordinator", "glen-isla"), ("broker", "strathmore"))


@contextmanager
def serving(app: Flask) -> Iterator[int]:
    """Serve an app in this process; yield its port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()
            app.extensions["alone_engine"].dispose()


def plant(app: Flask, endpoint: str, change: Callable[[object], object]) -> None:
    """Have a view answer what `change` makes of its answer."""
    view = app.view_functions[endpoint]

    @wraps(view)
    def changed(**arguments: object) -> object:
        return change(view(**arguments))

    app.view_functions[endpoint] = changed


def break_on_an_argument(answer):
    if request.args:
        raise ZeroDivisionError
    return answer


def show_as_it_was_typed(answer):
    return f"{answer}<p>{' '.join(request.args.values())}</p>"


def show_a_row_of_the_other_bank(answer):
    return f"{answer}<p>Heron {STRATHMORE.name}</p>"


def test_a_short_attack_finds_nothing(town, tmp_path):
    report = attack_once(town, tmp_path, SEED, REQUESTS)
    assert [str(finding) for finding in report.findings.values()] == []
    assert report.requests >= REQUESTS
    assert not report.signed_out
    assert len(endpoints_reached(tmp_path / "site.log")) > 25


@pytest.fixture
def planted(town):
    """Some who attack the site with three faults."""
    app = create_app(town)
    for asked in (
        "home.home",
        "seals.seals",
        "statement.my_hours",
        "areas.areas",
        "exchanges.exchange",
        "rules.settings",
    ):
        plant(app, asked, break_on_an_argument)
    for searched in ("listings.listings", "exchanges.exchanges", "members.members"):
        plant(app, searched, show_as_it_was_typed)
    plant(app, "rules.rules", show_a_row_of_the_other_bank)
    with serving(app) as port:
        yield [attacker for attacker in attackers_at(town, port) if (attacker.role, attacker.bank) in FEW]


# Werkzeug leaves the temporary file of a part that is cut off to be collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_attack_notices_a_broken_page_a_marker_and_a_row_of_others(planted):
    attack, kinds = Attack(planted, SEED), {Kind.BROKEN, Kind.MARKUP, Kind.UNSEEN}
    report = attack.run(100)
    while report.kinds != kinds and report.requests < MOST_REQUESTS:
        attack.run(report.requests + 50)
    assert report.kinds == kinds
    reproduced = "\n".join(str(finding) for finding in report.findings.values())
    assert "GET /glen-isla/rules" in reproduced
    assert f"at {SEED}/" in reproduced


@allows(keepers)
def approve_whoever_asks(code):
    """Approve a role as a site would that does not ask on whom its keepers depend."""
    others = (RoleChange.bank_id == g.bank.id, RoleChange.proposed_by != g.actor.membership_id)
    waiting = update(RoleChange).where(RoleChange.code == code, RoleChange.closed_at.is_(None), *others)
    db.session.execute(waiting.values(approved_by=g.actor.membership_id, closed_at=clock.now()))
    db.session.commit()
    return redirect(url_for("approvals.role_change", code=code), 303)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_attack_notices_an_approval_by_who_depends_on_the_proposer(town):
    app = create_app(town)
    app.view_functions["approvals.approve"] = approve_whoever_asks
    few = {("trustee", "glen-isla"), ("dependent trustee", "glen-isla")}
    with serving(app) as port:
        attackers = [attacker for attacker in attackers_at(town, port) if (attacker.role, attacker.bank) in few]
        attack = Attack(attackers, SEED)
        while not _wrong_approvals(town) and attack.report.requests < MOST_REQUESTS:
            attack.run(attack.report.requests + 50)
    assert Kind.APPROVED in {finding.kind for finding in check_after(town, SEED)}


def _wrong_approvals(town):
    with Reading(town) as session:
        return find_wrong_approvals(session)


def test_the_books_are_checked_after_an_attack(town):
    assert check_after(town, SEED) == []
    engine = make_engine(town.database_url)
    with engine.begin() as connection:
        guards = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        for guard in guards:
            connection.execute(text(f"DROP TRIGGER {guard}"))
        connection.execute(text("UPDATE account SET balance = balance + 1 WHERE balance > 0"))
    engine.dispose()
    assert {finding.kind for finding in check_after(town, SEED)} == {Kind.BOOKS}
