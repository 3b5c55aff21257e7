"""URLs of static files with a hash of their content, so that browsers may cache them for a year."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for


def set_up(app: Flask) -> None:
    """Register the template function `asset('css/timebank.css')`."""

    @lru_cache(maxsize=64)
    def version(name: str) -> str:
        return hashlib.sha256((Path(app.static_folder or "") / name).read_bytes()).hexdigest()[:12]

    @app.template_global()
    def asset(name: str) -> str:
        return url_for("static", filename=name, v=version(name))
