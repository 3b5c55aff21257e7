"""Logs on stderr, as text or JSON lines: one line per request, and a request id in each line that belongs to one.

A line has no personal data: the route's pattern in place of the path, no query string, no codes, no names, no address.
"""

import json
import logging
import re
import secrets
import sys
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g, has_app_context, request
from werkzeug.wrappers import Response

from timebank import clock
from timebank.config import Settings

REQUEST_ID = "X-Request-ID"
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_DETAIL = re.compile(r"DETAIL:.*?(?=\n(?:CONTEXT|HINT|\[SQL|\(Background)|\Z)", re.DOTALL)
_HANDLER = "timebank"
_SQL_LOGGER = "sqlalchemy.engine"
_log = logging.getLogger("timebank.requests")


def set_up(app: Flask) -> None:
    """Give each request an id and log it. Register it before other hooks, so that its time includes theirs."""
    app.before_request(_begin)
    app.after_request(_end)


def configure(settings: Settings) -> None:
    """Write this process's logs to stderr in the format and from the level of the settings. Idempotent.

    Level debug logs SQL as well. Other libraries are logged from level warning.
    """
    handler = _StandardError()
    handler.set_name(_HANDLER)
    handler.setFormatter(JsonFormatter() if settings.log_format == "json" else TextFormatter())
    root = logging.getLogger()
    for earlier in [present for present in root.handlers if present.get_name() == _HANDLER]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    logging.getLogger("timebank").setLevel(settings.log_level.upper())
    logging.getLogger(_SQL_LOGGER).setLevel(logging.INFO if settings.log_level == "debug" else logging.NOTSET)


class _Formatter(logging.Formatter):
    """Leaves out of tracebacks what PostgreSQL quotes of the rows that it refused: they are people's data."""

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802 (the signature is logging's)
        """Return the traceback without the server's DETAIL."""
        return _DETAIL.sub("DETAIL: (left out)", super().formatException(ei))


class JsonFormatter(_Formatter):
    """One JSON object per line; an exception's traceback is a text in it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        row = {
            "at": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            row["exception"] = self.formatException(record.exc_info)
        return json.dumps(row, ensure_ascii=False)


class TextFormatter(_Formatter):
    """Moment, level, logger, message, then name=value for each field; a traceback follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        fields = [f"{name}={'-' if value is None else value}" for name, value in _fields(record).items()]
        line = " ".join([_moment(record), record.levelname, record.name, record.getMessage(), *fields])
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class _StandardError(logging.Handler):
    """Writes to whatever `sys.stderr` is at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except Exception:  # noqa: BLE001 (as handlers of the standard library do: a log that fails stops nothing)
            self.handleError(record)


def _begin() -> None:
    given = request.headers.get(REQUEST_ID, "")
    g.request_id = given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(16)
    g.began_at = clock.ticks()


def _end(response: Response) -> Response:
    response.headers[REQUEST_ID] = g.request_id
    fields = {
        "method": request.method,
        "endpoint": request.endpoint,
        "route": None if request.url_rule is None else request.url_rule.rule,
        "status": response.status_code,
        "milliseconds": round((clock.ticks() - g.began_at) * 1_000, 1),
        "bank": g.get("bank_slug"),
    }
    _log.info("request", extra={"fields": fields})
    return response


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """Return the record's own fields, and the request id where it is logged while a request is answered."""
    fields: dict[str, Any] = dict(getattr(record, "fields", {}))
    if has_app_context() and "request_id" in g:
        fields["request_id"] = g.request_id
    return fields


def _moment(record: logging.LogRecord) -> str:
    """Return when it was logged, in UTC to the millisecond (RFC 3339)."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
