"""Reading the mailbox of what came back, from a real server that may be away, hang, drop the line or refuse."""

import logging
import socket
import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError, ProgrammingError, TimeoutError  # noqa: A004

from tests.notices.returned_messages import block, bounce, postfix, written
from tests.people import make_recorded
from tests.worker import imap_server
from tests.worker.imap_server import ImapServer
from tests.worker.returning import returning
from tests.worker.test_telling import rows
from timebank.cli.working import list_chores
from timebank.notices.models import Delivery, DeliveryState
from timebank.worker import mailbox
from timebank.worker.mailbox import read_mailbox
from timebank.worker.running import do_all
from timebank.worker.sending import send_what_is_due

GRACE = "grace@example.org"


@pytest.fixture
def server():
    with ImapServer() as server:
        yield server


@pytest.fixture
def post(office, server):
    return returning(office, bounces=server.url)


@pytest.fixture
def sent(post, mail, backend, village):
    """The return path of an e-mail to Grace that was sent."""
    with backend.session() as session:
        make_recorded(session, village, village.ada, village.grace)
        session.commit()
    send_what_is_due(post)
    return mail.return_paths[-1]


def states(backend):
    return [state for (state,) in rows(backend, Delivery)]


def test_a_bounce_in_the_mailbox_is_taken_once_and_deleted(post, server, backend, sent):
    server.put(postfix(sent, GRACE))
    assert read_mailbox(post) == 1
    assert states(backend)[0] == DeliveryState.FAILED
    assert server.messages == {}
    assert read_mailbox(post) == 0


def test_what_is_no_bounce_of_ours_is_kept_and_read_once(post, server, sent):
    server.put(written(sent), written("bounces@hours.example.org"), b"", bounce("x@example.org", block(GRACE)))
    assert read_mailbox(post) == 4
    assert server.flags() == [{r"\Seen"}] * 4
    server.said.clear()
    assert read_mailbox(post) == 0
    assert "FETCH" not in server.said


def test_what_somebody_has_read_or_deleted_is_left_alone(post, server, backend, sent):
    server.put(postfix(sent, GRACE), postfix(sent, GRACE))
    server.messages[1][1].add(r"\Seen")
    server.messages[2][1].add(r"\Deleted")
    assert read_mailbox(post) == 0
    assert states(backend) == [DeliveryState.SENT]


def test_a_server_that_cannot_delete_by_uid_keeps_what_is_marked(post, server, sent):
    server.capabilities = ""
    server.put(postfix(sent, GRACE))
    assert read_mailbox(post) == 1
    assert server.flags() == [{r"\Seen", r"\Deleted"}]
    assert read_mailbox(post) == 0


def test_of_a_huge_message_the_beginning_is_read(post, server, backend, sent):
    server.put(postfix(sent, GRACE) + b"x" * 3_000_000)
    assert read_mailbox(post) == 1
    assert states(backend)[0] == DeliveryState.FAILED


def test_many_messages_are_taken_in_several_rounds(post, server, monkeypatch, sent):
    monkeypatch.setattr(mailbox, "MOST_MESSAGES", 3)
    server.put(*[written(sent)] * 4)
    assert [read_mailbox(post), read_mailbox(post), read_mailbox(post)] == [3, 1, 0]


def test_a_round_that_takes_long_ends(post, server, monkeypatch, sent):
    monkeypatch.setattr(mailbox, "LONGEST", -1)
    server.put(written(sent))
    assert read_mailbox(post) == 0
    assert server.flags() == [set()]


#: What goes wrong, and where.
TROUBLE = {
    "the password is wrong": {"LOGIN": imap_server.refuse},
    "there is no such mailbox": {"SELECT": imap_server.refuse},
    "it may not be searched": {"SEARCH": imap_server.refuse},
    "a message cannot be fetched": {"FETCH": imap_server.refuse},
    "it drops at once": {"GREETING": imap_server.drop},
    "it drops at the sign-in": {"LOGIN": imap_server.drop},
    "it drops within a message": {"FETCH": imap_server.drop_half_way},
    "it talks nonsense": {"GREETING": imap_server.babble},
    "it talks nonsense later": {"SEARCH": imap_server.babble},
    "it hangs at once": {"GREETING": imap_server.hang},
    "it hangs at the sign-in": {"LOGIN": imap_server.hang},
    "it hangs within": {"FETCH": imap_server.hang},
}


