"""What is read of messages that come back, as tables, and of bytes that no mail server writes."""

import base64
import quopri
import time

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tests.notices import returned_messages as messages
from tests.notices.returned_messages import block, bounce, postfix, report, written
from timebank.notices.return_paths import ReturnPath, ReturnToken
from timebank.notices.returned_mail import MOST_BYTES, ReturnedMail, ReturnKind, kind_of, read

GRACE = "grace@example.org"
PATH = ReturnPath.of("bounces@hours.example.org", b"k" * 32)
TO = PATH.make(7, 123_456_789_012_345, GRACE)
DEAD, REFUSED, GIVEN_UP, DELAYED = (
    ReturnKind.NO_SUCH_MAILBOX,
    ReturnKind.REFUSED,
    ReturnKind.GIVEN_UP,
    ReturnKind.DELAYED,
)
LATER = "451 4.4.1 connect to mx.example.org[203.0.113.5]:25: Connection timed out"
FULL = "552 5.2.2 mailbox of <grace@example.org> is full"
MOVED = block("x@new.example", "relayed", "2.0.0")


def kind(content, path=PATH, recipient=""):
    returned = read(content, path, recipient)
    assert returned is not None, "names no e-mail of ours"
    return returned.kind


#: Shapes of bounces, and what they say of our e-mail.
BOUNCES = {
    "Postfix, unknown user": (postfix(TO, GRACE), DEAD),
    "Postfix, mailbox full": (postfix(TO, GRACE, "failed", "5.2.2", FULL), REFUSED),
    "Postfix, policy": (postfix(TO, GRACE, "failed", "5.7.1", "550 5.7.1 blocked, see https://example.org"), REFUSED),
    "Postfix, delayed": (postfix(TO, GRACE, "delayed", "4.4.1", LATER), DELAYED),
    "Postfix, given up after days": (postfix(TO, GRACE, "failed", "4.4.1", LATER), GIVEN_UP),
    "Postfix, arrived": (postfix(TO, GRACE, "delivered", "2.0.0", "250 ok"), None),
    "Postfix, passed on": (postfix(TO, GRACE, "relayed", "2.0.0", "250 ok"), None),
    "Exim, unknown user": (messages.exim(TO, GRACE), DEAD),
    "Exim, a code without meaning": (messages.exim(TO, GRACE, "550 Administrative prohibition"), REFUSED),
    "Exim, an address of a machine is no code": (messages.exim(TO, GRACE, "550 host 5.1.1.7 says no"), REFUSED),
    "Exim, blocked by a list": (messages.exim(TO, GRACE, "554 5.7.1 Service unavailable; client blocked"), REFUSED),
    "Exchange, unknown user": (messages.exchange(TO, GRACE), DEAD),
    "Exchange, too big": (messages.exchange(TO, GRACE, "5.3.4"), REFUSED),
    "Gmail, unknown user": (messages.gmail(TO, GRACE), DEAD),
    "qmail, unknown user": (messages.qmail(TO, GRACE), DEAD),
    "qmail, without a code": (messages.qmail(TO, GRACE, "I tried to deliver a bounce message, it bounced!"), REFUSED),
    "qmail, given up after days": (messages.qmail(TO, GRACE, "I'm not going to try again. (#4.4.1)"), GIVEN_UP),
    "a complaint": (messages.complaint(TO), ReturnKind.COMPLAINT),
    "a report that it is no spam": (messages.complaint(TO, "not-spam"), None),
    "a report about signatures": (messages.complaint(TO, "auth-failure"), None),
}


@pytest.mark.parametrize("name", BOUNCES)
def test_what_came_back_is_read(name):
    content, expected = BOUNCES[name]
    assert kind(content) is expected


