"""What a worker works with: the database, the site that renders, the way out, and the time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from flask import Flask
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from timebank import clock
from timebank.config import Settings
from timebank.db import reading
from timebank.jobs.queries import JobRow
from timebank.notices.return_paths import ReturnPath
from timebank.web.telling.mail import Sender
from timebank.worker.gathering import Means
from timebank.worker.pace import Pace
from timebank.worker.returned import return_path_of
from timebank.worker.text_transports import TextTransport
from timebank.worker.transports import Transport


@dataclass
class Office:
    """What a worker sends with: the database, the app that renders, and the ways out of e-mails and of texts.

    None: no e-mail, or no text, goes out. `job` is the job that it is at; where `is_closing`, it begins no other.
    """

    settings: Settings
    engine: Engine
    app: Flask
    transport: Transport | None
    watch: Callable[[], datetime] = clock.now
    texts: TextTransport | None = None
    sender: Sender = field(init=False)
    return_path: ReturnPath | None = field(init=False, repr=False)
    pace: Pace = field(init=False, repr=False)
    at_work: Lock = field(default_factory=Lock, repr=False)
    reading_mail: Lock = field(default_factory=Lock, repr=False)
    at_jobs: Lock = field(default_factory=Lock, repr=False)
    job: JobRow | None = None
    is_closing: bool = False

    def __post_init__(self) -> None:
        self.sender = Sender(self.settings.sender, self.settings.address)
        self.return_path = return_path_of(self.settings)
        self.pace = Pace(self.settings.mails_a_minute)

    @property
    def means(self) -> Means:
        """The ways out that this installation has."""
        return Means(self.transport is not None, self.texts is not None, keeps_quiet=not self.settings.demo)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits once, at the end."""
        with Session(self.engine, info=self.settings.session_info) as session:
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads."""
        with Session(reading(self.engine), info=self.settings.session_info) as session:
            yield session
