"""Serve the site with Flask's development server, which warns on stderr that it is one."""

import os

from flask import Flask
from flask.cli import ScriptInfo, run_command

from timebank.assets_on_disk import asset_dir
from timebank.config import Settings


def develop(settings: Settings, host: str, port: int, *, debug: bool) -> None:
    """Serve until Ctrl+C; restart when a module or a static file changes, and read changed templates again.

    A module that cannot be imported is printed, and the server waits for its next change.
    """

    def load() -> Flask:
        from timebank.cli.serving import make_site  # noqa: PLC0415 (imports all pages, of which one may be broken)

        app = make_site(settings)
        app.config["TEMPLATES_AUTO_RELOAD"] = app.jinja_env.auto_reload = True
        return app

    static = [str(path) for path in sorted(asset_dir("static").rglob("*")) if path.is_file()]
    words = ["--host", host, "--port", str(port), "--reload", "--extra-files", os.pathsep.join(static)]
    words.append("--debug" if debug else "--no-debug")
    run_command.main(args=words, obj=ScriptInfo(create_app=load), standalone_mode=False)
