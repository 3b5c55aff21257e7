"""The worker's backups in their folder: their names, and which there are."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

_NAME = re.compile(r"timebank-nightly-(\d{4}-\d{2}-\d{2}-\d{6})\.backup")
#: A backup further ahead of the clock than this says nothing about how old the newest is.
_AHEAD = timedelta(minutes=1)
_MOMENT = "%Y-%m-%d-%H%M%S"


def name_of(moment: datetime) -> str:
    """Return the file name of a backup of the worker, which differs from those that somebody makes by hand."""
    return f"timebank-nightly-{moment:{_MOMENT}}.backup"


def list_backups(folder: Path) -> Sequence[tuple[datetime, Path]]:
    """Return (moment, file) of each backup of the worker in a folder, oldest first; other files are left alone."""
    named = [(_NAME.fullmatch(path.name), path) for path in (folder.iterdir() if folder.is_dir() else ())]
    dated = [(_moment(match[1]), path) for match, path in named if match is not None and path.is_file()]
    return sorted((moment, path) for moment, path in dated if moment is not None)


def newest_at(folder: Path, now: datetime) -> datetime | None:
    """Return when the newest backup in a folder was made, of those not ahead of the clock; None without one."""
    return max((moment for moment, _path in list_backups(folder) if moment <= now + _AHEAD), default=None)


def is_any_ahead(folder: Path, now: datetime) -> bool:
    """Return whether a backup is dated in the future, as by a machine that once started with a wrong clock."""
    return any(moment > now + _AHEAD for moment, _path in list_backups(folder))


def _moment(text_of_it: str) -> datetime | None:
    """Return the moment in a name; None where its figures are none, such as a thirteenth month."""
    with suppress(ValueError):
        return datetime.strptime(text_of_it, _MOMENT).replace(tzinfo=UTC)
    return None
