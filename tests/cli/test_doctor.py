"""`timebank doctor` on both databases, with a DNS and a mail server of its own."""

import re
from datetime import timedelta

import pytest

from tests.certificates import Authority
from tests.doctor.conftest import _name_server, authority, name_server
from tests.worker.server import MailServer
from timebank.cli.doctoring import NameServerParameter
from timebank.doctor.names import NameServer
from timebank.worker.dkim_signing import read_signer

__all__ = ["_name_server", "authority", "name_server"]
DOMAIN = "hours.example.org"
PASSWORD = "not-to-be-repeated"


@pytest.fixture
def mail_settings(opened, authority: Authority, name_server, monkeypatch):
    """An installation whose e-mails arrive."""
    starttls = authority.server("localhost", left=timedelta(days=60))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with MailServer(starttls=starttls, password=PASSWORD) as server:
        opened.environment |= {
            "TIMEBANK_ADDRESS": f"https://{DOMAIN}",
            "TIMEBANK_HTTPS": "1",
            "TIMEBANK_MAIL": f"smtp://ada:{PASSWORD}@localhost:{server.port}",
            "TIMEBANK_DKIM_KEY": str(opened.folder / "dkim.key"),
        }
        assert opened.timebank("make-dkim-key").exit_code == 0
        name_server.add_text(DOMAIN, "v=spf1 a ~all")
        name_server.add_text(f"_dmarc.{DOMAIN}", "v=DMARC1; p=none; rua=mailto:a@example.org")
        signer = read_signer(opened.settings)
        name_server.add_text(signer.record_name, signer.record[:200], signer.record[200:])
        name_server.add(DOMAIN, "MX", f"10 {DOMAIN}.")
        name_server.add(DOMAIN, "A", "203.0.113.5")
        name_server.add("localhost", "A", "127.0.0.1")
        yield opened


def doctor(installation, name_server, *words):
    dns = f"127.0.0.1:{name_server.address.port}"
    result = installation.timebank("doctor", "--dns", dns, "--timeout", "20", *words)
    assert PASSWORD not in result.output
    assert installation.left_open == []
    return result


def lines(result, condition):
    return [line.removeprefix(condition).strip() for line in result.output.splitlines() if line.startswith(condition)]


def test_an_installation_whose_books_were_checked_is_well(mail_settings, name_server):
    mail_settings.timebank("seal")
    mail_settings.timebank("check-books")
    result = doctor(mail_settings, name_server)
    assert (lines(result, "wrong"), lines(result, "warning")) == ([], [])
    assert result.exit_code == 0
    assert re.search(r"^well +sign-in: the server takes user and password", result.output, re.MULTILINE)
    assert re.fullmatch(r"0 wrong, 0 warnings, \d+ well, \d+ not checked\.", result.output.splitlines()[-1])
    assert {line.split(":")[0] for line in lines(result, "not checked")} == {
        "digests",
        "sweep",
        "backup",
        "PTR of localhost",
    }


def test_every_line_has_its_condition_and_its_subject(mail_settings, name_server):
    *rows, blank, _summary = doctor(mail_settings, name_server).output.splitlines()
    assert blank == ""
    form = re.compile(r"(well|warning|wrong|not checked) +\S.*: .+[.']")
    assert [row for row in rows if not form.fullmatch(row)] == []


def test_a_warning_alone_exits_0(opened, name_server):
    result = doctor(opened, name_server)
    checked, mail = lines(result, "warning")
    assert "never checked" in checked
    assert "nobody is told anything by e-mail" in mail
    assert result.exit_code == 0


def test_what_is_wrong_exits_1_and_says_what_to_do(mail_settings, name_server):
    name_server.forget()
    (mail_settings.folder / "secret.key").chmod(0o644)
    result = doctor(mail_settings, name_server)
    assert result.exit_code == 1
    subjects = {line.split(":")[0] for line in lines(result, "wrong")}
    assert {"secret.key", f"SPF of {DOMAIN}", f"DMARC of {DOMAIN}", f"MX of {DOMAIN}"} <= subjects


def test_mail_alone(mail_settings, name_server):
    result = doctor(mail_settings, name_server, "--mail")
    assert result.exit_code == 0, result.output
    assert "secret.key" not in result.output
    assert f"SPF of {DOMAIN}" in result.output


@pytest.mark.parametrize(("mail", "words"), [("", "Set TIMEBANK_MAIL"), ("folder:/tmp/mail", "a folder")])
def test_without_smtp_no_mail_is_checked(embedded, name_server, mail, words):
    embedded.environment["TIMEBANK_MAIL"] = mail
    result = doctor(embedded, name_server, "--mail")
    assert result.exit_code == 0
    assert words in result.output
    assert name_server.asked == []


def test_before_init_it_says_so_and_makes_nothing(installation, name_server):
    result = doctor(installation, name_server)
    assert result.exit_code == 1
    assert "timebank init" in result.output
    assert not installation.folder.exists()


def test_a_database_that_is_away_is_a_sentence(served, name_server):
    served.settings.make_keys()
    served.environment["TIMEBANK_DATABASE_URL"] = "postgresql://nobody:hidden@127.0.0.1:9/none?connect_timeout=2"
    result = doctor(served, name_server)
    assert result.exit_code == 1
    assert "does not answer as it should" in result.output
    assert "hidden" not in result.output
    assert "Traceback" not in result.output


def test_a_database_that_took_no_step_is_a_sentence(installation, name_server):
    installation.settings.make_keys()
    result = doctor(installation, name_server)
    assert result.exit_code == 1
    assert "timebank init" in result.output or "timebank migrate" in result.output


def test_a_setting_that_cannot_be_is_a_sentence(embedded, name_server):
    embedded.environment["TIMEBANK_ADDRESS"] = "nonsense"
    result = doctor(embedded, name_server)
    assert (result.exit_code, "TIMEBANK_ADDRESS" in result.output) == (1, True)


def test_nothing_is_changed(opened, name_server):
    before, keys = opened.content(), opened.keys()
    doctor(opened, name_server)
    assert (opened.content(), opened.keys()) == (before, keys)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("9.9.9.9", NameServer("9.9.9.9", 53)),
        ("127.0.0.1:5353", NameServer("127.0.0.1", 5353)),
        ("::1", NameServer("::1", 53)),
        ("[::1]:5353", NameServer("::1", 5353)),
    ],
)
def test_an_address_of_a_server_of_the_dns(typed, address):
    assert NameServerParameter().convert(typed, None, None) == address


@pytest.mark.parametrize(
    "typed", ["dns.example.org", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "127.0.0.1:0", ""]
)
def test_what_is_no_such_address_is_refused(embedded, typed):
    assert embedded.timebank("doctor", "--dns", typed).exit_code == 2
