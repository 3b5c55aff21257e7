"""The installation that a command works on: its settings, its database, and refusals as a terminal shows them."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from timebank.config import NotSetUpError, Settings, read_settings
from timebank.db import opened
from timebank.errors import TimebankError
from timebank.spelling import tidy
from timebank.variables import BadSettingError

_LONGEST_NAME = 80
_LONGEST_WORDS = 254


class Words(click.ParamType[str]):
    """A text of an option as it is stored: clean, without surplus spaces, and no longer than its column.

    A longer one is refused, or cut where it `is_cut`.
    """

    name = "text"

    def __init__(self, longest: int = _LONGEST_WORDS, *, needed: bool = False, is_cut: bool = False) -> None:
        self.longest, self.is_cut = longest, is_cut
        self.needed = needed

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the tidy text. Raises BadParameter where it is too long, or missing although it is needed."""
        text = tidy(value)
        if self.is_cut:
            text = text[: self.longest]
        if self.needed and not text:
            self.fail("nothing of it can be read.", param, ctx)
        if len(text) > self.longest:
            self.fail(f"it is longer than {self.longest} letters.", param, ctx)
        return text


WORDS = Words()
NAME = Words(_LONGEST_NAME)
NEEDED_NAME = Words(_LONGEST_NAME, needed=True)


def any_settings() -> Settings:
    """Return the settings of the environment, whether or not anything is set up. Raises ClickException."""
    try:
        return read_settings()
    except BadSettingError as error:
        raise click.ClickException(str(error)) from error


def settings_there(*, before_migrating: bool = False) -> Settings:
    """Return the settings of an installation that is set up. Raises ClickException with the command to run."""
    settings = any_settings()
    try:
        settings.refuse_incomplete(before_migrating=before_migrating)
    except NotSetUpError as error:
        raise click.ClickException(str(error)) from error
    return settings


@contextmanager
def writing(settings: Settings) -> Iterator[Session]:
    """A session that commits once, at the end."""
    with (
        opened(settings.database_url) as engine,
        Session(engine, info=settings.session_info) as session,
    ):
        yield session
        session.commit()


def refusal(error: TimebankError) -> click.ClickException:
    """Return the sentence of an error as click prints it."""
    from timebank.web.sentences import say  # noqa: PLC0415 (loads Flask, and most commands refuse nothing)

    return click.ClickException(say(error))


def no_bank(slug: str) -> click.ClickException:
    """Return the refusal for a bank that does not exist."""
    return click.ClickException(f"no bank is called {slug}")
