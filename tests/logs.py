"""Logging as it was: what `timebank run` configures for its process is undone at the end of a test."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

_LOGGERS = (None, "timebank", "sqlalchemy.engine")


@contextmanager
def logs_as_before() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels, handlers = [logger.level for logger in loggers], list(loggers[0].handlers)
    try:
        yield
    finally:
        for handler in set(loggers[0].handlers) - set(handlers):
            loggers[0].removeHandler(handler)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
