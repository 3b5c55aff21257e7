"""Signatures of e-mails, verified by dkimpy against a DNS of the tests' own, as the mail server got them."""

import re
import stat
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from sqlalchemy import select

from tests.doctor.conftest import _name_server, name_server, names
from tests.listings.conftest import list_it, said, tree
from tests.people import make_recorded
from tests.worker.conftest import MORNING
from timebank.config import read_settings
from timebank.listings.rules import ListingKind
from timebank.notices.models import Delivery, DeliveryState, Failure
from timebank.variables import BadSettingError
from timebank.worker.digesting import make_digests
from timebank.worker.dkim_signing import SIGNED_HEADERS, BadDkimKeyError, in_strings, make_key, read_signer
from timebank.worker.office import Office
from timebank.worker.sending import send_what_is_due
from timebank.worker.transports import SmtpTransport, make_transport

__all__ = ["_name_server", "list_it", "name_server", "names", "said", "tree"]
MONDAY = MORNING + timedelta(days=2)
SENDER = "no-reply@hours.example.org"


@pytest.fixture
def signer(tmp_path):
    make_key(tmp_path / "dkim.key")
    return read_signer(_settings(tmp_path / "dkim.key"))


def _settings(path, **more):
    environment = {
        "TIMEBANK_MAIL": "smtp://localhost",
        "TIMEBANK_MAIL_FROM": SENDER,
        "TIMEBANK_DKIM_KEY": str(path),
        **more,
    }
    return read_settings(environment)


@pytest.fixture
def verify(signer, name_server, names):
    """Whether a signature holds, by the key that the DNS has in several strings."""
    name_server.add_text(signer.record_name, *in_strings(signer.record))

    def look_up(name, timeout=5):
        return names.list_texts(name.decode())[0].encode()

    return lambda content: dkim.verify(content, dnsfunc=look_up)


@pytest.fixture
def signing_office(office, mail_server, signer):
    made = Office(office.settings, office.engine, office.app, SmtpTransport(mail_server.url, signer), office.watch)
    made.sender = type(made.sender)(SENDER, made.sender.site)
    return made


def signed_headers(content):
    head = content.partition(b"\r\n\r\n")[0].decode()
    signature = re.sub(r"\s+", "", re.match(r"DKIM-Signature:((?:[^\r\n]|\r\n[ \t])*)", head)[1])
    return dict(tag.split("=", 1) for tag in signature.split(";"))["h"].split(":")


def test_an_e_mail_about_oneself_carries_a_signature_that_holds(signing_office, mail_server, verify, backend, village):
    with backend.session() as session:
        make_recorded(session, village, village.ada, village.grace, what="Käsekuchen gebacken")
        session.commit()
    assert send_what_is_due(signing_office) == {"sent": 1}
    (content,) = mail_server.raw
    assert verify(content)
    assert content.isascii(), "no relay has to change 8-bit content"
    names_signed = signed_headers(content)
    for name in ("from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version", "content-type"):
        assert name in names_signed
    assert names_signed.count("from") == 2
    (_to, message) = mail_server.taken[0]
    assert "Käsekuchen" in message.get_body(("plain",)).get_content()


def test_both_headers_for_unsubscribing_are_signed(
    signing_office, mail_server, verify, session, village, list_it, watch
):
    list_it("Weeding the roses", "outdoors/gardening", kind=ListingKind.REQUEST, by=village.grace)
    session.commit()
    watch.now = MONDAY
    make_digests(signing_office)
    assert send_what_is_due(signing_office)["sent"]
    for content in mail_server.raw:
        assert verify(content)
        assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(signed_headers(content))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"Subject: Are", b"Subject: Were"),
        (b"hours right?", b"hours left?"),
        (b"\r\n\r\n", b"\r\n\r\nMore.\r\n"),
        (b"From: ", b"From: mallory@example.net\r\nFrom: "),
    ],
)
def test_a_changed_e_mail_does_not_hold(signer, verify, was, becomes):
    content = signer.sign(_letter("Are these hours right?"))
    assert verify(content)
    assert not verify(content.replace(was, becomes, 1))


def _letter(text, lines=""):
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = SENDER, "grace@example.org"
    message["Subject"] = text
    message.set_content(f"{text}\n\n.a dot\nFrom the beginning\n{lines}")
    return message


