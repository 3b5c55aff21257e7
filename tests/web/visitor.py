"""Somebody with a browser: opens pages, types into their real forms and presses their buttons."""

from flask import Flask
from sqlalchemy.orm import Session

from tests.people import NOW
from tests.web.page import Form, Page
from timebank.actors import Actor
from timebank.security.actions import Origin
from timebank.signing_in.actions import Arrival, open_session


class Visitor:
    """A browser of its own, with its own cookies, at one bank's pages."""

    def __init__(self, app: Flask, bank: str = "angus") -> None:
        self.client = app.test_client()
        self.bank = bank

    def sign_in_as(self, session: Session, actor: Actor) -> "Visitor":
        """Sign in by the row that signing in makes; the slow check of a password has its own tests."""
        token = open_session(
            session, Arrival(actor.bank_id, actor.person_id, Origin(device="A test's browser")), now=NOW
        )
        session.commit()
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return self

    def _address(self, path: str) -> str:
        return path if path.startswith("/") else f"/{self.bank}/{path}"

    def get(self, path: str = "") -> Page:
        """Open an address: from its slash on, or within the bank."""
        return Page(self.client.get(self._address(path)))

    def send(self, form: Form, **typed: object) -> Page:
        """Press the form's button after typing these fields; the answer is not followed."""
        assert form.method == "post"
        return Page(self.client.post(form.action, data=form.filled(typed)))

    def submit(self, page: Page, button: str | None = None, **typed: object) -> Page:
        """Send the page's only form, or the one under this button."""
        return self.send(page.form if button is None else page.form_with(button), **typed)

    def follow(self, page: Page) -> Page:
        """Go where an answer sends its reader; a page that is shown stays."""
        for _ in range(4):
            if page.to is None:
                return page
            page = Page(self.client.get(page.to))
        raise AssertionError(page)

    def done(self, page: Page, button: str | None = None, **typed: object) -> Page:
        """Send a form that is taken, and read the page it leads to."""
        answer = self.submit(page, button, **typed)
        assert answer.status == 303, answer
        return self.follow(answer)

    def token(self) -> str:
        """The form token that this browser's pages carry."""
        page = self.get("sign-in/code")
        return page.form.fields["csrf_token"][0]

    def post(self, path: str, **typed: object) -> Page:
        """Send a form's token and these fields to an address, whether a page shows such a form or not."""
        return Page(self.client.post(self._address(path), data={"csrf_token": self.token(), **typed}))

    def post_bare(self, path: str, **typed: object) -> Page:
        """Send fields without a form's token, as a page of somebody else would."""
        return Page(self.client.post(self._address(path), data=typed))
