"""The worker's backups: one a night, the newest kept, and nothing deleted before there is a newer one."""

import os
import shutil
import stat
from collections import namedtuple
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.scratch import bundled_programs
from timebank.backups_on_disk import list_backups, newest_at
from timebank.cli import archives, keeping_backups
from timebank.cli.archives import CannotCopyError
from timebank.cli.keeping_backups import NoRoomError, back_up_if_due, is_due
from timebank.cli.working import list_chores, opened_office
from timebank.worker.running import do_all

NIGHT = datetime(2026, 11, 21, 2, 7, tzinfo=UTC)
DAY = timedelta(days=1)
Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 (as shutil has it)


@pytest.fixture(autouse=True)
def programs_of_the_servers_version(monkeypatch):
    """pg_dump has to be of the server's version: the one that came with our test server, where it is ours."""
    if "TEST_DATABASE_URL" not in os.environ:
        monkeypatch.setenv("PATH", f"{bundled_programs()}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def settings(opened, tmp_path):
    """An installation whose worker keeps three backups."""
    return replace(opened.settings, backups=tmp_path / "backups", backups_kept=3)


def names(settings):
    return [path.name for _moment, path in list_backups(settings.backups)]


@pytest.mark.parametrize(
    ("age_hours", "hour", "due"),
    [
        (None, 15, True),
        (1, 2, False),
        (19, 2, False),
        (20, 2, True),
        (24, 3, True),
        (24, 5, False),
        (24, 15, False),
        (29, 15, False),
        (30, 15, True),
        (-5, 2, False),
    ],
)
def test_a_backup_is_due_once_a_night_and_where_the_night_was_missed(age_hours, hour, due):
    now = NIGHT.replace(hour=hour)
    newest = None if age_hours is None else now - timedelta(hours=age_hours)
    assert is_due(newest, now) is due


def test_a_backup_is_whole_can_be_restored_and_only_its_owner_reads_it(opened, settings):
    path = back_up_if_due(settings, NIGHT)
    assert path == settings.backups / "timebank-nightly-2026-11-21-020700.backup"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.backups.stat().st_mode) == 0o700
    restored = opened.timebank("restore", str(path), "--replace", "--new-log")
    assert restored.exit_code == 0, restored.output
    assert "The books balance." in restored.output


def test_the_webs_role_is_enough_to_back_up(opened, settings):
    """So the worker needs no password of the owner's."""
    path = back_up_if_due(replace(settings, owner_url=settings.database_url), NIGHT)
    restored = opened.timebank("restore", str(path), "--replace", "--new-log")
    assert restored.exit_code == 0, restored.output
    assert "The books balance." in restored.output


def test_without_a_folder_there_is_none(settings):
    assert back_up_if_due(replace(settings, backups=None), NIGHT) is None
    assert not settings.backups.exists()


def test_so_many_are_kept_and_files_of_others_are_left_alone(settings):
    settings.backups.mkdir()
    mine = settings.backups / "timebank-2026-11-20-120000.backup"
    mine.touch()
    for night in range(5):
        assert back_up_if_due(settings, NIGHT + night * DAY) is not None
        assert back_up_if_due(settings, NIGHT + night * DAY + timedelta(minutes=1)) is None
    assert names(settings) == [f"timebank-nightly-2026-11-{day}-020700.backup" for day in (23, 24, 25)]
    assert mine.exists()
    assert newest_at(settings.backups, NIGHT + 4 * DAY) == NIGHT + 4 * DAY


def test_the_one_that_was_just_made_stays_whatever_the_clock_said_before(settings):
    settings.backups.mkdir()
    for year in (2031, 2032, 2033):
        (settings.backups / f"timebank-nightly-{year}-01-01-020700.backup").touch()
    path = back_up_if_due(settings, NIGHT)
    assert path is not None
    assert path.exists()
    assert names(settings) == [
        path.name,
        "timebank-nightly-2032-01-01-020700.backup",
        "timebank-nightly-2033-01-01-020700.backup",
    ]


def test_where_it_fails_nothing_is_deleted_and_nothing_half_is_left(settings, monkeypatch):
    for night in range(3):
        back_up_if_due(settings, NIGHT + night * DAY)
    before = names(settings)

    def broken(*_arguments):
        message = "the copy is not whole"
        raise CannotCopyError(message)

    monkeypatch.setattr(archives, "_copy_sqlite", broken)
    monkeypatch.setattr(archives, "_copy_postgresql", broken)
    with pytest.raises(CannotCopyError):
        back_up_if_due(settings, NIGHT + 3 * DAY)
    assert names(settings) == before
    assert {path.name for path in settings.backups.iterdir()} == {*before, ".timebank-backups.lock"}


def test_without_room_none_is_begun_and_none_deleted(settings, monkeypatch):
    for night in range(3):
        back_up_if_due(settings, NIGHT + night * DAY)
    before = names(settings)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9, 1_000))
    with pytest.raises(NoRoomError, match=r"there are 1,000"):
        back_up_if_due(settings, NIGHT + 3 * DAY)
    assert names(settings) == before


def test_what_a_killed_worker_left_is_cleared_away(settings):
    left = settings.backups / ".timebank-nightly-2026-11-20-020700.backup.abc123"
    left.mkdir(parents=True)
    (left / "database").touch()
    back_up_if_due(settings, NIGHT)
    assert not left.exists()


def test_two_workers_at_once_make_one(settings):
    settings.backups.mkdir()
    with keeping_backups._alone(settings.backups) as is_alone:
        assert is_alone
        assert back_up_if_due(settings, NIGHT) is None
    assert back_up_if_due(settings, NIGHT) is not None


def test_a_folder_that_cannot_be_written_is_a_failure(settings):
    settings.backups.parent.mkdir(exist_ok=True)
    settings.backups.touch()
    with pytest.raises(keeping_backups.FolderNotWritableError):
        back_up_if_due(settings, NIGHT)


def test_the_worker_names_a_backup_that_failed_and_goes_on_with_the_rest(settings, monkeypatch, caplog):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9, 1_000))
    with opened_office(settings) as office:
        assert do_all([chore for chore in list_chores(office) if chore.name in {"back_up", "seal"}]) == ["back_up"]
    assert "back_up failed: NoRoomError" in caplog.text
    assert "Mary" not in caplog.text


def test_a_worker_by_cron_backs_up_too(opened, settings, monkeypatch):
    monkeypatch.setitem(opened.environment, "TIMEBANK_BACKUPS", str(settings.backups))
    assert opened.timebank("worker", "--once").exit_code == 0
    assert len(names(settings)) == 1
    assert opened.timebank("worker", "--once").exit_code == 0
    assert len(names(settings)) == 1


def test_a_number_of_backups_that_is_none_is_refused(opened, monkeypatch):
    for value in ("0", "-1", "many"):
        monkeypatch.setitem(opened.environment, "TIMEBANK_BACKUPS_KEPT", value)
        result = opened.timebank("worker", "--once")
        assert result.exit_code == 1
        assert "TIMEBANK_BACKUPS_KEPT" in result.output
