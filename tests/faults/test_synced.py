"""Writes are synced to disk before they are acknowledged, as a trace of system calls shows."""

import re
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.killing import settle_pairs, sit_down
from tests.faults.trouble import waiting_confirmation

TRACED = "write,pwrite64,writev,pwritev,sendto,sendmsg,fsync,fdatasync,recvfrom,recvmsg"


@contextmanager
def traced(pids, output):
    """Write the system calls of these processes and their threads to a file, each with its file or socket."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    words = [
        strace,
        "--follow-forks",
        "--decode-fds=all",
        "--string-limit=60",
        f"--trace={TRACED}",
        f"--output={output}",
    ]
    process = subprocess.Popen([*words, *(f"--attach={pid}" for pid in pids)], stderr=subprocess.PIPE, text=True)
    try:
        first = process.stderr.readline()
        if "attached" not in first:
            pytest.skip(f"strace may not look at other processes here: {first}")
        time.sleep(0.5)
        yield
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def _first(lines, pattern, after=-1):
    """Return the index of the first line that matches, after another."""
    index = next((n for n, line in enumerate(lines) if n > after and re.search(pattern, line)), None)
    assert index is not None, (pattern, lines[max(after, 0) :][:60])
    return index


def _last(lines, pattern, before):
    indexes = [n for n, line in enumerate(lines[:before]) if re.search(pattern, line)]
    assert indexes, (pattern, lines[:before][-60:])
    return indexes[-1]


def test_the_embedded_database_is_synced_between_the_commit_and_the_answer(embedded, site_for, scratch_folder):
    (two,) = settle_pairs(embedded, pairs=1)
    site = site_for(embedded)
    site.start()
    receiver, page, _code = waiting_confirmation(sit_down(site, *two))
    with traced([site.process.pid], scratch_folder / "calls"):
        assert receiver.submit(page).status == 303
    lines = (scratch_folder / "calls").read_text().splitlines()
    answer = _first(lines, r"(send|write)\w*\(.*HTTP/1\.[01] 303")
    written = _last(lines, r"pwrite64\(.*timebank\.db-wal", answer)
    assert _last(lines, r"(fsync|fdatasync)\(.*timebank\.db-wal", answer) > written


def test_postgresql_syncs_its_log_before_it_says_that_it_has_committed(postgresql_of_ours, site_for, scratch_folder):
    made = postgresql_of_ours
    (two,) = settle_pairs(made.settings, pairs=1)
    site = site_for(made.settings)
    site.start()
    receiver, page, _code = waiting_confirmation(sit_down(site, *two))
    backends = made.backends()
    server = int(Path(f"/proc/{backends[0]}/stat").read_text().split()[3])
    with traced([*backends, server], scratch_folder / "calls"):
        assert receiver.submit(page).status == 303
    lines = (scratch_folder / "calls").read_text().splitlines()
    # The call is one transaction: the server sends its result after the commit, and the site waits for it.
    called = _first(lines, r"recvfrom\(.*SELECT exchange_confirm")
    backend = lines[called].split()[0]
    answered = _first(lines, rf"^{backend} +sendto\(", called)
    written = _last(lines, r"pwrite(64|v)\(.*pg_wal", answered)
    assert called < written < _last(lines, r"(fsync|fdatasync)\(.*pg_wal", answered)
