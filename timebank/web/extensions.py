"""The Flask extensions, made once and bound to an app by `create_app`."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app, has_request_context, request
from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from flask_wtf import CSRFProtect
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from timebank.db import Base, make_engine, reading
from timebank.driver import Alone

_log = logging.getLogger(__name__)
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class IntentSession(FlaskSession):
    """A session that is read-only in GET requests, which the database enforces, and has the keys of its app's books."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (the signature is Flask-SQLAlchemy's)
        super().__init__(*args, **kwargs)
        self.info.update(current_app.extensions["session_info"])

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:  # noqa: ANN401 (the signature is SQLAlchemy's)
        """Return the read-only engine for GET, HEAD and OPTIONS, else the writing one."""
        engine = super().get_bind(*args, **kwargs)
        if isinstance(engine, Engine) and has_request_context() and request.method in READING_METHODS:
            return reading(engine)
        return engine


class Database(SQLAlchemy):
    """Flask-SQLAlchemy on the engines of `timebank.db`, which are configured for durability."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: object) -> Engine:  # noqa: ARG002 (the signature is Flask-SQLAlchemy's)
        url = options["url"]
        return make_engine(url if isinstance(url, URL) else make_url(url), echo=options.get("echo", False))

    def alone(self) -> Alone:
        """Return a connection for a deed that is one statement; see `driver.Alone`. Use it as a context manager."""
        return Alone(current_app.extensions["alone_engine"], self.session().info)

    @contextmanager
    def apart(self) -> Iterator[Session]:
        """Yield a session that writes, also in a GET, and is committed at the end whatever comes of the request.

        What the request has not committed is rolled back before: on SQLite it would hold the write lock.
        """
        self.session.rollback()
        with Session(self.engine, info=self.session().info) as session:
            yield session
            session.commit()

    def _teardown_session(self, exc: BaseException | None) -> None:
        """Close the request's session; log a connection that broke meanwhile instead of failing the response.

        Everything that had to be stored was committed before.
        """
        try:
            super()._teardown_session(exc)
        except (OperationalError, InterfaceError) as error:
            _log.warning("a connection broke after its work was done", exc_info=error)
            self.session.registry.clear()


db = Database(model_class=Base, session_options={"class_": IntentSession, "expire_on_commit": False})
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
