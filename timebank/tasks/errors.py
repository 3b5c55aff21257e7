"""What can be in the way of a task."""

from timebank.errors import TimebankError


class TaskTakenError(TimebankError):
    """Somebody else has the task; values: `owner_id`, whose membership it is."""

    message_id = "task_taken"


class TaskDoneError(TimebankError):
    """The task was finished already, by somebody else or in other words."""

    message_id = "task_done"
