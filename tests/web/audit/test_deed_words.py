"""Every deed of the trail, and every step of an exchange, has its words."""

from timebank.exchanges.rules import Deed
from timebank.references import DeedName
from timebank.web.pages.audit.deed_words import WORDS, deed_words, step_words


def test_no_deed_is_without_words():
    assert set(WORDS) == set(DeedName)


def test_no_step_of_an_exchange_is_without_words(app):
    with app.test_request_context("/"):
        words = {deed: step_words(deed) for deed in Deed}
    assert words[Deed.CONFIRM] == "confirmed it"
    assert words[Deed.REVERSE] == "took it back"
    assert all(words.values())


def test_words_follow_a_name_and_end_without_a_full_stop(app):
    with app.test_request_context("/"):
        words = [deed_words(deed) for deed in DeedName]
    assert [sentence for sentence in words if sentence[0].isupper() or sentence.endswith(".")] == []


def test_a_deed_of_a_newer_version_keeps_its_name():
    assert deed_words("letter.written_down") == "letter written down"
