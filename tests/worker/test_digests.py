"""Digests from listings to e-mails, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.listings.conftest import list_it, said, tree
from tests.worker.conftest import MORNING
from timebank.actors import Doing, Unattended
from timebank.announcements.actions import announce
from timebank.banks.models import Bank
from timebank.digests.models import DigestItem
from timebank.listings import actions as listings
from timebank.listings.queries import get_tree
from timebank.listings.rules import ListingKind, Move
from timebank.members.actions import NewMember, admit
from timebank.members.models import Person
from timebank.notices.actions import choose
from timebank.notices.kinds import NoticeKind, Topic
from timebank.notices.models import Notice
from timebank.notices.rules import USUAL, Choice, Often, Way
from timebank.telling.letters import list_letters
from timebank.worker.digesting import make_digests
from timebank.worker.office import Office
from timebank.worker.sending import send_what_is_due

__all__ = ["list_it", "said", "tree"]
MONDAY = MORNING + timedelta(days=2)


@pytest.fixture
def listed(session, village, list_it):
    """A request of Grace's for gardening, and Linus's offer of dog walking, committed."""
    codes = {
        "request": list_it("Weeding the roses", "outdoors/gardening", kind=ListingKind.REQUEST, by=village.grace),
        "offer": list_it("Walking your dog", "outdoors/dog-walking", by=village.linus),
    }
    session.commit()
    return codes


def digest(office):
    """Make and send; return {first name: text of the digest}."""
    office.transport.sent.clear()
    make_digests(office)
    send_what_is_due(office)
    return {
        str(message["To"]).partition(" ")[0]: message.get_body(("plain",)).get_content()
        for _to, message in office.transport.sent
        if message["Subject"] == "News from your time bank"
    }


def test_on_monday_members_read_what_others_ask_for_and_offer(office, listed, watch):
    assert digest(office) == {}  # Saturday: the usual is once a week
    watch.now = MONDAY
    texts = digest(office)
    assert "Asked for near you\n- Weeding the roses" in texts["Ada"]
    assert "New offers\n- Walking your dog" in texts["Ada"]
    assert "Weeding the roses" not in texts["Grace"]  # her own
    assert "Walking your dog" in texts["Grace"]
    assert "Walking your dog" not in texts["Linus"]
    assert "Perdita" not in texts


def test_without_e_mail_no_news_are_used_up(office, listed, watch):
    watch.now = MONDAY
    assert make_digests(Office(office.settings, office.engine, office.app, None, office.watch)) == 0
    assert "Weeding the roses" in digest(office)["Ada"]


def test_news_by_post_are_made_without_e_mail_too(office, listed, watch, session, village, backend):
    by_post = {Topic.ROUND_THE_BANK: Choice(Way.LETTER, Often.MONTHLY)}
    choose(session, by_post, Doing(village.ada, MORNING))
    session.get_one(Bank, village.angus.id).sends_letters = True
    session.get_one(Person, village.ada.person_id).postal_address = "4 Brae"
    session.commit()
    watch.now = MORNING + timedelta(days=10)  # the first of December
    without = Office(office.settings, office.engine, office.app, None, office.watch)
    assert make_digests(without) == 1
    send_what_is_due(without)
    with backend.session() as reading:
        [letter] = list_letters(reading, village.angus.id, watch.now)
    assert (letter.reader.name, [notice.kind for notice in letter.notices]) == ("Ada Lamont", [NoticeKind.DIGEST])


def test_who_shares_a_proved_e_mail_has_none_made(office, listed, watch, session, village):
    watch.now = MONDAY
    for member in (village.ada, village.linus):
        person = session.get_one(Person, member.person_id)
        person.email, person.email_is_proved = "both@example.org", True
    session.commit()
    shared = {village.ada.membership_id, village.linus.membership_id}
    assert make_digests(office) > 0
    assert set(session.scalars(select(Notice.member_id).where(Notice.kind == NoticeKind.DIGEST))) & shared == set()
    assert set(session.scalars(select(DigestItem.member_id))) & shared == set()


def test_nothing_comes_twice_and_an_empty_one_is_not_sent(office, listed, watch):
    watch.now = MONDAY
    assert digest(office)
    assert digest(office) == {}
    watch.pass_by(days=7)
    assert digest(office) == {}


def test_who_could_help_reads_it_first(office, session, village, list_it, listed, watch):
    list_it("Gardening, weeding and roses", "outdoors/gardening", by=village.ada)
    session.commit()
    watch.now = MONDAY
    text = digest(office)["Ada"]
    assert "You could help with\n- Weeding the roses" in text
    assert "See how you could help" in text
    assert text.count("Weeding the roses") == 1


def test_a_request_under_other_help_is_told_to_who_offers_that(office, session, village, list_it, watch):
    """O #93: a request in a catch-all category notified nobody."""
    list_it("Whatever is needed", "something-else/other-help", by=village.ada)
    list_it(
        "Holding a ladder for whatever is needed",
        "something-else/other-help",
        kind=ListingKind.REQUEST,
        by=village.grace,
    )
    session.commit()
    watch.now = MONDAY
    assert "Holding a ladder" in digest(office)["Ada"]


