"""SIGKILL of the worker at each step, once each; `make faults` does it fifty times."""

from dataclasses import replace

from tests.faults.killed_worker import WAITING, Step, kill_workers
from tests.worker.server import MailServer

#: One e-mail comes twice: that of the step at which a server has taken it and nobody has written that down.
REPEATED = 1


def _is_right(settings):
    with MailServer() as server:
        counts = kill_workers(replace(settings, mail=server.url), server, 1)
    assert counts.is_right
    assert (counts.kills, counts.told) == (len(Step), len(Step) * WAITING)
    assert counts.repeated == REPEATED


def test_a_killed_worker_loses_nothing_on_the_embedded_database(embedded):
    _is_right(embedded)


def test_a_killed_worker_loses_nothing_on_postgresql(postgresql_of_ours):
    _is_right(postgresql_of_ours.settings)
