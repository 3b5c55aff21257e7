"""axe finds nothing in any kind of e-mail, on a phone, in light and in dark colours."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import PHONE
from tests.browser.test_axe import AXE, COLOURS, EVERYTHING, RUN
from tests.listings.conftest import said, tree
from tests.worker.conftest import app, mail, office, watch
from tests.worker.test_every_kind import BY_EMAIL, bodies, mails
from timebank.notices.kinds import NoticeKind

__all__ = ["app", "mail", "mails", "office", "said", "tree", "watch"]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", BY_EMAIL)
def test_axe_finds_nothing_in_an_e_mail(mails, chromium: Browser, kind: NoticeKind) -> None:
    for message in mails(kind):
        context = chromium.new_context(viewport=PHONE)
        page = context.new_page()
        page.set_content(bodies(message)["html"])
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for scheme, rules in (("light", EVERYTHING), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(RUN, rules) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        context.close()
