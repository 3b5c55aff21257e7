"""Who may act on a task, and how its notes are stored. Pure."""

from enum import StrEnum

from timebank.spelling import is_blank
from timebank.states import InState

_BETWEEN_NOTES = "\n\n"


class Status(StrEnum):
    """Whether a task has no owner yet, has one, or is done."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"


class OfTask:
    """Questions about the status of a task, for its table and for read models with its column `status`."""

    __slots__ = ()

    is_open = InState("status", Status.OPEN)
    is_taken = InState("status", Status.TAKEN)
    is_done = InState("status", Status.DONE)

    def is_kept_from(self, membership_id: int) -> bool:
        """Return whether the task is about this member, who may not see it."""
        return membership_id in {self.kept_from_id, self.also_kept_from_id}  # type: ignore[attr-defined]


class TaskKind(StrEnum):
    """The reason for a task. Rooms above may open tasks of kinds of their own as well."""

    BELOW_SOFT_LIMIT = "below_soft_limit"
    ABOVE_SOFT_LIMIT = "above_soft_limit"
    LIMIT_ENDED = "limit_ended"
    FIND_SOMEBODY = "find_somebody"
    NOBODY_ANSWERED = "nobody_answered"
    NOT_CONFIRMED = "not_confirmed"
    NOBODY_SAID_YES = "nobody_said_yes"
    HELPER_CALLED_OFF = "helper_called_off"
    WELCOME_HOURS = "welcome_hours"
    SOMETHING_MISSING = "something_missing"
    CONVERSATION_REPORTED = "conversation_reported"
    TELL_BY_PHONE = "tell_by_phone"
    TEXT_CAME = "text_came"
    POST_LETTERS = "post_letters"
    EMAIL_FAILS = "email_fails"
    PHONE_WRONG = "phone_wrong"


#: Tasks that end when what they are about is done on its own page: finished by hand, what waits there is forgotten.
ENDS_BY_ITSELF = frozenset({TaskKind.TELL_BY_PHONE, TaskKind.POST_LETTERS})


def is_free_for(status: str, owner_id: int | None, membership_id: int) -> bool:
    """Return whether a member may take, give up or finish a task: it has no owner, or they are."""
    return status == Status.OPEN or (status == Status.TAKEN and owner_id == membership_id)


#: How many notes a member may write into one task before a broker has finished it.
MOST_NOTES = 20


def has_room(standing: str, note: str) -> bool:
    """Return whether one more note of a member finds room; what stands there already takes none."""
    notes = add_note(standing, note)
    return notes == standing or len(list_notes(notes)) <= MOST_NOTES


def add_note(standing: str, note: str) -> str:
    """Return the notes with one more as a paragraph; an empty or repeated note changes nothing."""
    paragraph = "\n".join(line.strip() for line in note.splitlines() if not is_blank(line))
    notes = list_notes(standing)
    return standing if not paragraph or paragraph in notes else _BETWEEN_NOTES.join([*notes, paragraph])


def list_notes(standing: str) -> list[str]:
    """Return each note of a task, oldest first."""
    return standing.split(_BETWEEN_NOTES) if standing else []
