"""Make the site: named steps, each a function."""

import gc
import logging
from datetime import timedelta
from threading import Thread

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from timebank.assets_on_disk import asset_dir
from timebank.config import Settings, load_settings
from timebank.db import make_alone_engine, opened, refuse_unsafe
from timebank.jobs.queue import Bell, make_queue
from timebank.listings.meanings import vocabulary_model
from timebank.migrations import run as migrations
from timebank.web import access, assets, bodies, errors, filters, headers, hosts, navigation, request_log
from timebank.web.extensions import babel, csrf, db
from timebank.web.pages import list_blueprints

_log = logging.getLogger(__name__)
#: Bytes of the largest body that is read. A page with uploads sets its own.
LARGEST_FORM = 256 * 1024


class UnsafeDebugError(Exception):
    """Debug mode is on for a site that others reach: its error pages would show them code and data."""


def create_app(settings: Settings | None = None) -> Flask:
    """Return the site for these settings; without any, load them from the environment and `start` it.

    Raises NotSetUpError without keys, UnsafeDatabaseError where receipts could be lost, UnsafeDebugError, and what
    `start` raises.
    """
    if settings is None:
        return start(load_settings())
    app = Flask("timebank", template_folder=str(asset_dir("templates")), static_folder=str(asset_dir("static")))
    _refuse_unsafe_debug(app, settings)
    request_log.set_up(app)  # first, so that its time includes the other hooks
    _configure(app, settings)
    bodies.set_up(app)  # before the CSRF check, which reads the form
    _connect(app, settings)
    access.set_up(app)
    for blueprint in list_blueprints():
        app.register_blueprint(blueprint)
    for part in (filters, navigation, assets, errors, headers, hosts):
        part.set_up(app)
    return app


def start(settings: Settings) -> Flask:
    """Return the site for a server process of its own: configures logging, and refuses an outdated database.

    Raises NotMigratedError, and what `create_app` raises.
    """
    request_log.configure(settings)
    with opened(settings.database_url) as engine:
        migrations.refuse_outdated(engine)
    Thread(target=warm_up, args=(settings,), daemon=True).start()  # seconds, the first time
    app = create_app(settings)
    app.extensions["ring"] = Bell(lambda: make_queue(settings)).ring
    return app


def warm_up(settings: Settings) -> None:
    """Read the words that all banks share, and exempt what stands now from cyclic garbage collection.

    These objects stay as long as the process. Each full collection that went through them took 0.1 s of a request.
    """
    vocabulary_model(settings.word_models)
    gc.collect()
    gc.freeze()


def _refuse_unsafe_debug(app: Flask, settings: Settings) -> None:
    """Raise UnsafeDebugError for a public site; elsewhere log a warning. Debug mode comes from FLASK_DEBUG."""
    if not app.debug:
        return
    if settings.is_public:
        message = "debug mode is on, and TIMEBANK_HTTPS or TIMEBANK_PROXIES are set: unset FLASK_DEBUG"
        raise UnsafeDebugError(message)
    _log.warning("debug mode is on: error pages show code and data to whoever reaches this site")


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,  # the server's rows say how long; files stay without a cookie
        PERMANENT_SESSION_LIFETIME=timedelta(days=90),
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open as long as its reader needs
        TRUSTED_HOSTS=settings.trusted_hosts,
        WTF_CSRF_SSL_STRICT=settings.https,
        BABEL_DEFAULT_LOCALE="en_GB",
        DEMO=settings.demo,
        SENDS_MAIL=bool(settings.mail),
        SENDS_TEXTS=bool(settings.texts),
        TEXTS_SECRET=settings.texts_secret,
        SENT_TEXTS=settings.texts.removeprefix("folder:") if settings.texts.startswith("folder:") else None,
        SENT_MAIL=settings.mail.removeprefix("folder:") if settings.mail.startswith("folder:") else None,
        JOB_FILES=settings.job_files,
        BACKUPS=settings.backups,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )


def _connect(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    babel.init_app(app)
    csrf.init_app(app)
    with app.app_context():
        refuse_unsafe(db.engine)
        app.extensions["session_info"] = settings.session_info
        app.extensions["alone_engine"] = make_alone_engine(db.engine)