@pytest.mark.parametrize("what", TROUBLE)
def test_a_server_in_trouble_is_named_in_the_log_without_its_words_and_stops_nothing(
    post, server, backend, sent, monkeypatch, caplog, what
):
    monkeypatch.setattr(mailbox, "TIMEOUT", 0.3)
    server.put(postfix(sent, GRACE))
    server.on = TROUBLE[what]
    begins = time.perf_counter()
    with caplog.at_level(logging.DEBUG):
        assert read_mailbox(post) == 0
    assert time.perf_counter() - begins < 5
    assert "the mailbox of bounces cannot be read" in caplog.text
    assert "@" not in caplog.text
    assert states(backend) == [DeliveryState.SENT]
    server.on = {}
    assert read_mailbox(post) == 1
    assert states(backend)[0] == DeliveryState.FAILED


def test_a_mark_that_the_server_refuses_takes_nothing_twice(post, server, backend, sent):
    server.put(postfix(sent, GRACE))
    server.on = {"STORE": imap_server.refuse}
    assert read_mailbox(post) == 0
    after = (states(backend), rows(backend, Delivery, Delivery.ended_at))
    server.on = {}
    post.watch.pass_by(minutes=1)
    assert read_mailbox(post) == 1
    assert (states(backend), rows(backend, Delivery, Delivery.ended_at)) == after


