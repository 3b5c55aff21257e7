"""Two sites in one process, such as a server of several installations, or the tests: each has its own keys."""

from dataclasses import replace

from timebank.app import create_app
from timebank.web.extensions import db


def test_each_site_signs_its_books_with_its_own_keys(backend, village, tmp_path):
    first = create_app(backend.settings)
    other_settings = replace(backend.settings, instance=tmp_path)
    other_settings.make_keys()
    second = create_app(other_settings)
    keys = []
    for site in (first, second, first):
        with site.app_context():
            keys.append(db.session().info["books_key"])
            db.session.remove()
            db.engine.dispose()  # the database file is replaced before the next test
            site.extensions["alone_engine"].dispose()
    assert keys == [backend.settings.books_key, other_settings.books_key, backend.settings.books_key]
    assert keys[0] != keys[1]
