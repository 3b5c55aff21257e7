"""The sender's domain and the site's name, against a real DNS that knows no more than each test adds."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.name_server import Trouble
from timebank.config import read_settings
from timebank.doctor.rules import Condition
from timebank.doctor.sender import examine_sender, examine_site
from timebank.worker.dkim_signing import make_key, read_signer

WELL, WARNING, WRONG, NOT_CHECKED = Condition.WELL, Condition.WARNING, Condition.WRONG, Condition.NOT_CHECKED


@pytest.fixture
def settings(tmp_path):
    """A site that signs its e-mails."""
    make_key(tmp_path / "dkim.key")
    return read_settings(
        {
            "TIMEBANK_INSTANCE": str(tmp_path),
            "TIMEBANK_ADDRESS": "https://hours.example.org",
            "TIMEBANK_HTTPS": "1",
            "TIMEBANK_MAIL": "smtp://localhost:25",
            "TIMEBANK_DKIM_KEY": str(tmp_path / "dkim.key"),
        }
    )


@pytest.fixture
def set_up(name_server, settings):
    """Everything that the DNS should have."""
    domain = "hours.example.org"
    name_server.add_text(domain, "v=spf1 mx ", "~all")
    name_server.add_text(f"_dmarc.{domain}", "v=DMARC1; p=none; rua=mailto:office@example.org")
    record = read_signer(settings).record
    name_server.add_text(f"timebank._domainkey.{domain}", record[:255], record[255:])
    name_server.add(domain, "MX", "10 mail.example.org.")
    name_server.add("mail.example.org", "A", "203.0.113.5")
    name_server.add(domain, "A", "203.0.113.6")
    return name_server


def by_subject(diagnoses):
    return {diagnosis.subject: diagnosis for diagnosis in diagnoses}


def test_a_domain_that_has_everything_is_well(set_up, settings, names):
    diagnoses = by_subject(examine_sender(settings, names))
    assert list(diagnoses) == [
        "SPF of hours.example.org",
        "DMARC of hours.example.org",
        "DKIM at timebank._domainkey.hours.example.org",
        "alignment",
        "MX of hours.example.org",
    ]
    assert {diagnosis.condition for diagnosis in diagnoses.values()} == {WELL}
    assert "Our signature is of its domain too" in diagnoses["alignment"].words
    assert "'mail.example.org'" in diagnoses["MX of hours.example.org"].words


def test_a_domain_that_has_nothing_is_wrong_in_each(name_server, settings, names):
    conditions = {row.subject: row.condition for row in examine_sender(settings, names)}
    assert conditions.pop("alignment") is WELL
    assert set(conditions.values()) == {WRONG}
    assert len(conditions) == 4


def test_a_dns_that_fails_is_no_failure_of_the_domain(name_server, settings, names):
    for name in ("hours.example.org", "_dmarc.hours.example.org", "timebank._domainkey.hours.example.org"):
        name_server.trouble(name, Trouble.FAILS)
    rows = [row for row in examine_sender(settings, names) if row.subject != "alignment"]
    assert {row.condition for row in rows} == {NOT_CHECKED}
    assert all("no server of the DNS could answer" in row.words for row in rows)


def test_an_included_record_that_does_not_answer_leaves_spf_open(name_server, settings, names):
    name_server.add_text("hours.example.org", "v=spf1 include:slow.example ~all")
    name_server.trouble("slow.example", Trouble.FAILS)
    assert next(examine_sender(settings, names)).condition is NOT_CHECKED


def test_the_policy_of_a_domain_above_holds(set_up, settings, names):
    set_up.forget()
    set_up.add_text("_dmarc.example.org", "v=DMARC1; p=reject; sp=quarantine; rua=mailto:a@example.org")
    diagnosis = by_subject(examine_sender(settings, names))["DMARC of hours.example.org"]
    assert diagnosis.condition is WELL
    assert "policy quarantine (from example.org)" in diagnosis.words
    assert not [question for question in set_up.asked if question.startswith("_dmarc.org ")]


def test_another_text_in_the_place_of_dmarc_hides_no_policy_above(name_server, settings, names):
    """A domain can answer to every name below it with one record."""
    name_server.add_text("_dmarc.hours.example.org", "v=spf1 -all")
    name_server.add_text("_dmarc.example.org", "v=DMARC1; p=reject; rua=mailto:a@example.org")
    diagnosis = by_subject(examine_sender(settings, names))["DMARC of hours.example.org"]
    assert diagnosis.condition is WELL


def test_control_signs_of_a_record_are_taken_out(name_server, settings, names):
    name_server.add_text("hours.example.org", b"v=spf1 \x1b]0;owned\x07\x9b31m \xe2\x80\xae -all")
    diagnosis = next(examine_sender(settings, names))
    assert diagnosis.condition is WRONG
    assert diagnosis.words.isprintable()
    assert "]0;owned" in diagnosis.words


def test_without_a_key_the_server_has_to_sign(set_up, settings, names):
    diagnosis = by_subject(examine_sender(replace(settings, dkim_key=None), names))["DKIM of hours.example.org"]
    assert diagnosis.condition is NOT_CHECKED
    assert "header.d=hours.example.org" in diagnosis.words


def test_a_key_that_cannot_be_read_is_wrong(set_up, settings, names):
    without = replace(settings, dkim_key=Path("/nowhere/dkim.key"))
    diagnosis = by_subject(examine_sender(without, names))["DKIM of hours.example.org"]
    assert diagnosis.condition is WRONG
    assert "make-dkim-key" in diagnosis.words


def test_another_key_in_the_dns_is_wrong(set_up, settings, names, tmp_path):
    make_key(tmp_path / "other.key")
    other = replace(settings, dkim_key=tmp_path / "other.key")
    assert by_subject(examine_sender(other, names))["DKIM at timebank._domainkey.hours.example.org"].condition is WRONG


@pytest.mark.parametrize(
    "sender", ["no-reply@127.0.0.1", "no-reply@localhost", "no-reply@[::1]", "nobody", "a b@c.org"]
)
def test_a_sender_that_nobody_else_reaches_is_wrong(settings, names, name_server, sender):
    (diagnosis,) = examine_sender(replace(settings, mail_from=sender), names)
    assert diagnosis.condition is WRONG
    assert "TIMEBANK_MAIL_FROM" in diagnosis.words
    assert name_server.asked == []


def test_a_domain_of_other_letters_is_asked_as_the_dns_has_it(name_server, settings, names):
    list(examine_sender(replace(settings, mail_from="post@bäche.example", dkim_key=None), names))
    assert name_server.asked[0] == "xn--bche-loa.example TXT UDP"


@pytest.mark.parametrize(
    ("records", "addresses", "condition", "word"),
    [
        (["0 ."], [], WRONG, "takes no e-mails"),
        ([], [], WRONG, "reach nobody"),
        ([], ["hours.example.org"], WARNING, "there is none"),
        (["10 gone.example.org."], [], WRONG, "'gone.example.org' has no address"),
        (["10 gone.example.org.", "20 mail.example.org."], ["mail.example.org"], WARNING, "'gone.example.org'"),
        (["10 mail.example.org."], ["mail.example.org"], WELL, "'mail.example.org'"),
    ],
)
def test_where_answers_go(name_server, settings, names, records, addresses, condition, word):
    if records:
        name_server.add("hours.example.org", "MX", *records)
    for host in addresses:
        name_server.add(host, "A", "203.0.113.5")
    diagnosis = by_subject(examine_sender(settings, names))["MX of hours.example.org"]
    assert diagnosis.condition is condition, diagnosis.words
    assert word in diagnosis.words


def test_links_that_lead_to_the_site_are_well(set_up, settings, names):
    rows = list(examine_site(settings, names))
    assert [(row.subject, row.condition) for row in rows] == [("address of hours.example.org", WELL), ("https", WELL)]
    assert "203.0.113.6" in rows[0].words


@pytest.mark.parametrize(
    ("changes", "subject", "condition"),
    [
        ({"address": "https://gone.example.org"}, "address of gone.example.org", WRONG),
        ({"address": "https://192.0.2.5"}, "address of the site", WRONG),
        ({"address": "http://127.0.0.1:5000", "https": False}, "address of the site", WARNING),
        ({"address": "http://hours.example.org"}, "https", WRONG),
        ({"https": False}, "https", WARNING),
        ({"hosts": ("other.example.org",)}, "TIMEBANK_HOSTS", WRONG),
    ],
)
def test_links_that_lead_nowhere(set_up, settings, names, changes, subject, condition):
    assert by_subject(examine_site(replace(settings, **changes), names))[subject].condition is condition


@pytest.mark.parametrize(
    "hosts", [(), ("hours.example.org",), ("other.example", ".example.org"), (".hours.example.org",)]
)
def test_a_site_that_answers_to_its_own_name_is_not_told_of(set_up, settings, names, hosts):
    assert "TIMEBANK_HOSTS" not in by_subject(examine_site(replace(settings, hosts=hosts), names))
