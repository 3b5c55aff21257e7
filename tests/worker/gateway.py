"""A gateway of text messages as a real HTTP server, which takes everything until a test changes that."""

import threading
import time
from collections.abc import Callable  # noqa: TC003 (as elsewhere)
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class Gateway:
    """Keeps what was posted, as (headers, body). `answer` returns the status, or below zero how long to say nothing."""

    def __init__(self) -> None:
        self.posted: list[tuple[dict[str, str], str]] = []
        self.answer: Callable[[str], int] = lambda _body: 200
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                gateway.posted.append((dict(self.headers), body))
                status = gateway.answer(body)
                if status < 0:
                    time.sleep(-status)
                    return
                self.send_response(status)
                if status in {301, 307}:
                    self.send_header("Location", gateway.url + "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_said: object) -> None:
                """Nothing: the test's output is read by people."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/send"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
