"""Sheets as both imports read them: which columns, which rows, and what a refusal says."""

import pytest

from timebank.cli.sheet_words import plain_words
from timebank.interchange.sheets import BadSheetError, Divider, Fault, Problem, read_lines

DIVIDED = "; the columns, divided by commas, are: "
SEMICOLONS = "They seem to be divided by semicolons: save the file with commas"
STROKES = "They seem to be divided by strokes: save the file with commas"
COLUMNS = ("key", "from", "hours")


def lines(text: str) -> list[tuple[int, list[str]] | Problem]:
    return list(read_lines(text.encode(), COLUMNS))


def test_columns_come_in_any_order_with_others_between_and_cells_are_tidy():
    assert lines("hours,note,key,from\n 2 ,x,7,  Ada\u00a0 Lamont\u200b\n") == [(2, ["7", "Ada Lamont", "2"])]


@pytest.mark.parametrize("blank", ["", ",,", " , ,\t", '"","",""', ",\u200b,\u3164", ",,,,,,"])
def test_a_row_without_any_text_is_left_out(blank):
    assert lines(f"key,from,hours\n{blank}\n7,Ada,2\n{blank}\n") == [(3, ["7", "Ada", "2"])]


@pytest.mark.parametrize(
    ("heading", "what"),
    [
        ("", "there is no column key, from, hours; the columns, divided by commas, are: none"),
        ("key,from", "there is no column hours; the columns, divided by commas, are: key, from"),
        ("Key,from,hours", "there is no column key; the columns, divided by commas, are: Key, from, hours"),
        (
            "key,from,hours,from",
            "column from stands twice; the columns, divided by commas, are: key, from, hours, from",
        ),
        ("key;from;hours", f"there is no column key, from, hours{{}}key;from;hours. {SEMICOLONS}"),
        ("key|from|hours", f"there is no column key, from, hours{{}}key|from|hours. {STROKES}"),
    ],
)
def test_a_refused_heading_tells_what_was_read(heading, what):
    (problem,) = lines(f"{heading}\n7,Ada,2\n")
    assert (problem.line, plain_words(problem)) == (1, what.format(DIVIDED))


def test_columns_divided_by_tabs_are_recognized():
    (problem,) = lines("key\tfrom\thours\n")
    assert problem.values["divider"] is Divider.TABS
    assert plain_words(problem).endswith("They seem to be divided by tabs: save the file with commas")


@pytest.mark.parametrize(("row", "cells"), [("7,Ada", 2), ("7,Ada,2,", 4)])
def test_a_row_with_another_number_of_cells_is_named(row, cells):
    assert lines(f"key,from,hours\n{row}\n") == [Problem(2, Fault.OTHER_CELLS, {"cells": cells, "columns": 3})]


def test_what_is_not_utf_8_is_refused_with_its_line():
    with pytest.raises(BadSheetError) as refused:
        list(read_lines(b"key,from,hours\n7,Zo\xeb,2\n", COLUMNS))
    assert refused.value.problems == [Problem(2, Fault.NOT_UTF_8)]
