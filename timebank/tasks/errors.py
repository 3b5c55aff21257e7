"""What can be in the way of a task."""

from typing import cast

from timebank.errors import TimebankError


class NotesFullError(TimebankError):
    """A member has written as much into an open task as a broker can read; values: `number`, of their notes."""

    message_id = "notes_full"


class TaskTakenError(TimebankError):
    """Somebody else has the task; values: `owner_id`, whose membership it is."""

    message_id = "task_taken"

    @property
    def owner_id(self) -> int:
        """Who has it."""
        return cast("int", self.values["owner_id"])


class TaskDoneError(TimebankError):
    """The task was finished already, by somebody else or in other words."""

    message_id = "task_done"