#: Recipients of one bounce, and what they say of ours.
RECIPIENTS = {
    "ours alone": ((block(GRACE),), DEAD),
    "ours in capitals": ((block("GRACE@Example.ORG"),), DEAD),
    "ours, encoded as RFC 3461 has it": (
        (block("x@new.example", Original_Recipient="rfc822;grace+40example.org"),),
        DEAD,
    ),
    "another's is dead, ours as RFC 3461 encodes it": (
        (
            block("ada@example.org", status="5.7.1"),
            block("x@new.example", Original_Recipient="rfc822;grace+40example.org"),
        ),
        DEAD,
    ),
    "another's is dead, ours put off": ((block("ada@example.org"), block(GRACE, "delayed", "4.2.2")), DELAYED),
    "another's is dead, ours arrived": ((block("ada@example.org"), block(GRACE, "delivered", "2.0.0")), None),
    "another's arrived, ours is dead": ((block("ada@example.org", "delivered", "2.0.0"), block(GRACE)), DEAD),
    "passed on to a dead one": ((block("x@new.example"),), DEAD),
    "passed on to two, of which one reaches": (
        (block("x@new.example"), block("y@new.example", "delivered", "2.0.0")),
        None,
    ),
    "passed on to two dead ones": ((block("x@new.example"), block("y@new.example", status="5.2.2")), REFUSED),
    "nobody": ((), None),
    "an action that there is not": ((block(GRACE, "exploded"),), None),
    "no code at all": ((f"Final-Recipient: rfc822; {GRACE}\nAction: failed\n",), REFUSED),
    "a comment after the action": ((block(GRACE, "FAILED (for good)"),), DEAD),
}


@pytest.mark.parametrize("name", RECIPIENTS)
def test_of_several_recipients_only_ours_counts(name):
    recipients, expected = RECIPIENTS[name]
    assert kind(bounce(TO, *recipients)) is expected


#: Codes of a failure, and what they say; those of a server or a sender say nothing about the address.
CODES = {
    "5.1.1": DEAD,
    "5.1.2": DEAD,
    "5.1.3": DEAD,
    "5.1.6": DEAD,
    "5.1.10": DEAD,
    "5.1.8": REFUSED,
    "5.1.0": REFUSED,
    "5.1.11": REFUSED,
    "5.2.1": REFUSED,
    "5.2.2": REFUSED,
    "5.3.0": REFUSED,
    "5.4.4": REFUSED,
    "5.4.6": REFUSED,
    "5.5.0": REFUSED,
    "5.6.0": REFUSED,
    "5.7.1": REFUSED,
    "5.7.26": REFUSED,
    "4.2.2": GIVEN_UP,
    "4.3.1": GIVEN_UP,
    "4.4.7": GIVEN_UP,
    "4.1.1": GIVEN_UP,
    "5.1": REFUSED,
    "5.1.1.1": REFUSED,
    "": REFUSED,
    "bad destination": REFUSED,
}


@pytest.mark.parametrize("code", CODES)
def test_a_code_says_whether_the_address_is_at_fault(code):
    assert kind_of({"action": "failed", "status": code}) is CODES[code]


