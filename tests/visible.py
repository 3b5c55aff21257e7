"""What a function of a room's `access` module answers an actor, as one word of a table."""

from collections.abc import Callable
from typing import Any

from timebank.errors import NotPermittedError, NotVisibleError

VISIBLE, HIDDEN, NOT_PERMITTED = "visible", "hidden", "not permitted"


def answer_of(get: Callable[..., Any], *args: Any) -> str:
    """Return VISIBLE where `get(*args)` returns a row, else which error it raises."""
    try:
        row = get(*args)
    except NotVisibleError:
        return HIDDEN
    except NotPermittedError:
        return NOT_PERMITTED
    assert row is not None
    return VISIBLE
