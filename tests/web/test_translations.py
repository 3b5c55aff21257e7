"""A trial translation, which puts each sentence in guillemets: it reaches pages, fields, refusals and plurals."""

import re

import pytest
from babel.messages.mofile import write_mo

from docs.write_messages import catalog
from timebank.app import create_app
from timebank.listings.errors import NoTitleError
from timebank.web.extensions import db
from timebank.web.sentences import say


@pytest.fixture(scope="module")
def guillemets(tmp_path_factory):
    """A folder of translations in which German is English with guillemets."""
    folder = tmp_path_factory.mktemp("translations")
    sentences = catalog()
    sentences.locale = "de"
    for message in sentences:
        if message.id:
            forms = (message.id,) if isinstance(message.id, str) else message.id
            marked = tuple(f"«{form}»" for form in forms)
            message.string = marked[0] if isinstance(message.id, str) else marked
    path = folder / "de" / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, sentences)
    return folder


@pytest.fixture
def german(backend, village, guillemets):
    site = create_app(backend.settings)
    settings = site.extensions["babel"]
    settings.translation_directories[:] = [str(guillemets)]
    settings.locale_selector = lambda: "de"
    cache = settings.instance.domain_instance.cache  # of all sites in this process
    cache.clear()
    yield site
    cache.clear()
    with site.app_context():
        db.engine.dispose()


def test_a_translation_reaches_the_words_of_a_page(german):
    page = german.test_client().get("/angus/sign-in").text
    seen = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<body")[2].partition(">")[2]))
    left = re.sub("«[^«»]*»", "", seen)
    assert "«Sign in»" in seen
    assert re.findall(r"[A-Za-z]{3,}", left.replace("Angus Time Bank", "")) == []


def test_a_translation_reaches_a_refusal(german):
    with german.test_request_context("/"):
        assert say(NoTitleError()).startswith("«")