#: Commands about one message, and how a server may refuse them.
REFUSALS = {
    "it does not give it": ("FETCH", "NO"),
    "it does not understand": ("FETCH", "BAD"),
    "nobody may mark it": ("STORE", "NO"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_message_that_the_server_refuses_keeps_no_other_from_being_taken(post, server, backend, sent, caplog, what):
    command, answer = REFUSALS[what]
    server.put(written(sent), postfix(sent, GRACE))
    server.on = {command: imap_server.refuse_first(answer)}
    assert read_mailbox(post) == 0
    assert states(backend)[0] == DeliveryState.FAILED
    assert server.flags() == [set()]
    assert "1 messages in the mailbox of bounces could not be read or marked" in caplog.text
    assert "@" not in caplog.text
    server.on = {}
    assert read_mailbox(post) == 1
    assert server.flags() == [{r"\Seen"}]


@pytest.mark.parametrize("content", ['""', "NIL", '"x"'])
def test_messages_that_come_on_the_line_itself_hold_up_no_round(post, server, backend, monkeypatch, sent, content):
    monkeypatch.setattr(mailbox, "MOST_MESSAGES", 2)
    server.put(b"", b"", postfix(sent, GRACE))
    server.inline = content
    assert [read_mailbox(post), read_mailbox(post)] == [2, 1]
    assert states(backend)[0] == DeliveryState.FAILED


def test_messages_that_are_gone_hold_up_no_round(post, server, backend, monkeypatch, sent):
    monkeypatch.setattr(mailbox, "MOST_MESSAGES", 2)
    server.put(b"", b"", postfix(sent, GRACE))
    server.inline = "gone"
    assert read_mailbox(post) == 1
    assert states(backend)[0] == DeliveryState.FAILED


def test_ten_thousand_messages_are_taken_round_by_round(post, server, backend, monkeypatch, sent):
    monkeypatch.setattr(mailbox, "MOST_MESSAGES", 20)
    server.put(*[b""] * 10_000, postfix(sent, GRACE))
    assert read_mailbox(post) == mailbox.MOST_MESSAGES
    for uid in list(server.messages)[: 10_000 - mailbox.MOST_MESSAGES + 1]:
        server.messages[uid][1].add(r"\Seen")
    while read_mailbox(post):
        pass
    assert states(backend)[0] == DeliveryState.FAILED


def test_a_server_that_numbers_its_messages_anew_is_read_as_before(post, server, backend, sent):
    server.put(written(sent))
    assert read_mailbox(post) == 1
    server.messages = {1: (postfix(sent, GRACE), set()), 2: (written(sent), {r"\Seen"})}
    assert read_mailbox(post) == 1
    assert states(backend)[0] == DeliveryState.FAILED
    assert server.flags() == [{r"\Seen"}]


def test_a_server_that_is_away_stops_nothing(post, office, backend, village, mail):
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        away = returning(office, bounces=f"imap://x:y@127.0.0.1:{door.getsockname()[1]}/INBOX")
    with backend.session() as session:
        make_recorded(session, village, village.ada, village.grace)
        session.commit()
    chores = [chore for chore in list_chores(away) if chore.name in {"send", "returned_mail"}]
    assert do_all(chores) == []
    assert len(chores) == 2
    assert len(mail.sent) == 1


@pytest.fixture(scope="module")
def certificate(folder):
    """A server's context with a certificate for 127.0.0.1, signed by itself, and the file of that certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    begun = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    dated = begun.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
    signed = dated.add_extension(address, critical=False).sign(key, hashes.SHA256())
    path, key_path = folder / "imap.pem", folder / "imap.key"
    path.write_bytes(signed.public_bytes(Encoding.PEM))
    key_path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key_path)
    return context, path


@pytest.mark.parametrize("over_tls", [True, False])
def test_a_mailbox_is_read_by_tls(office, sent, certificate, monkeypatch, over_tls):
    context, path = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with ImapServer(context, over_tls=over_tls) as server:
        server.put(postfix(sent, GRACE))
        assert read_mailbox(returning(office, bounces=server.url)) == 1
        assert server.messages == {}
        assert server.encrypted == [True]


@pytest.mark.parametrize("over_tls", [True, False])
def test_a_server_that_nobody_vouches_for_is_told_no_password(office, sent, certificate, caplog, over_tls):
    with ImapServer(certificate[0], over_tls=over_tls) as server:
        server.put(postfix(sent, GRACE))
        assert read_mailbox(returning(office, bounces=server.url)) == 0
        assert server.encrypted == []
    assert "SSLCertVerificationError" in caplog.text


def test_a_password_goes_over_no_open_line(office, monkeypatch, caplog):
    def connect(host, *_args, **_more):
        opened.append(host)
        return _Open()

    class _Open:
        capabilities = ("IMAP4REV1",)

        def logout(self):
            """Ended."""

    opened = []
    monkeypatch.setattr(mailbox.imaplib, "IMAP4", _keeping_errors(connect, mailbox.imaplib.IMAP4))
    assert read_mailbox(returning(office, bounces="imap://x:y@mail.example.org/INBOX")) == 0
    assert opened == ["mail.example.org"]
    assert "MailboxError" in caplog.text


def _keeping_errors(connect, of):
    connect.error, connect.abort = of.error, of.abort
    return connect


#: A database that takes nothing for now: away, in recovery, not migrated yet, or with all connections in use.
AWAY = [
    OperationalError("SELECT", {}, Exception("away")),
    InternalError("UPDATE", {}, Exception("cannot execute UPDATE in a read-only transaction")),
    ProgrammingError("SELECT", {}, Exception("no such column")),
    TimeoutError("QueuePool limit"),
]


@pytest.mark.parametrize("away", AWAY, ids=lambda error: type(error).__name__)
def test_while_the_database_takes_nothing_messages_wait(post, server, sent, monkeypatch, away):
    server.put(postfix(sent, GRACE))

    def fail(*_args, **_more):
        raise away

    with monkeypatch.context() as patched:
        patched.setattr(mailbox, "take", fail)
        with pytest.raises(type(away)):
            read_mailbox(post)
    assert server.flags() == [set()]
    assert read_mailbox(post) == 1


@pytest.mark.parametrize("error", [RuntimeError(GRACE), IntegrityError("INSERT", {}, Exception(GRACE))])
def test_a_message_that_makes_the_program_fail_keeps_no_other_from_being_taken(
    post, server, backend, sent, monkeypatch, caplog, error
):
    take = mailbox.take

    def fail_at_first(content, *args):
        if b"poison" in content:
            raise error
        return take(content, *args)

    monkeypatch.setattr(mailbox, "take", fail_at_first)
    server.put(written(sent, body="poison"), postfix(sent, GRACE))
    assert read_mailbox(post) == 2
    assert states(backend)[0] == DeliveryState.FAILED
    assert f"{type(error).__name__} in test_mailbox.py" in caplog.text
    assert "@" not in caplog.text


def test_two_threads_read_it_one_at_a_time(post, server, sent):
    server.put(written(sent))
    with post.reading_mail:
        assert read_mailbox(post) == 0
    assert read_mailbox(post) == 1


@pytest.mark.parametrize("missing", ["bounces", "bounces_to"])
def test_without_both_settings_no_mailbox_is_read(post, server, sent, missing):
    server.put(written(sent))
    without = returning(post)
    without.settings = replace(post.settings, **{missing: ""})
    if missing == "bounces_to":
        without.return_path = None
    assert read_mailbox(without) == 0
    assert server.said == []
