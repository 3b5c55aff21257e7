"""The mail server as the worker meets it: a real one, with TLS and without, that lets us in or not."""

import socket
import threading
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest

from tests.name_server import Trouble
from tests.worker.server import MailServer
from timebank import clock
from timebank.doctor.mail_server import examine_reverse_names, examine_server
from timebank.doctor.rules import Condition
from timebank.worker.transports import SmtpTransport

WELL, WARNING, WRONG, NOT_CHECKED = Condition.WELL, Condition.WARNING, Condition.WRONG, Condition.NOT_CHECKED
SENDER = "no-reply@hours.example.org"
PASSWORD = "the%20password"


def examine(url, authority, seconds=5.0):
    context = authority.trusting()
    rows = list(examine_server(SmtpTransport(url), SENDER, clock.now(), context=context, seconds=seconds))
    assert not [row for row in rows if "password!" in row.words or "the password" in row.words]
    return {row.subject: row for row in rows}


def conditions(rows):
    return {subject: row.condition for subject, row in rows.items()}


@pytest.fixture
def starttls(authority):
    with MailServer(starttls=authority.server("localhost", left=timedelta(days=90)), password="the password") as server:
        yield server


def test_a_server_with_starttls_lets_us_in(authority, starttls):
    rows = examine(f"smtp://ada:{PASSWORD}@localhost:{starttls.port}", authority)
    assert conditions(rows) == {
        f"mail server localhost:{starttls.port}": WELL,
        "certificate of localhost": WELL,
        "sign-in": WELL,
        "sending": WELL,
    }
    assert "89 days (TLSv1" in rows["certificate of localhost"].words
    assert starttls.taken == []


def test_a_wrong_password_is_wrong_and_is_not_repeated(authority, starttls):
    rows = examine(f"smtp://ada:password!@localhost:{starttls.port}", authority)
    assert rows["sign-in"].condition is WRONG
    assert "code 535" in rows["sign-in"].words
    assert "sending" not in rows


def test_a_password_beyond_ascii_is_a_sentence(authority, starttls):
    assert examine(f"smtp://ada:p%C3%A4ss@localhost:{starttls.port}", authority)["sign-in"].condition is WRONG


def test_a_server_over_tls_is_well(authority):
    with MailServer(over_tls=authority.server("localhost", left=timedelta(days=90))) as server:
        rows = examine(f"smtps://localhost:{server.port}", authority)
    assert set(conditions(rows).values()) == {WELL}
    assert "sending" in rows


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize(
    ("names", "left", "word"),
    [
        (("localhost",), timedelta(days=-1), "expired"),
        (("other.example",), timedelta(days=90), "not valid for 'localhost'"),
    ],
)
def test_a_certificate_that_is_not_valid_is_wrong(authority, scheme, names, left, word):
    context = authority.server(*names, left=left)
    how = {"starttls": context} if scheme == "smtp" else {"over_tls": context}
    with MailServer(**how) as server:
        rows = examine(f"{scheme}://localhost:{server.port}", authority)
    assert rows["certificate of localhost"].condition is WRONG
    assert word in rows["certificate of localhost"].words
    assert "sending" not in rows


def test_a_certificate_of_an_authority_that_nobody_knows_is_wrong(authority, starttls):
    rows = list(examine_server(SmtpTransport(f"smtp://localhost:{starttls.port}"), SENDER, clock.now(), seconds=5.0))
    assert rows[-1].condition is WRONG
    assert "certificate" in rows[-1].words


def test_a_certificate_that_ends_soon_is_warned_of(authority):
    with MailServer(starttls=authority.server("localhost", left=timedelta(days=13, hours=1))) as server:
        rows = examine(f"smtp://localhost:{server.port}", authority)
    assert rows["certificate of localhost"].condition is WARNING
    assert "13 days" in rows["certificate of localhost"].words


def test_without_tls_no_password_is_sent_to_another_machine(authority):
    """An address of this machine that is none of its two names stands for another machine."""
    with MailServer(password="the password", auth_require_tls=False) as server:
        heard = []
        server.on_sender = lambda address: heard.append(address) or "250 OK"
        rows = examine(f"smtp://ada:{PASSWORD}@127.1:{server.port}", authority)
    assert conditions(rows) == {f"mail server 127.1:{server.port}": WELL, "TLS": WRONG, "sign-in": NOT_CHECKED}
    assert heard == []


def test_without_tls_a_server_on_this_machine_is_well(authority):
    with MailServer() as server:
        rows = examine(f"smtp://127.0.0.1:{server.port}", authority)
    assert set(conditions(rows).values()) == {WELL}
    assert set(rows) == {f"mail server 127.0.0.1:{server.port}", "TLS", "sending"}


