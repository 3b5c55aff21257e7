"""Every kind of notice as an e-mail: what stands in it, and that opening its links changes nothing."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select, text

from tests.listings.conftest import said, tree
from tests.notices.returned_messages import reply
from tests.people import NOW, TODAY, make_confirmed, make_recorded, show_phone_is_theirs, terms
from tests.worker.conftest import MORNING
from tests.worker.returning import comes_back, returning
from timebank.actors import Doing, How, Role, Standing, acting_for
from timebank.banks.models import Bank
from timebank.db import Base
from timebank.exchanges import actions, reversals
from timebank.exchanges.by_text import code_for, take_answer
from timebank.exchanges.expiry import expire
from timebank.exchanges.queries import find_exchange
from timebank.exchanges.telling import remind
from timebank.listings import actions as listings
from timebank.listings.rules import ListingKind
from timebank.matching.inviting import InvitationText, invite
from timebank.members import roles
from timebank.members.actions import get_membership_by_code
from timebank.members.profiles import Profile, change_profile
from timebank.members.standing import change_standing
from timebank.messages.actions import write
from timebank.notices.kinds import TEXTED_CODES, NoticeKind
from timebank.notices.models import Notice
from timebank.notices.rules import Way
from timebank.security.actions import Origin
from timebank.signing_in.actions import Arrival, open_session, set_password
from timebank.signing_in.code_actions import make_code
from timebank.signing_in.forgotten import send_code_to
from timebank.signing_in.own_contacts import mail_email_code
from timebank.web.telling.mail import LONGEST_SUBJECT
from timebank.web.telling.words import makers
from timebank.worker.digesting import make_digests
from timebank.worker.sending import send_what_is_due

__all__ = ["said", "tree"]
MOBILE = "+447400123456"
TOMORROW = TODAY + timedelta(days=1)
#: Codes by text are in test_texted_codes.
BY_EMAIL = [kind for kind in NoticeKind if kind not in TEXTED_CODES]
#: Words that stand in no e-mail: who sees it beside the reader would learn what is nobody's business.
SENSITIVE = re.compile(r"social prescribing|concern|below zero|referral|suspended", re.IGNORECASE)


class Scene:
    """Makes each kind of notice for Grace, by the deeds that cause it."""

    def __init__(self, session, village, office, said):
        self.session, self.village, self.office, self.said = session, village, office, said

    def _proposed(self, by):
        said_terms = terms(self.village.ada, self.village.grace, day=TOMORROW + timedelta(days=1), what="Shopping")
        return actions.propose(self.session, self.village.angus, said_terms, Doing(by, NOW, "propose"))

    def _recorded(self):
        return make_recorded(self.session, self.village, self.village.ada, self.village.grace)

    def asked(self):
        self._proposed(self.village.ada)

    def accepted(self):
        actions.accept(self.session, self._proposed(self.village.grace), Doing(self.village.ada, NOW))

    def declined(self):
        actions.decline(self.session, self._proposed(self.village.grace), Doing(self.village.ada, NOW))

    def called_off(self):
        actions.cancel(self.session, self._proposed(self.village.ada), Doing(self.village.ada, NOW))

    def tomorrow(self):
        self.accepted()
        self.office.watch.pass_by(days=1)
        remind(self.session, self.village.angus, now=self.office.watch())

    def to_confirm(self):
        self._recorded()

    def still_to_confirm(self):
        self._recorded()
        self.office.watch.pass_by(days=5)
        remind(self.session, self.village.angus, now=self.office.watch())

    def not_right(self):
        code = make_recorded(self.session, self.village, self.village.grace, self.village.ada)
        actions.dispute(self.session, code, Doing(self.village.ada, NOW), words="Less", minutes=30)

    def settled(self):
        code = self._recorded()
        actions.dispute(self.session, code, Doing(self.village.grace, NOW), words="Less", minutes=30)
        actions.decide(self.session, code, Doing(self.village.rosa, NOW), minutes=45, reason="Both rang")

    def nobody_confirmed(self):
        self._recorded()
        self.office.watch.pass_by(days=91)
        expire(self.session, self.village.angus, now=self.office.watch())

    def _to_take_back(self):
        code = make_confirmed(self.session, self.village, self.village.ada, self.village.grace)
        return reversals.propose(self.session, code, Doing(self.village.mary, NOW, "twice"), reason="Recorded twice")

    def to_take_back(self):
        self._to_take_back()

    def taken_back(self):
        reversals.approve(self.session, self.village.angus, self._to_take_back(), Doing(self.village.clara, NOW, "yes"))

    def invited(self):
        village = self.village
        text = self.said("Weeding", wanted_on=TOMORROW)
        code = listings.add(self.session, village.angus, ListingKind.REQUEST, text, Doing(village.ada, NOW, "ask"))
        content = InvitationText(TOMORROW, None, 60, words="You have such a hand for roses.")
        invite(
            self.session, village.angus, code, [village.grace.membership_id], content, Doing(village.rosa, NOW, "send")
        )

    def message(self):
        write(self.session, self.village.grace, "Could you come at ten?", Doing(self.village.ada, NOW, "write"))

    def standing_changed(self):
        change_standing(self.session, self.village.grace, Standing.SUSPENDED, Doing(self.village.rosa, NOW), reason="x")

    def roles_changed(self):
        membership = get_membership_by_code(self.session, self.village.angus.id, self.village.grace.code)
        roles.give(self.session, membership, Role.BROKER, Doing(self.village.mary, NOW), granted_by=None)

    def code_made(self):
        make_code(self.session, self.village.grace, Doing(self.village.rosa, NOW, "code"))

    def sign_in_code(self):
        now, ways = self.office.watch(), {Way.EMAIL}
        send_code_to(self.session, self.village.angus, "grace@example.org", now=now, ways=ways)

    def email_code(self):
        mail_email_code(self.session, Doing(self.village.grace, self.office.watch(), "send"))

    def contact_changed(self):
        profile = Profile("Grace Okafor", "other@example.org", "+441632960123", "")
        change_profile(self.session, profile, Doing(self.village.grace, NOW))

    def done_for_you(self):
        by_phone = acting_for(self.village.rosa, self.village.grace, How.PHONE)
        actions.confirm(self.session, self._recorded(), Doing(by_phone, NOW, "confirmed"))

    def answered_by_text(self):
        bank = self.session.get_one(Bank, self.village.angus.id)
        bank.answers_by_text = True
        show_phone_is_theirs(self.session, self.village.grace, MOBILE)
        exchange = find_exchange(self.session, self.village.angus.id, self._recorded())
        grace = self.village.grace
        code = code_for(self.session, bank, exchange, grace.membership_id, grace.person_id, NOW)
        assert take_answer(self.session, MOBILE, f"Y {code}", NOW)

    def password_changed(self):
        token = open_session(
            self.session, Arrival(self.village.angus.id, self.village.grace.person_id, Origin()), now=NOW
        )
        set_password(self.session, "a hash", Doing(self.village.grace, NOW), token=token)

    def reply_unread(self):
        self._recorded()
        self.session.commit()
        post = returning(self.office)
        send_what_is_due(post)
        comes_back(post, reply(self.office.transport.return_paths[-1], "grace@example.org"))

    def digest(self):
        by = Doing(self.village.ada, NOW, "offer")
        listings.add(self.session, self.village.angus, ListingKind.OFFER, self.said("Pruning"), by)
        self.session.commit()
        self.office.watch.pass_by(days=2)
        make_digests(self.office)


@pytest.fixture
def mails(session, village, office, said, backend):
    """`mails(kind)` are the e-mails to Grace after the deed that causes this kind."""

    def make(kind):
        getattr(Scene(session, village, office, said), kind.value)()
        session.commit()
        send_what_is_due(office)
        with backend.session() as reading:
            kinds = select(Notice.kind).where(Notice.member_id == village.grace.membership_id)
            assert kind in set(reading.scalars(kinds))
        return [message for to, message in office.transport.sent if to == "grace@example.org"]

    return make


def bodies(message):
    return {part.get_content_subtype(): part.get_content() for part in message.iter_parts()}


def links_of(message):
    """Every address in both parts."""
    found = bodies(message)
    return {*re.findall(r"http://\S+", found["plain"]), *re.findall(r'href="([^"]+)"', found["html"])}


def test_every_kind_has_its_words_and_its_scene():
    assert set(makers()) == set(NoticeKind)
    assert all(hasattr(Scene, kind.value) for kind in BY_EMAIL)


@pytest.mark.parametrize("kind", BY_EMAIL)
def test_what_every_kind_says(mails, village, kind):
    sent = mails(kind)
    assert sent
    for message in sent:
        subject, parts = message["Subject"], bodies(message)
        assert len(subject) <= LONGEST_SUBJECT
        names = [actor.name for actor in vars(village).values() if hasattr(actor, "name") and hasattr(actor, "roles")]
        assert not [name for name in names if name.partition(" ")[0] in subject]
        assert not SENSITIVE.search(subject)
        assert not SENSITIVE.search(parts["plain"].partition("http")[0])
        assert parts["plain"].startswith("Hello Grace,")
        assert "Ring Mary Duncan on 01632 960 001." in parts["plain"]
        assert "<script" not in parts["html"]
        assert not re.search(r"\bsrc\s*=|url\(", parts["html"])  # a token may have the letters of it
        html = letters(re.sub(r"<style>.*?</style>|<[^>]+>", "", unescape(parts["html"]), flags=re.DOTALL))
        lines = [line for line in parts["plain"].splitlines() if line.strip() and "http" not in line]
        assert [line for line in lines if letters(line) not in html] == []


def letters(words):
    """What is said, whatever stands between."""
    return re.sub(r"\W+", "", words)


@pytest.mark.parametrize("kind", BY_EMAIL)
def test_opening_the_links_of_every_kind_changes_nothing(mails, app, backend, village, kind):
    """As a program that looks at every link before its reader, and as the reader who only looks."""
    links = {link.removeprefix("http://127.0.0.1:5000") for message in mails(kind) for link in links_of(message)}
    assert links
    with backend.session() as session:
        token = open_session(session, Arrival(village.angus.id, village.grace.person_id, Origin()), now=MORNING)
        session.commit()
    reader, program = app.test_client(), app.test_client(use_cookies=False)
    with reader.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    before = content(backend)
    for browser in (program, reader):
        for link in links:
            for method in ("GET", "HEAD", "OPTIONS"):
                answer = browser.open(link.replace("&amp;", "&"), method=method)
                assert answer.status_code < 400, (link, method)
    assert content(backend) == before


def content(backend):
    """Every row of every table."""
    with backend.session() as session:
        return {
            name: sorted(map(repr, session.execute(text(f"SELECT * FROM {name}")).all()))
            for name in Base.metadata.tables
        }
