"""What wakes the worker: a file, PostgreSQL or Redis. Each only brings a bell, and nobody else can ring it."""

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest
import redis
from sqlalchemy import text

from timebank.jobs.queue import DELIVER, WORK, add_answers, make_queue

_NO_REDIS = "there is no redis-server on this machine"


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.fixture(scope="module")
def redis_url():
    """A Redis of this test's own, which keeps nothing."""
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip(_NO_REDIS)
    port = _free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen([server, *options], stdout=subprocess.DEVNULL) as process:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
        process.terminate()


def _of_file(request, backend, tmp_path):
    return replace(backend.settings, cache=tmp_path, queue="")


def _of_postgresql(request, backend, tmp_path):
    if backend.name != "postgresql":
        pytest.skip("the database of this test is SQLite")
    url = backend.owner.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return replace(backend.settings, queue=url)


def _of_redis(request, backend, tmp_path):
    return replace(backend.settings, queue=request.getfixturevalue("redis_url"))


@pytest.fixture(params=[_of_file, _of_postgresql, _of_redis], ids=["file", "postgresql", "redis"])
def settings(request, backend, tmp_path):
    chosen = request.param(request, backend, tmp_path)
    yield chosen
    if request.param is _of_redis:
        with redis.Redis.from_url(chosen.queue) as client:
            client.flushall()
    if request.param is _of_postgresql:
        with backend.owner.begin() as connection:
            for (table,) in connection.execute(text("SELECT tablename FROM pg_tables WHERE tablename LIKE 'huey%'")):
                connection.execute(text(f'DROP TABLE "{table}" CASCADE'))


@contextmanager
def opened(settings):
    """A queue of the site or of its worker, whose connections end with the block."""
    queue = make_queue(settings)
    try:
        yield queue
    finally:
        if settings.queue.startswith("redis"):
            queue.storage.pool.disconnect()
        else:
            queue.storage.close()


def ring(settings):
    with opened(settings) as queue:
        add_answers(queue, {})()
        return queue.pending_count()


def heard(settings):
    """What a worker with these settings hears, in order."""
    names = []
    with opened(settings) as queue:
        add_answers(queue, {name: lambda name=name: names.append(name) for name in (DELIVER, WORK)})
        while (task := queue.dequeue()) is not None:
            queue.execute(task)
        assert queue.pending_count() == 0
    return names


def test_the_worker_hears_what_the_site_rings_once_for_each_thread(settings):
    assert ring(settings) == 2
    assert heard(settings) == [DELIVER, WORK]
    assert heard(settings) == []


def test_a_message_of_who_has_not_the_sites_key_is_not_done(settings, monkeypatch):
    """Whoever can write into the queue could have anything done otherwise: messages are pickled."""
    with monkeypatch.context() as patch:
        patch.setattr(type(settings), "secret_key", b"another key")
        assert ring(settings) == 2
    with pytest.raises(ValueError, match="ignature"):
        heard(settings)