#: What programs and people answer: none of it counts.
ANSWERS = {
    "a person": written(TO),
    "an absence": written(TO, "Auto-Submitted: auto-replied\n"),
    "an absence, as others say it": written(TO, "X-Autoreply: yes\nPrecedence: auto_reply\n"),
    "a null return path without a report": written(TO, "Return-Path: <>\n", "<grace@example.org>: 550 5.1.1 unknown\n"),
    "a list": written(TO, "Precedence: bulk\nList-Id: <x.example.org>\n"),
    "a person who quotes a bounce": written(TO, "", messages.qmail(TO, GRACE).decode()),
    "a bounce that was passed on": report(
        TO, ("text/plain", "Look!"), ("message/rfc822", postfix(TO, GRACE).decode().replace("=_edge", "=_in"))
    ),
    "a receipt that it was read": report(
        TO,
        ("text/plain", "It was read."),
        ("message/disposition-notification", f"Final-Recipient: rfc822;{GRACE}\nDisposition: x; displayed\n"),
        kind="disposition-notification",
    ),
    "parts of a report in what is none": bounce(TO, block(GRACE)).replace(b"multipart/report", b"multipart/mixed"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_of_people_and_programs_count_for_nothing(name):
    assert kind(ANSWERS[name]) is None


#: Messages with a return path, and whether they are a person's own words, sent from the address that we wrote to.
REPLIES = {
    "a person": (messages.reply(TO, GRACE), True),
    "a person whose program says so": (messages.reply(TO, GRACE, "Auto-Submitted: no\n"), True),
    "a person in capitals": (messages.reply(TO, "GRACE@example.ORG"), True),
    "somebody else": (messages.reply(TO, "victim@example.org"), False),
    "two senders": (messages.reply(TO, GRACE, "From: victim@example.org\n"), False),
    "a null return path": (written(TO, "Return-Path: <>\n"), False),
    "no return path": (written(TO), False),
    "an absence": (messages.reply(TO, GRACE, "Auto-Submitted: auto-replied\n"), False),
    "an absence, with a comment": (messages.reply(TO, GRACE, "Auto-Submitted: auto-generated; x=no\n"), False),
    "an absence, as Exchange says it": (messages.reply(TO, GRACE, "X-Auto-Response-Suppress: All\n"), False),
    "an absence, as others say it": (messages.reply(TO, GRACE, "X-Autoreply: yes\n"), False),
    "an absence, as old programs say it": (messages.reply(TO, GRACE, "Precedence: auto_reply\n"), False),
    "a list": (messages.reply(TO, GRACE, "List-Id: <x.example.org>\n"), False),
    "bulk": (messages.reply(TO, GRACE, "Precedence: BULK\n"), False),
    "a report": (messages.reply(TO, GRACE, "Content-Type: multipart/report; boundary=a\n"), False),
}


@pytest.mark.parametrize("name", REPLIES)
def test_a_person_who_writes_back_is_told_from_programs(name):
    content, is_reply = REPLIES[name]
    assert kind(content) is (ReturnKind.REPLY if is_reply else None)


def test_the_envelope_names_the_e_mail_where_no_header_does():
    content = bounce("undisclosed-recipients:;", block(GRACE))
    assert read(content, PATH) is None
    assert kind(content, recipient=TO) is DEAD


def test_a_server_may_change_the_case_of_the_return_path():
    assert TO.partition("@")[0] == TO.partition("@")[0].lower()
    assert kind(bounce(TO.upper(), block(GRACE))) is DEAD


def test_the_return_path_fits_in_an_envelope_for_the_longest_ids():
    local = ReturnPath.of("a" * 17 + "@example.org", b"k").make(2**63 - 1, 2**63 - 1, GRACE).partition("@")[0]
    assert len(local) == 64


#: Tokens that prove nothing.
FORGED = {
    "another key": ReturnPath.of("bounces@hours.example.org", b"x" * 32).make(7, 123_456_789_012_345, GRACE),
    "another delivery": TO.replace("+", "+1", 1),
    "another bank": TO.replace(".", ".1", 1),
    "another address": TO[: TO.index("@") - 18] + "zzzzzz" + TO[TO.index("@") - 12 :],
    "no proof": TO[: TO.index("@") - 12] + "000000000000" + TO[TO.index("@") :],
    "a letter that is none": TO.replace("+", "+u", 1),
    "nothing": "bounces@hours.example.org",
    "another site": TO.replace("hours.example.org", "hours.example.com"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_names_no_e_mail(name):
    assert FORGED[name] != TO
    assert read(bounce(FORGED[name], block(GRACE)), PATH, FORGED[name]) is None


def test_a_forged_token_beside_a_true_one_does_not_hide_it():
    assert kind(bounce(f"{FORGED['no proof']}, {TO}", block(GRACE))) is DEAD


def test_the_token_knows_its_address_again():
    token = ReturnToken(7, 123_456_789_012_345, read(postfix(TO, GRACE), PATH).token.mark)
    assert read(postfix(TO, GRACE), PATH) == ReturnedMail(token, DEAD)
    assert PATH.is_for(token, " Grace@EXAMPLE.org")
    assert not PATH.is_for(token, "grace@example.com")
    assert not PATH.is_for(token, "x@" + "a" * 70 + ".org")


STATUS = f"Reporting-MTA: dns; mx.example.net\n\n{block(GRACE)}"
FEEDBACK = f"Feedback-Type: abuse\nUser-Agent: Some/1.0\nVersion: 1\nOriginal-Mail-From: <{TO}>\n"
ORIGINAL = f"Return-Path: <{TO}>\nFrom: no-reply@hours.example.org\nTo: {GRACE}\n"
ENCODINGS = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}


def encoded(type_, content, encoding):
    """Return a part of a report in a transfer encoding."""
    return f"{type_}\nContent-Transfer-Encoding: {encoding}", ENCODINGS[encoding](content.encode()).decode()


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("type_", ["message/delivery-status", "message/global-delivery-status"])
def test_a_report_that_was_encoded_is_read(type_, encoding):
    assert kind(report(TO, ("text/plain", "Sorry."), encoded(type_, STATUS, encoding))) is DEAD


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("type_", ["text/rfc822-headers", "message/global-headers", "message/rfc822"])
def test_the_return_path_in_an_encoded_original_names_the_e_mail(type_, encoding):
    content = report("x@example.org", ("message/delivery-status", STATUS), encoded(type_, ORIGINAL, encoding))
    assert kind(content) is DEAD


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_bounce_of_qmail_that_was_encoded_is_read(encoding):
    head, _blank, words = messages.qmail(TO, GRACE).decode().partition("\n\n")
    type_, content = encoded("text/plain; charset=utf-8", words, encoding)
    assert kind(f"{head}\nContent-Type: {type_}\n\n{content}".encode()) is DEAD


@pytest.mark.parametrize(
    "feedback", [("message/feedback-report", f"\n\n{FEEDBACK}"), encoded("message/feedback-report", FEEDBACK, "base64")]
)
def test_a_complaint_with_a_blank_line_before_it_or_encoded_is_read(feedback):
    content = report("complaints@hours.example.org", ("text/plain", "Spam."), feedback, kind="feedback-report")
    assert kind(content) is ReturnKind.COMPLAINT


#: Return-Path headers that lead to nobody, as servers write them where an envelope has no sender.
TO_NOBODY = ["<>", "", '<"">', "<MAILER-DAEMON>", "<mailer-daemon@mx.example.org>", "<postmaster@example.org>", "<@>"]


@pytest.mark.parametrize("return_path", TO_NOBODY)
def test_who_has_no_return_path_is_not_answered(return_path):
    assert kind(written(TO, f"Return-Path: {return_path}\n")) is None


#: Headers by which programs say, each in its way, that no person has written.
OF_PROGRAMS = [
    "Auto-Submitted: no\nAuto-Submitted: auto-replied",
    "Auto-Submitted: auto-replied (vacation)",
    "Delivered-To: Autoresponder",
    "Feedback-ID: 1:x",
    "List-Help: <mailto:x@example.org>",
    "Precedence: Auto-Reply",
    "Precedence: normal\nPrecedence: bulk",
    "X-Precedence: auto_reply",
    "X-Amazon-Auto-Reply: true",
    "X-Auto-Reply: yes",
    "X-Auto-Submitted: auto-replied",
    "X-AutoReply-From: grace@example.org",
    "X-Autogenerated: Reply",
    "X-Cron-Env: <USER=grace>",
    "X-FC-MachineGenerated: true",
    "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent",
    "X-MS-Exchange-Inbox-Rules-Loop: grace@example.org",
    "X-Mail-Autoreply: yes",
    "X-POST-MessageClass: 9; Autoresponder",
    "X-Vacation: yes",
]


@pytest.mark.parametrize("header", OF_PROGRAMS)
def test_no_program_is_answered(header):
    assert kind(messages.reply(TO, GRACE, f"{header}\n")) is None


@pytest.mark.parametrize("header", ["Auto-Submitted: No (human)", "Precedence: first-class", "X-Author: grace"])
def test_a_person_whose_program_says_much_is_answered(header):
    assert kind(messages.reply(TO, GRACE, f"{header}\n")) is ReturnKind.REPLY


def nested(depth):
    """Return parts within parts."""
    head = "".join(f'Content-Type: multipart/report; boundary="{n}"\n\n--{n}\n' for n in range(depth))
    return f"To: {TO}\n{head}".encode()


#: What nobody should send; each is read without an exception and in a moment.
HOSTILE = {
    "nested deeply": nested(5_000),
    "nested deeply, with many lines": nested(900) + b"x\n" * 60_000,
    "nested deeply, with many lines like edges": nested(900) + b"--\n" * 40_000,
    "as many parts as fit": b"To: "
    + TO.encode()
    + b"\nContent-Type: multipart/report; boundary=a\n\n"
    + b"--a\n\n" * 30_000,
    "as many recipients as fit": bounce(TO, *[block("x@example.org", "delivered")] * 3_000),
    "as many addresses as fit": b"To: " + FORGED["no proof"].encode() * 2_000 + b"\n\n",
    "as many parameters as fit": b"Content-Type: multipart/report; " + b";" * 120_000 + b"\n\n",
    "an open quote": b'Content-Type: multipart/report; boundary="' + b'";' * 60_000 + b"\n\n",
    "a header that never ends": b"To: " + b" \n" * 60_000,
    "a type that lies": written(TO, "Content-Type: message/delivery-status\n", "--a\n\nAction: failed\n"),
    "a report without parts": written(TO, "Content-Type: multipart/report\n"),
    "a report whose status is text": report(TO, ("message/delivery-status; charset=utf-7", "\x00\n\n+ADw-\n")),
    "a character set that there is not": report(TO, ('text/plain; charset="=?x?="', "x"), ("text/rfc822-headers", "")),
    "NULs": bounce(TO, block(GRACE)).replace(b"failed", b"fai\x00led").replace(b"Subject", b"Sub\x00ject"),
    "bytes that are no text": b"\xff\xfe" * 1000 + bounce(TO, block(GRACE)),
    "a status in encoded words": bounce(TO, "Action: =?utf-8?q?failed?=\nStatus: \u0665.1.1\n"),
    "qmail that never ends": messages.qmail(TO, GRACE, "(#" + "5.1." * 20_000),
    "qmail of many": messages.qmail(TO, GRACE).replace(b"--- Below", b"<a@b>:\nx\n\n" * 10_000),
    "nothing": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_messages_are_read_in_a_moment(name):
    begins = time.perf_counter()
    returned = read(HOSTILE[name], PATH)
    assert returned is None or returned.kind in {None, DEAD, REFUSED}
    assert time.perf_counter() - begins < 3


def test_what_a_long_message_says_at_its_end_is_not_read():
    status = ("message/delivery-status", f"Reporting-MTA: dns; mx.example.net\n\n{block(GRACE)}")
    assert kind(report(TO, ("text/plain", "Sorry.\n" * (MOST_BYTES // 8)), status)) is DEAD
    assert kind(report(TO, ("text/plain", "Sorry.\n" * (MOST_BYTES // 6)), status)) is None


def test_what_a_long_message_says_at_its_beginning_counts():
    assert kind(postfix(TO, GRACE) + b"x" * 10 * MOST_BYTES) is DEAD


HALVES = st.sampled_from([content for content, _kind in BOUNCES.values()])


@given(st.binary(max_size=400), HALVES, st.integers(0, 3000), st.integers(0, 400))
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_bytes_raise_and_none_count_without_the_token(noise, content, at, length):
    mangled = content[:at] + noise + content[at + length :]
    for message in (noise, mangled):
        returned = read(message, PATH)
        assert returned is None or returned.token == read(content, PATH).token
    assert read(mangled.replace(b"bounces+", b"bounces-"), PATH) is None


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1), st.emails())
@settings(max_examples=200, deadline=None)
def test_a_return_path_names_what_it_was_made_for(bank_id, delivery_id, email):
    address = PATH.make(bank_id, delivery_id, email)
    token = PATH.find(f"<{address}>")
    assert (token.bank_id, token.delivery_id) == (bank_id, delivery_id)
    assert PATH.is_for(token, email)
    assert PATH.find(address.replace("+", "+1", 1)) is None
