"""An office whose e-mails have a return path, for tests of what comes back."""

from dataclasses import replace

from timebank.worker.office import Office
from timebank.worker.returned import Outcome, take

BOUNCES = "bounces@hours.example.org"


def returning(office: Office, **more: str) -> Office:
    """Return the same office with the setting TIMEBANK_BOUNCES_TO, and others."""
    settings = replace(office.settings, bounces_to=BOUNCES, **more)  # type: ignore[arg-type]  # strings alone
    return Office(settings, office.engine, office.app, office.transport, office.watch)


def comes_back(office: Office, content: bytes) -> Outcome:
    """Take a message that came back."""
    assert office.return_path is not None
    return take(content, office.return_path, office.writing, office.watch())
