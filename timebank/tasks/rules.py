"""Who may act on a task, and how its notes are stored. Pure."""

from enum import StrEnum

from timebank.tasks.models import Status

_BETWEEN_NOTES = "\n\n"


class Kind(StrEnum):
    """The reason for a task. Rooms above may open tasks of kinds of their own as well."""

    BELOW_SOFT_LIMIT = "below_soft_limit"
    ABOVE_SOFT_LIMIT = "above_soft_limit"
    LIMIT_ENDED = "limit_ended"
    FIND_SOMEBODY = "find_somebody"
    NOBODY_ANSWERED = "nobody_answered"


def is_free_for(status: str, owner_id: int | None, membership_id: int) -> bool:
    """Return whether a member may take, give up or finish a task: it has no owner, or they are."""
    return status == Status.OPEN or (status == Status.TAKEN and owner_id == membership_id)


def add_note(standing: str, note: str) -> str:
    """Return the notes with one more as a paragraph; an empty or repeated note changes nothing."""
    paragraph = "\n".join(line.strip() for line in note.splitlines() if line.strip())
    notes = list_notes(standing)
    return standing if not paragraph or paragraph in notes else _BETWEEN_NOTES.join([*notes, paragraph])


def list_notes(standing: str) -> list[str]:
    """Return each note of a task, oldest first."""
    return standing.split(_BETWEEN_NOTES) if standing else []
