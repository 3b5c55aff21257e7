"""Who may do what with a task, and how notes are kept."""

import pytest

from timebank.tasks.rules import MOST_NOTES, add_note, has_room, is_free_for, list_notes

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


@pytest.mark.parametrize(
    ("count", "note", "has"),
    [
        (0, "New", True),
        (MOST_NOTES - 1, "New", True),
        (MOST_NOTES, "New", False),
        (MOST_NOTES, "Note 3", True),
        (MOST_NOTES, " ", True),
        (MOST_NOTES + 5, "New", False),
        (MOST_NOTES + 5, "Note 3", True),
    ],
)
def test_a_member_writes_only_so_many_notes_into_a_task(count, note, has):
    standing = ""
    for number in range(count):
        standing = add_note(standing, f"Note {number}")
    assert has_room(standing, note) is has