def test_what_was_closed_before_it_went_out_is_left_out(office, session, village, listed, watch):
    watch.now = MONDAY
    make_digests(office)
    for who, code in ((village.grace, listed["request"]), (village.linus, listed["offer"])):
        listings.move(session, village.angus, code, Move.CLOSE, Doing(who, watch(), f"close {code}"))
    session.commit()
    send_what_is_due(office)
    assert [message["Subject"] for _to, message in office.transport.sent] == []


@pytest.mark.parametrize(
    "changed", [{"email_is_proved": False}, {"email": "grace@example.org"}, {"email_failed_at": MORNING}]
)
def test_no_digest_goes_to_an_e_mail_that_may_not_be_theirs_alone(office, session, village, listed, watch, changed):
    for name, value in changed.items():
        setattr(session.get_one(Person, village.ada.person_id), name, value)
    session.commit()
    watch.now = MONDAY
    assert "Ada" not in digest(office)


def test_who_stopped_them_gets_none_and_who_wants_them_daily_gets_one_each_day(
    office, session, village, list_it, listed, watch
):
    for who, choice in (
        (village.ada, Choice(Way.NONE, Often.AT_ONCE)),
        (village.grace, Choice(Way.EMAIL, Often.DAILY)),
    ):
        choose(session, USUAL | {Topic.ROUND_THE_BANK: choice}, Doing(who, MORNING, "choose"))
    session.commit()
    days = []
    for day in range(4):
        watch.now = MORNING + timedelta(days=day)
        list_it(f"Offer of day {day}", "outdoors/gardening", by=village.linus)
        session.commit()
        days.append(sorted(digest(office)))
    assert all("Ada" not in names for names in days)
    assert ["Grace" in names for names in days] == [False, True, True, True]


def test_an_announcement_stands_in_the_next_digest_once_and_only_while_it_stands(
    office, session, village, listed, watch
):
    announce(session, village.angus, "The office is closed on Thursday.", 7, Doing(village.rosa, MORNING, "announce"))
    announce(session, village.angus, "Soup today.", 1, Doing(village.rosa, MORNING, "soup"))
    session.commit()
    watch.now = MONDAY
    texts = digest(office)
    assert all("The office is closed on Thursday." in text for text in texts.values())
    assert not any("Soup today." in text for text in texts.values())
    watch.pass_by(days=7)
    assert digest(office) == {}


def test_at_night_none_is_made(office, listed, watch):
    watch.now = MONDAY.replace(hour=7, minute=30)
    assert digest(office) == {}
    watch.now = MONDAY.replace(hour=8)
    assert digest(office)


def test_a_member_of_two_banks_gets_one_of_each(office, session, village, said, listed, watch):
    """T #371: they got one bank's only."""
    perth, ada = village.perth, NewMember("Ada Lamont", "ada@example.org", person_id=village.ada.person_id)
    admit(session, perth, ada, Unattended(perth.id, MORNING))
    listings.open_categories(session, perth, Unattended(perth.id, MORNING))
    kind = get_tree(session, perth.id).by_key["outdoors/gardening"].id
    text = replace(said("Pruning apple trees"), category_ids=(kind,))
    listings.add(session, perth, ListingKind.OFFER, text, Doing(village.perdita, MORNING, "in Perth"))
    session.commit()
    watch.now = MONDAY
    digest(office)
    senders = [str(message["From"]) for to, message in office.transport.sent if to == "ada@example.org"]
    assert sorted(sender.partition(" <")[0] for sender in senders) == ["Angus Time Bank", "Perth Time Bank"]
    assert digest(office) == {}


def test_a_list_unsubscribe_of_one_click_stands_in_each(office, listed, watch):
    watch.now = MONDAY
    digest(office)
    for _to, message in office.transport.sent:
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["List-Unsubscribe"].startswith("<http://127.0.0.1:5000/angus/stop/")


def test_each_digest_is_one_notice(office, backend, listed, watch):
    watch.now = MONDAY
    sent = digest(office)
    with backend.session() as session:
        kinds = session.scalars(select(Notice.kind)).all()
    assert kinds.count("digest") == len(sent)
