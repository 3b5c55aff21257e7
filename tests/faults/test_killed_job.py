"""SIGKILL of the worker at moments of a job: it is taken up once more, and nothing is done twice or half.

`make faults` kills at every moment, five times.
"""

from tests.faults.killed_job import JobFigures, Moment, kill_in_jobs

MOMENTS = (
    Moment.LINE_NOT_COMMITTED,
    Moment.LINE_COMMITTED,
    Moment.END_NOT_COMMITTED,
    Moment.CHECK_NOT_COMMITTED,
    Moment.BATCH_NOT_COMMITTED,
    Moment.BATCH_COMMITTED,
)
RIGHT = JobFigures(kills=len(MOMENTS))


def test_a_worker_that_is_killed_in_a_job_leaves_nothing_half_on_the_embedded_database(embedded):
    assert kill_in_jobs(embedded, moments=MOMENTS) == RIGHT


def test_a_worker_that_is_killed_in_a_job_leaves_nothing_half_on_postgresql(postgresql_of_ours):
    assert kill_in_jobs(postgresql_of_ours.settings, moments=MOMENTS) == RIGHT
