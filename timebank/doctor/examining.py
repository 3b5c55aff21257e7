"""The whole examination, part by part: one that breaks off is an answer itself, and the next goes on."""

import ssl
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from timebank.config import NotSetUpError, Settings
from timebank.db import opened, reading
from timebank.doctor.ages import judge_ages, read_ages
from timebank.doctor.database import (
    Watch,
    examine_file,
    examine_guards,
    examine_log_mode,
    examine_server,
    examine_version,
)
from timebank.doctor.keys import examine_keys
from timebank.doctor.mail_server import SECONDS, examine_reverse_names, examine_server as examine_mail_server
from timebank.doctor.names import Names
from timebank.doctor.rules import Diagnosis, not_checked, quote, warning, wrong
from timebank.doctor.sender import examine_sender, examine_site
from timebank.doctor.witnesses import examine_witnesses
from timebank.worker.transports import SmtpTransport
from timebank.worker.trouble import place_of


@dataclass(frozen=True, slots=True)
class Examination:
    """What is examined, by which servers of the DNS, and how long a mail server may take to answer."""

    settings: Settings
    names: Names
    watch: Watch
    seconds: float = SECONDS
    context: ssl.SSLContext | None = None

    def of_mail(self) -> Iterator[Diagnosis]:
        """Yield about mail; where none goes out by SMTP, why nothing was checked."""
        mail = self.settings.mail
        if not mail:
            yield warning("mail", "nobody is told anything by e-mail. Set TIMEBANK_MAIL: docs/operating.md, E-mails.")
            return
        if not mail.startswith("smtp"):
            yield not_checked("mail", "e-mails go into a folder, since TIMEBANK_MAIL is folder:.")
            return
        yield from _whole("sender", lambda: examine_sender(self.settings, self.names))
        yield from _whole("address of the site", lambda: examine_site(self.settings, self.names))
        yield from _whole("mail server", self._of_mail_server)

    def _of_mail_server(self) -> Iterator[Diagnosis]:
        transport = SmtpTransport(self.settings.mail)
        yield from examine_reverse_names(transport.host, self.names)
        yield from examine_mail_server(
            transport, self.settings.sender, self.watch(), context=self.context, seconds=self.seconds
        )

    def of_all(self) -> Iterator[Diagnosis]:
        """Yield about keys, the database, ages and mail."""
        yield from _whole("keys", lambda: examine_keys(self.settings))
        yield from _whole("database", self._of_database)
        yield from self.of_mail()

    def _of_database(self) -> Iterator[Diagnosis]:
        url = self.settings.database_url
        path = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
        if path is not None:
            if not path.is_file():
                yield wrong("database", f"{quote(str(path))} is missing: run 'timebank init', or restore a backup.")
                return
            yield from examine_file(path)
        with opened(url) as engine:
            yield from examine_version(engine)
            yield from self._of_rows(engine)

    def _of_rows(self, engine: Engine) -> Iterator[Diagnosis]:
        info = self.settings.session_info
        with Session(reading(engine), info=info) as session:
            if engine.dialect.name == "postgresql":
                yield from examine_server(session, self.watch)
            else:
                yield examine_log_mode(session)
            yield from examine_guards(session)
        with Session(reading(engine), info=info) as session:
            yield from examine_witnesses(session)
            now = self.watch()
            yield from judge_ages(
                read_ages(session, now), now, sends=bool(self.settings.mail), backups=self.settings.backups
            )


def _whole(subject: str, examine: Callable[[], Iterable[Diagnosis]]) -> Iterator[Diagnosis]:
    """Yield the answers of one part; where it breaks off, what broke it, without the words of an exception."""
    try:
        yield from examine()
    except NotSetUpError as error:
        yield not_checked(subject, f"{error}.")
    except DBAPIError as error:
        reason = next(iter(str(error.orig).splitlines()), "")
        yield wrong(subject, f"it does not answer as it should: {quote(reason)}. What follows from it was not checked.")
    except Exception as error:  # noqa: BLE001 (an examination that ends with a traceback helps nobody)
        yield wrong(subject, f"this part broke off ({place_of(error)}), which is a fault of this program: report it.")
