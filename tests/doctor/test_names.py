"""Asking the DNS, and the DNS that does not answer as it should."""

import socket

import pytest

from tests.name_server import Trouble
from timebank.doctor.names import MailHost, Names, NameServer, NoAnswerError


def test_strings_of_a_record_are_joined(name_server, names):
    name_server.add_text("example.org", "v=spf1 include:_spf.exam", "ple.net ~all")
    name_server.add_text("example.org", "something else")
    assert sorted(names.list_texts("example.org")) == ["something else", "v=spf1 include:_spf.example.net ~all"]


def test_bytes_that_are_no_text_break_nothing(name_server, names):
    name_server.add_text("example.org", b"\xff\x1b[31m")
    assert names.list_texts("example.org") == ["\ufffd\x1b[31m"]


def test_names_without_records_and_names_that_do_not_exist_are_empty(name_server, names):
    name_server.add("example.org", "A", "203.0.113.5")
    assert names.list_texts("example.org") == []
    assert names.list_texts("nowhere.example.org") == []
    assert names.list_mail_hosts("example.org") == []


def test_the_name_is_asked_as_it_is_and_not_below_the_machines_own_domain(name_server, names):
    names.list_texts("one-word")
    assert name_server.asked == ["one-word TXT UDP"]


def test_addresses_are_of_both_kinds(name_server, names):
    name_server.add("example.org", "A", "203.0.113.5")
    name_server.add("example.org", "AAAA", "2001:db8::5")
    assert names.list_addresses("example.org") == ["203.0.113.5", "2001:db8::5"]
    assert names.list_addresses("192.0.2.1") == ["192.0.2.1"]


def test_one_kind_of_address_is_enough(name_server, names, monkeypatch):
    name_server.add("example.org", "A", "203.0.113.5")
    asked = names._ask

    def fail(name, kind):
        if kind.name == "AAAA":
            raise NoAnswerError
        return asked(name, kind)

    monkeypatch.setattr(names, "_ask", fail)
    assert names.list_addresses("example.org") == ["203.0.113.5"]


def test_mail_hosts_come_in_the_order_of_trying(name_server, names):
    name_server.add("example.org", "MX", "20 second.example.org.", "10 first.example.org.")
    name_server.add("none.example", "MX", "0 .")
    assert names.list_mail_hosts("example.org") == [
        MailHost(10, "first.example.org"),
        MailHost(20, "second.example.org"),
    ]
    assert names.list_mail_hosts("none.example") == [MailHost(0, "")]


def test_an_address_has_names(name_server, names):
    name_server.add("5.113.0.203.in-addr.arpa", "PTR", "mail.example.org.")
    assert names.list_names("203.0.113.5") == ["mail.example.org"]


def test_a_truncated_answer_is_asked_for_by_tcp(name_server, names):
    name_server.add_text("example.org", *["x" * 250] * 20)
    name_server.trouble("example.org", Trouble.TRUNCATES)
    assert names.list_texts("example.org") == ["x" * 5_000]
    assert name_server.asked == ["example.org TXT UDP", "example.org TXT TCP"]


def test_aliases_are_followed(name_server, names):
    name_server.add("a.example", "CNAME", "b.example.")
    name_server.add_text("b.example", "here")
    assert names.list_texts("a.example") == ["here"]


@pytest.mark.parametrize("trouble", [Trouble.FAILS, Trouble.REFUSES, Trouble.GARBAGE])
def test_a_server_that_cannot_answer_says_nothing_about_the_name(name_server, trouble):
    name_server.trouble("example.org", trouble)
    names = Names(name_server.address, seconds=1.0)
    with pytest.raises(NoAnswerError, match=r"no server of the DNS could answer|did not answer within"):
        names.list_texts("example.org")


def test_a_server_that_is_silent_is_given_up(name_server):
    name_server.trouble("example.org", Trouble.SILENT)
    with pytest.raises(NoAnswerError, match=r"did not answer within 0\.4 seconds"):
        Names(name_server.address, seconds=0.4).list_texts("example.org")


def test_aliases_that_go_round_in_a_circle_end(name_server, names):
    name_server.add("a.example", "CNAME", "b.example.")
    name_server.add("b.example", "CNAME", "a.example.")
    with pytest.raises(NoAnswerError):
        names.list_texts("a.example")


def test_a_server_that_is_not_there_is_no_traceback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    with pytest.raises(NoAnswerError):
        Names(NameServer("127.0.0.1", port), seconds=0.4).list_texts("example.org")


@pytest.mark.parametrize("name", ["a..b.example", "x" * 64 + ".example", ".".join(["y" * 60] * 5)])
def test_a_name_that_cannot_be_one_is_no_traceback(names, name):
    with pytest.raises(NoAnswerError, match="cannot be asked"):
        names.list_texts(name)
