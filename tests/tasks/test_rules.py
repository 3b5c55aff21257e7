"""Who may do what with a task, and how notes are kept."""

import pytest

from timebank.tasks.rules import add_note, is_free_for, list_notes

ROSA, MARY = 7, 8


@pytest.mark.parametrize(
    ("status", "owner", "free"),
    [("open", None, True), ("taken", ROSA, True), ("taken", MARY, False), ("done", ROSA, False), ("done", None, False)],
)
def test_a_task_is_free_for_rosa_where_nobody_or_she_has_it(status, owner, free):
    assert is_free_for(status, owner, ROSA) is free


@pytest.mark.parametrize(
    ("standing", "note", "notes"),
    [
        ("", "", []),
        ("", " \n ", []),
        ("", "She rang.", ["She rang."]),
        ("She rang.", "", ["She rang."]),
        ("She rang.", "  She rang.\n", ["She rang."]),
        ("She rang.", "She rang", ["She rang.", "She rang"]),
        ("She rang.\n\nTwice.", "Twice.", ["She rang.", "Twice."]),
        ("She rang.", "Two lines\n\n of one note", ["She rang.", "Two lines\nof one note"]),
    ],
)
def test_a_note_that_is_new_is_added_and_no_other(standing, note, notes):
    assert list_notes(add_note(standing, note)) == notes
