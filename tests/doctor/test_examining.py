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


def test_a_site_without_mail_is_warned(examination):
    rows = list(replace(examination, settings=replace(examination.settings, mail="")).of_mail())
    assert [(row.subject, row.condition) for row in rows] == [("mail", Condition.WARNING)]
    assert "Set TIMEBANK_MAIL" in rows[0].words


def test_mail_alone_examines_neither_keys_nor_database(examination):
    assert not {"keys", "database"} & {row.subject for row in examination.of_mail()}
    assert not (examination.settings.instance / "timebank.db").exists()
