"""The server's own limits: what is too large or half sent does not keep others out."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
import waitress
from flask import Flask, request

from timebank.cli.serving import LARGEST_BODY, LIMITS

_LONGEST_WAIT = 10


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    """Serve an app that reads its whole body; yield (host, port)."""
    app = Flask("limits")

    @app.route("/", methods=["GET", "POST"])
    def length() -> str:
        return str(len(request.get_data()))

    server = waitress.create_server(app, host="127.0.0.1", port=0, **LIMITS)

    def run() -> None:
        with suppress(OSError):  # closing takes the socket away from the loop that waits for it
            server.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield server.effective_host, int(server.effective_port)
    server.close()
    thread.join(_LONGEST_WAIT)


def answer(address: tuple[str, int], head: str) -> str:
    with socket.create_connection(address, timeout=_LONGEST_WAIT) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode())
        return connection.recv(200).decode().partition(" ")[2]


def test_a_body_that_is_too_large_is_refused_by_its_announced_length(address):
    head = f"POST / HTTP/1.1\nHost: here\nContent-Length: {LARGEST_BODY + 1}\nConnection: close\n\n"
    assert answer(address, head).startswith("413")


def test_headers_that_are_too_large_are_refused(address):
    head = f"GET / HTTP/1.1\nHost: here\nX-Long: {'x' * LIMITS['max_request_header_size']}\n\n"
    assert answer(address, head).startswith("431")


def test_many_half_sent_requests_keep_nobody_out(address):
    half_sent = [socket.create_connection(address, timeout=_LONGEST_WAIT) for _ in range(150)]
    try:
        for connection in half_sent:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n")
        assert answer(address, "GET / HTTP/1.1\nHost: here\nConnection: close\n\n").startswith("200")
    finally:
        for connection in half_sent:
            connection.close()
