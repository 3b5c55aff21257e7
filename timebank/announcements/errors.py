"""Errors of announcements."""

from timebank.errors import TimebankError


class TooManyAnnouncementsError(TimebankError):
    """As many announcements stand as anybody reads; values: `most`."""

    message_id = "too_many_announcements"


class AnnouncementDaysError(TimebankError):
    """An announcement stands for a number of days that it cannot; values: `most`."""

    message_id = "announcement_days"
