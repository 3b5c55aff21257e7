"""`timebank make-dkim-key`: a key, its record, and a worker that does not start without one."""

import re

import pytest

from tests.cli.conftest import ANSWERS
from timebank.worker.dkim_signing import read_signer


def test_a_key_is_made_once_and_its_record_printed(embedded):
    embedded.environment["TIMEBANK_MAIL_FROM"] = "post@example.org"
    result = embedded.timebank("make-dkim-key")
    assert result.exit_code == 0
    path = embedded.folder / "dkim.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert f"TIMEBANK_DKIM_KEY={path}" in result.output
    assert "timebank._domainkey.example.org. IN TXT (" in result.output
    embedded.environment |= {"TIMEBANK_MAIL": "smtp://localhost", "TIMEBANK_DKIM_KEY": str(path)}
    record = read_signer(embedded.settings).record
    assert f"\n  {record}\n" in result.output
    assert "".join(re.findall(r'^ +"(.+)"', result.output, re.MULTILINE)) == record
    assert "PRIVATE" not in result.output
    again = embedded.timebank("make-dkim-key")
    assert again.exit_code == 1
    assert "is there and stays" in again.output
    assert read_signer(embedded.settings).record == record
    shown = embedded.timebank("make-dkim-key", "--show")
    assert shown.exit_code == 0
    assert record in shown.output


def test_no_key_is_made_for_a_sender_without_a_domain(embedded):
    result = embedded.timebank("make-dkim-key")
    assert result.exit_code == 1
    assert "TIMEBANK_MAIL_FROM" in result.output
    assert not embedded.folder.exists()


def test_the_record_of_a_key_that_is_not_there_cannot_be_shown(embedded):
    embedded.environment["TIMEBANK_MAIL_FROM"] = "post@example.org"
    result = embedded.timebank("make-dkim-key", "--show")
    assert result.exit_code == 1
    assert "is missing" in result.output


@pytest.mark.parametrize("command", [["worker", "--once"], ["run", "--worker"]])
def test_the_worker_does_not_start_with_a_key_that_cannot_be_read(embedded, never_served, command):
    embedded.timebank("init", *ANSWERS)
    embedded.environment |= {
        "TIMEBANK_MAIL": "smtp://localhost",
        "TIMEBANK_MAIL_FROM": "post@example.org",
        "TIMEBANK_DKIM_KEY": str(embedded.folder / "none"),
    }
    result = embedded.timebank(*command)
    assert result.exit_code == 1
    assert "is missing: make it with 'timebank make-dkim-key'" in result.output
    assert never_served == []
