"""The same site, cast and browsers as the pages' own tests have."""

from tests.web.conftest import _stopped_clock, app, as_, books, clock, visitor, works

__all__ = ["_stopped_clock", "app", "as_", "books", "clock", "visitor", "works"]
