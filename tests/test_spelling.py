"""One folding of names and words, and signs that nobody sees: as tables."""

import sys
import unicodedata

import pytest
from hypothesis import given, strategies

from timebank.spelling import clean, fold, is_blank, isolated, tidy, words_of

#: Spellings of one name: a real one, and others that people and their devices write.
ONE_NAME = [
    ("Łukasz Wałęsa", "Lukasz Walesa"),
    ("Ørsted Bjørn", "ORSTED bjorn"),
    ("Đorđe", "dorde"),
    ("Ħamrun Ŧavvon", "hamrun tavvon"),
    ("Þórður Guðmundsson", "Thordur Gudmundsson"),
    ("Ænne Œil", "aenne oeil"),
    ("Strauß", "STRAUSS"),
    ("STRAUẞ", "strauss"),
    ("Işık", "ISIK"),
    ("İstanbul", "istanbul"),
    ("Zoë", "Zoe\u0308"),
    ("O'Neil", "O\u2019Neil"),
    ("O'Neil", "O\u2018Neil"),
    ("O'Neil", "O\u00b4Neil"),
    ("O'Neil", "O`Neil"),
    ("O'Neil", "O\u02bcNeil"),
    ("O'Neil", "O\uff07Neil"),
    ("O'Neil", "oneil"),
    ("Anne-Marie", "Anne\u2010Marie"),
    ("Anne-Marie", "Anne\u2011Marie"),
    ("Anne-Marie", "Anne\u2013Marie"),
    ("Anne-Marie", "Anne\ufe63Marie"),
    ("Anne-Marie", "anne marie"),
    ("Rosa Lindsay", "Rosa Lindsay."),
    ("Rosa Lindsay", "Rosa\u200b Lind\u00adsay"),
    ("Rosa Lindsay", "\u202eRosa\u2069 Lindsay\u200d"),
    ("Rosa Lindsay", "R\ufe0fosa Lindsay\u3164"),
    ("Rosa Lindsay", "Ｒｏｓａ\u3000𝐋𝐢𝐧𝐝𝐬𝐚𝐲"),
    ("Rosa Lindsay", " rosa\u00a0 LINDSAY "),
    ("Gal·la", "Ga\u0140la"),
    ("محمّد", "محمد"),
    ("محمد", "محـــمد"),
    ("علي", "علی"),
    ("שָׂרָה", "שרה"),
    ("ג'ורג'", "ג׳ורג׳"),
    ("क़ादिर", "कादिर"),
    ("Юрий Ёлкин", "юрии елкин"),
]
#: Names of two people that stay two.
TWO_NAMES = [
    ("Ada", "Ida"),
    ("محمد", "محمود"),
    ("شادي", "شذى"),
    ("שרה", "שירה"),
    ("दत्त", "दतत"),
    ("はた", "ばた"),
    ("ไม", "ไม้"),
    ("O'Neil", "Oneill"),
]


@pytest.mark.parametrize(("name", "other"), ONE_NAME)
def test_a_name_is_one_name_however_it_is_spelt(name, other):
    assert fold(name) == fold(other)


@pytest.mark.parametrize(("name", "other"), TWO_NAMES)
def test_two_names_stay_two(name, other):
    assert fold(name) != fold(other)


@given(strategies.text())
def test_folding_what_is_folded_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_case_makes_no_difference_for_any_letter():
    letters = (chr(number) for number in range(sys.maxunicode + 1) if chr(number).isalpha())
    assert [letter for letter in letters if len({fold(letter.upper()), fold(letter), fold(letter.lower())}) > 1] == []


def test_every_letter_of_latin_alphabets_in_use_has_a_plain_one():
    letters = [chr(number) for number in range(0xC0, 0x180) if chr(number).isalpha()]
    assert [letter for letter in letters if not fold(letter).isascii()] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Baby-sitting, and more!", ["baby", "sitting", "and", "more"]),
        ("the neighbour's children\u2019s", ["the", "neighbours", "childrens"]),
        ("C++ & €5", ["c", "5"]),
        ("हिन्दी पढ़ाना", ["हिन्दी", "पढाना"]),
        ("'\u200b+", []),
    ],
)
def test_words_are_divided_by_everything_but_letters_marks_and_digits(text, words):
    assert words_of(text) == [unicodedata.normalize("NFKD", word) for word in words]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ada\u202e Lamont", "Ada Lamont"),
        ("\ufeffAda\u200b\u00ad\u2060", "Ada"),
        ("A\u2066d\u2069a\u061c", "Ada"),
        ("Ada\x00\x1b[31m", "Ada[31m"),
        ("Ada\ud800", "Ada"),
        ("Ada\U000e0041", "Ada"),
        ("Two\r\nlines\tand more", "Two\r\nlines\tand more"),
        ("نیلوفر مه\u200cلقا", "نیلوفر مه\u200cلقا"),
        ("क्\u200dष", "क्\u200dष"),
        ("\U0001f469\u200d\U0001f33e\ufe0f", "\U0001f469\u200d\U0001f33e\ufe0f"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        (
            "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
            "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        ),
        ("محمّد بن علي", "محمّد بن علي"),
        ("שָׂרָה", "שָׂרָה"),
        (" \u3164 ", "  "),
    ],
)
def test_signs_that_turn_or_hide_text_are_taken_out_and_real_names_hold(typed, kept):
    assert clean(typed) == kept


@pytest.mark.parametrize(
    "text", [None, "", " \n\t\u00a0", "\u200b", "\u2060", "\u00ad", "\u200d", "\u3164", "\u2800", "\ufe0f", "\u0301"]
)
def test_what_nobody_can_see_is_blank(text):
    assert is_blank(text)
    assert tidy(text) == ""


@pytest.mark.parametrize("text", ["a", ".", "0", "❤", "م", "\u200b!", "+"])
def test_what_can_be_seen_is_not(text):
    assert not is_blank(text)


def test_only_a_name_from_the_right_is_isolated_in_a_sentence():
    assert (isolated("Ada Lamont"), isolated("שרה")) == ("Ada Lamont", "\u2068שרה\u2069")
