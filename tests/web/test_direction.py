"""A name written from the right stands by itself on a page, and the words and figures beside it stay in order."""

import pytest


@pytest.mark.parametrize("name", ["שרה כהן", "محمّد علي"])
def test_a_name_is_isolated_on_pages_and_plain_in_their_titles(as_, village, books, name):
    other = books.taken_in(name, phone="+441632960111")
    page = as_(village.rosa).get(f"members/{other.code}")
    assert page.title.startswith(name)
    assert "<bdi>" not in page.html.partition("</title>")[0]
    assert f"<h1><bdi>{name}</bdi></h1>" in page.html
    assert f"<strong><bdi>{name}</bdi></strong>" in as_(village.rosa).get("members").html


def test_a_name_in_a_plain_sentence_is_isolated_by_signs(as_, village, books):
    for surname in ("כהן", "לוי"):
        books.taken_in(f"שרה {surname}", phone="+441632960111")
    ada = as_(village.ada)
    page = ada.submit(ada.get("help/record/giver"), words="שרה")
    assert "\u2068שרה כהן\u2069, number 109" in page


def test_markup_in_a_name_is_no_markup_in_the_title_either(as_, village, books):
    other = books.taken_in("</title><i>Ada", phone="+441632960111")
    page = as_(village.rosa).get(f"members/{other.code}")
    assert "<i>" not in page.html
    assert page.title.startswith("</title><i>Ada")