def test_a_server_that_knows_no_sign_in_says_so(authority):
    with MailServer() as server:
        rows = examine(f"smtp://ada:{PASSWORD}@127.0.0.1:{server.port}", authority)
    assert rows["sign-in"].condition is WRONG
    assert "lets nobody sign in" in rows["sign-in"].words


def test_a_sender_that_is_refused_is_wrong_and_the_servers_words_are_not_repeated(authority):
    with MailServer() as server:
        server.on_sender = lambda _address: "550 5.7.1 password! \x1b[31m"
        rows = examine(f"smtp://127.0.0.1:{server.port}", authority)
    assert rows["sending"].condition is WRONG
    assert "code 550" in rows["sending"].words
    assert SENDER in rows["sending"].words


@contextmanager
def strange_server(*says, closes=True):
    """What accepts one connection, says this, and hangs up or falls silent."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def talk():
            line, _address = door.accept()
            with line:
                for words in says:
                    line.sendall(words)
                if not closes:
                    line.settimeout(5)
                    with suppress(OSError):
                        while line.recv(1_024):
                            pass

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        yield door.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(
    ("says", "closes", "word"),
    [
        ([], True, "broke off"),
        ([b"hello\r\n"], True, "code -1"),
        ([b"554 5.7.1 \x1b[31m not you\r\n"], True, "code 554"),
        ([b"x" * 100_000], True, "."),
        ([], False, "did not answer within 0.3 seconds"),
    ],
)
def test_a_server_that_speaks_no_smtp_is_a_sentence(authority, says, closes, word):
    with strange_server(*says, closes=closes) as port:
        (row,) = examine(f"smtp://127.0.0.1:{port}", authority, seconds=5.0 if closes else 0.3).values()
    assert row.condition is WRONG
    assert word in row.words
    assert row.words.isprintable()


def test_tls_where_the_server_speaks_plainly_names_the_other_setting(authority):
    with strange_server(b"220 plain\r\n", closes=False) as port:
        (row,) = examine(f"smtps://127.0.0.1:{port}", authority, seconds=5.0).values()
    assert row.condition is WRONG
    assert "smtp:// and port 587" in row.words


def test_nobody_listens(authority):
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        (row,) = examine(f"smtp://127.0.0.1:{door.getsockname()[1]}", authority).values()
    assert row.condition is WRONG
    assert "nothing listens there" in row.words


@pytest.mark.parametrize("host", ["nowhere.invalid", "x" * 64 + ".invalid"])
def test_a_name_that_does_not_exist(authority, host):
    (row,) = examine(f"smtp://{host}:25", authority).values()
    assert row.condition is WRONG
    assert "does not find the name" in row.words or "cannot be reached" in row.words


REVERSE = "216.184.93.in-addr.arpa"


@pytest.mark.parametrize(
    ("reverse", "forward", "condition", "word"),
    [
        ([], [], WARNING, "has no name"),
        (["mail.example.org."], [], WARNING, "does not lead back"),
        (["mail.example.org."], ["93.184.216.99"], WARNING, "does not lead back"),
        (["mail.example.org."], ["93.184.216.34"], WELL, "'mail.example.org'"),
        (["other.example.org.", "mail.example.org."], ["93.184.216.34"], WELL, "'mail.example.org'"),
    ],
)
def test_reverse_names(name_server, names, reverse, forward, condition, word):
    name_server.add("smtp.example.org", "A", "93.184.216.34")
    if reverse:
        name_server.add(f"34.{REVERSE}", "PTR", *reverse)
    if forward:
        name_server.add("mail.example.org", "A", *forward)
    (row,) = examine_reverse_names("smtp.example.org", names)
    assert (row.subject, row.condition) == ("PTR of 93.184.216.34", condition)
    assert word in row.words


@pytest.mark.parametrize("host", ["127.0.0.1", "mail.internal.example"])
def test_an_address_that_nobody_else_sees_has_no_reverse_name_to_check(name_server, names, host):
    name_server.add("mail.internal.example", "A", "10.0.0.5")
    (row,) = examine_reverse_names(host, names)
    assert row.condition is NOT_CHECKED


@pytest.mark.parametrize("asked", ["smtp.example.org", f"34.{REVERSE}"])
def test_a_dns_that_fails_leaves_reverse_names_open(name_server, names, asked):
    name_server.add("smtp.example.org", "A", "93.184.216.34")
    name_server.trouble(asked, Trouble.FAILS)
    (row,) = examine_reverse_names("smtp.example.org", names)
    assert row.condition is NOT_CHECKED
