"""Refusals about jobs."""

from timebank.errors import TimebankError


class JobStandsError(TimebankError):
    """The bank has an open job of this kind already, whose code is the value `code`."""

    message_id = "job_stands"


class JobEndedError(TimebankError):
    """The job has ended, so there is nothing to call off."""

    message_id = "job_ended"


class FileGoneError(TimebankError):
    """The job has no file, or it was deleted."""

    message_id = "job_file_gone"


class LostClaimError(Exception):
    """A job was called off, or another worker has claimed it since: whoever works on it stops."""
