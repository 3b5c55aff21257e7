"""`timebank take-mail`, as the mail server's pipe meets it: what it reads, and how it ends."""

import os
import subprocess
import sys

import pytest
from sqlalchemy import select, update

from tests.cli.conftest import Installation
from tests.notices.returned_messages import block, bounce, postfix, written
from timebank import clock
from timebank.banks.queries import find_bank
from timebank.cli.installation import writing
from timebank.cli.taking_mail import TRY_AGAIN
from timebank.members.models import Membership
from timebank.notices.kinds import Topic
from timebank.notices.models import Delivery, DeliveryState
from timebank.notices.outbox import put_into_delivery
from timebank.notices.rules import Way
from timebank.worker.returned import return_path_of

MARY = "mary@example.org"
STATE = "SELECT state, failure FROM delivery"


@pytest.fixture(autouse=True)
def _no_recipient(monkeypatch):
    for name in ("RECIPIENT", "ORIGINAL_RECIPIENT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def receiving(opened: Installation) -> Installation:
    """With a bank, and the setting TIMEBANK_BOUNCES_TO."""
    opened.environment["TIMEBANK_BOUNCES_TO"] = "bounces@hours.example.org"
    return opened


@pytest.fixture
def address(receiving):
    """The return path of an e-mail to Mary that was sent just now."""
    settings, now = receiving.settings, clock.now()
    with writing(settings) as session:
        bank_id = find_bank(session, "angus").id
        mary_id = session.scalar(select(Membership.id).where(Membership.is_holder.is_(False)))
        delivery_id = put_into_delivery(session, bank_id, mary_id, Topic.ABOUT_YOU, Way.EMAIL, [], now=now)
        session.execute(update(Delivery).values(state=DeliveryState.SENT, ended_at=now))
    return return_path_of(settings).make(bank_id, delivery_id, MARY)


def test_a_bounce_is_taken(receiving, address):
    result = receiving.timebank("take-mail", typed=postfix(address, MARY).decode())
    assert (result.exit_code, result.output) == (0, "")
    assert receiving.rows(STATE) == [("failed", "no_such_mailbox")]
    assert receiving.rows("SELECT kind FROM task") == [("email_fails",)]


@pytest.mark.parametrize("name", ["RECIPIENT", "ORIGINAL_RECIPIENT"])
def test_the_mail_server_tells_the_recipient_in_the_environment(receiving, address, name):
    receiving.environment[name] = address.upper()
    result = receiving.timebank("take-mail", typed=bounce("undisclosed-recipients:;", block(MARY)).decode())
    assert result.exit_code == 0
    assert receiving.rows(STATE) == [("failed", "no_such_mailbox")]


def test_what_means_nothing_is_taken_too(receiving, address):
    for content in (b"", written(address), written("bounces@hours.example.org"), b"\x00" * 2_000_000):
        assert receiving.timebank("take-mail", typed=content.decode()).exit_code == 0
    assert receiving.rows(STATE) == [("sent", None)]


@pytest.mark.parametrize("recipient", ["", "x" * 100_000, "\x01\n--recipient", "a\udcff@example.org", "--help"])
def test_no_recipient_is_refused_so_that_nothing_is_sent_back_to_the_sender(receiving, address, recipient):
    receiving.environment["RECIPIENT"] = recipient
    result = receiving.timebank("take-mail", typed=postfix(address, MARY).decode())
    assert (result.exit_code, result.output) == (0, "")
    assert receiving.rows(STATE) == [("failed", "no_such_mailbox")]


def test_without_the_setting_the_mail_server_keeps_it(receiving, address):
    del receiving.environment["TIMEBANK_BOUNCES_TO"]
    result = receiving.timebank("take-mail", typed=postfix(address, MARY).decode())
    assert (result.exit_code, result.output) == (TRY_AGAIN, "Not taken: TIMEBANK_BOUNCES_TO is not set\n")


def test_while_the_database_is_away_the_mail_server_keeps_it(receiving, address, monkeypatch):
    away = {
        "sqlite": f"sqlite:///{receiving.folder / 'none' / 'x.db'}",
        "postgresql": "postgresql://x:y@127.0.0.1:1/x",
    }
    before = dict(receiving.environment)
    receiving.environment["TIMEBANK_DATABASE_URL"] = away[receiving.name]
    result = receiving.timebank("take-mail", typed=postfix(address, MARY).decode())
    assert result.exit_code == TRY_AGAIN
    assert "OperationalError" in result.output
    assert "@" not in result.output
    receiving.environment.clear()
    receiving.environment.update(before)
    assert receiving.rows(STATE) == [("sent", None)]
    assert receiving.timebank("take-mail", typed=postfix(address, MARY).decode()).exit_code == 0


def test_before_anything_is_set_up_the_mail_server_keeps_it(embedded):
    result = embedded.timebank("take-mail", typed="")
    assert result.exit_code == TRY_AGAIN
    assert "run 'timebank init' first" in result.output


def test_a_process_of_its_own_reads_all_that_is_piped_to_it(receiving, address):
    content = postfix(address, MARY) + b"\xff" * 3_000_000
    program = [sys.executable, "-c", "from timebank.cli import main; main()", "take-mail"]
    done = subprocess.run(
        program, input=content, env={**os.environ, **receiving.environment}, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert receiving.rows(STATE) == [("failed", "no_such_mailbox")]


@pytest.mark.parametrize(
    "value", ["bounces", "@example.org", "a+b@example.org", "eighteen-letters-x@example.org", "a b@example.org", "a@-x"]
)
def test_an_address_to_which_nothing_comes_back_is_refused(receiving, value):
    receiving.environment["TIMEBANK_BOUNCES_TO"] = value
    result = receiving.timebank("worker", "--once")
    assert result.exit_code == 1
    assert f"TIMEBANK_BOUNCES_TO is {value!r}" in result.output


def test_a_mailbox_of_another_kind_is_refused_without_its_password(receiving):
    receiving.environment["TIMEBANK_BOUNCES"] = "pop3://office:secret@mail.example.org"
    result = receiving.timebank("worker", "--once")
    assert result.exit_code == 1
    assert "TIMEBANK_BOUNCES has to begin with one of imaps, imap" in result.output
    assert "secret" not in result.output
