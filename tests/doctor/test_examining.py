"""The whole examination: a part that breaks off is an answer, and the parts after it go on."""

from dataclasses import replace

import pytest

from timebank import clock
from timebank.config import read_settings
from timebank.doctor import examining
from timebank.doctor.examining import Examination
from timebank.doctor.rules import Condition


@pytest.fixture
def examination(tmp_path, names):
    settings = read_settings({"TIMEBANK_INSTANCE": str(tmp_path / "instance"), "TIMEBANK_MAIL": "smtp://127.0.0.1:9"})
    return Examination(settings, names, clock.now, seconds=1.0)


def test_a_fault_of_ours_is_a_sentence_with_its_line_and_without_its_words(examination, monkeypatch):
    def fail(_settings):
        message = "\x1b[31m secret words"
        raise KeyError(message)

    monkeypatch.setattr(examining, "examine_keys", fail)
    rows = list(examination.of_all())
    assert rows[0].condition is Condition.WRONG
    assert "KeyError in test_examining.py, line" in rows[0].words
    assert "secret" not in rows[0].words
    assert rows[1].subject == "database"
    assert "mail server 127.0.0.1:9" in [row.subject for row in rows]


@pytest.mark.parametrize(
    "mail", ["smtp://ada:s#cret@localhost", "smtp://localhost:99999", "smtp://[::1", "smtp://a:s/b@c"]
)
def test_an_address_that_is_none_is_a_sentence_without_its_password(examination, mail):
    rows = list(replace(examination, settings=replace(examination.settings, mail=mail)).of_mail())
    assert (rows[-1].subject, rows[-1].condition) == ("mail server", Condition.WRONG)
    assert "TIMEBANK_MAIL is no address" in rows[-1].words
    assert "cret" not in rows[-1].words


def test_mail_alone_examines_neither_keys_nor_database(examination):
    assert not {"keys", "database"} & {row.subject for row in examination.of_mail()}
    assert not (examination.settings.instance / "timebank.db").exists()