@pytest.mark.parametrize("lines", ["é\n", "é" * 400, "x" * 2_000, " \n\n\n"])
def test_a_letter_with_every_header_has_each_signed_and_content_that_no_relay_changes(signer, verify, lines):
    message = _letter("Grüße", lines)
    for name in SIGNED_HEADERS:
        if name not in message:
            message[name] = "auto-generated"
    before = message.as_bytes()
    content = signer.sign(message)
    assert content.isascii()
    assert verify(content)
    assert signed_headers(content) == [name.lower() for name in (*SIGNED_HEADERS, "From")]
    assert message.as_bytes() == before


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_keys_of_other_programs_sign_too(tmp_path, name_server, names, form):
    path = tmp_path / "other.key"
    path.write_bytes(generate_private_key(65_537, 2_048).private_bytes(Encoding.PEM, form, NoEncryption()))
    signer = read_signer(_settings(path, TIMEBANK_DKIM_SELECTOR="mail-2026.a"))
    assert signer.record_name == "mail-2026.a._domainkey.hours.example.org"
    content = signer.sign(_letter("Hello"))
    assert dkim.verify(content, dnsfunc=lambda _name, **_more: signer.record.encode())


def test_a_key_is_for_its_owner_alone_and_no_other_takes_its_place(tmp_path):
    path = tmp_path / "dkim.key"
    make_key(path)
    before = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        make_key(path)
    assert path.read_bytes() == before


def test_without_the_setting_nothing_is_signed():
    assert read_signer(read_settings({"TIMEBANK_MAIL": "smtp://localhost"})) is None


@pytest.mark.parametrize("mail", ["", "folder:/somewhere"])
def test_a_key_is_not_asked_for_where_no_e_mail_goes_out_by_smtp(tmp_path, mail):
    """The demo, too, is served where the settings of a real site stand."""
    assert read_signer(_settings(tmp_path / "missing.key", TIMEBANK_MAIL=mail)) is None


def _short(path):
    key = generate_private_key(65_537, 1_024)  # noqa: S505 (some have none longer)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _elliptic(path):
    key = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _locked(path):
    key = generate_private_key(65_537, 2_048)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda _path: None, "is missing: make it with 'timebank make-dkim-key'"),
        (lambda path: path.write_text("nonsense"), "is no private key in PEM"),
        (lambda path: path.write_bytes(b""), "is no private key in PEM"),
        (lambda path: path.mkdir(), "cannot be read: Is a directory"),
        (_elliptic, "is no RSA key"),
        (_locked, "without a password"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused_with_what_to_do(tmp_path, make, words):
    make(tmp_path / "dkim.key")
    with pytest.raises(BadDkimKeyError, match=words):
        read_signer(_settings(tmp_path / "dkim.key"))


def test_the_shortest_key_that_receivers_take_signs(tmp_path):
    _short(tmp_path / "dkim.key")
    assert read_signer(_settings(tmp_path / "dkim.key")).key.key_size == 1_024


@pytest.mark.parametrize("sender", ["no-reply@127.0.0.1", "no-reply@localhost", "nobody"])
def test_nothing_is_signed_for_a_sender_without_a_domain(tmp_path, sender):
    make_key(tmp_path / "dkim.key")
    with pytest.raises(BadDkimKeyError, match="TIMEBANK_MAIL_FROM"):
        read_signer(_settings(tmp_path / "dkim.key", TIMEBANK_MAIL_FROM=sender))


@pytest.mark.parametrize("selector", ["a b", "-a", "a..b", "a_b", "ä", "x" * 64, "a;b"])
def test_a_selector_that_cannot_stand_in_the_dns_is_refused(selector):
    with pytest.raises(BadSettingError, match="TIMEBANK_DKIM_SELECTOR"):
        read_settings({"TIMEBANK_DKIM_SELECTOR": selector})


def test_an_e_mail_that_cannot_be_signed_waits_and_is_sent_once_it_can(
    signing_office, mail_server, verify, backend, village, watch, monkeypatch, signer
):
    with backend.session() as session:
        make_recorded(session, village, village.ada, village.grace)
        session.commit()
    with monkeypatch.context() as patched:
        patched.setattr(dkim.DKIM, "sign", lambda *_words, **_more: 1 / 0)
        assert send_what_is_due(signing_office) == {"put_off": 1}
    assert mail_server.taken == []
    with backend.session() as session:
        rows = session.execute(select(Delivery.state, Delivery.failure)).all()
    assert [tuple(row) for row in rows] == [(DeliveryState.READY, Failure.PROGRAM)]
    watch.pass_by(minutes=1)
    assert send_what_is_due(signing_office) == {"sent": 1}
    assert verify(mail_server.raw[0])


def test_the_key_stands_in_no_representation(signer):
    assert "key" not in repr(signer).replace("domainkey", "")
    assert isinstance(make_transport("smtp://localhost", signer), SmtpTransport)
