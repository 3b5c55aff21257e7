"""Acting for members who phone, write or drop in: the mode, its banner, and what it does not open."""

import pytest
from sqlalchemy import text

from timebank.codes import spoken

EVIDENCE = "rang on Monday at 10"


def acting(member, how="phone"):
    return f"acting={spoken(member.code)}&how={how}"


def test_a_broker_says_how_the_member_tells_them_and_comes_to_the_members_home(as_, village):
    page = as_(village.rosa).get(f"members/{spoken(village.ada.code)}/acting")
    assert "Act for Ada Lamont" in page.title
    assert "How does Ada tell you?" in page
    (form,) = (one for one in page.forms if one.method == "get")
    assert form.action == "/angus/"
    assert form.fields["acting"] == [spoken(village.ada.code)]
    assert form.choices["how"] == ["phone", "paper", "in_person"]


def test_the_member_page_leads_a_broker_there_and_nobody_else(as_, village):
    address = f"members/{spoken(village.ada.code)}"
    assert as_(village.rosa).get(address).links["Act for Ada"].endswith("/acting")
    for other in (village.grace, village.tom, village.audrey):
        assert "Act for Ada" not in as_(other).get(address).links


def test_an_exchange_that_waits_leads_a_broker_to_act_for_either_side(as_, village, books):
    waiting, done = books.recorded(village.ada, village.grace), books.confirmed(village.ada, village.grace)
    links = as_(village.rosa).get(f"exchanges/{waiting}").links
    assert [links[f"Act for {name}"].split("/")[3] for name in ("Ada", "Grace")] == [
        spoken(village.ada.code),
        spoken(village.grace.code),
    ]
    assert "Act for Ada" not in as_(village.rosa).get(f"exchanges/{done}").links
    own = books.recorded(village.rosa, village.grace)
    for reader, code in ((village.grace, waiting), (village.tom, waiting), (village.rosa, own)):
        assert "Act for Grace" not in as_(reader).get(f"exchanges/{code}").links


def test_every_page_of_the_mode_says_so_and_keeps_it_in_its_links(as_, village, books):
    books.recorded(village.linus, village.ada)
    rosa = as_(village.rosa)
    page = rosa.get(f"?{acting(village.ada, 'paper')}")
    assert "You are acting for Ada Lamont (on paper)." in page
    kept = [url for words, url in page.links.items() if words not in {"Stop acting for them", "Skip to the main part"}]
    inside = [url for url in kept if url.startswith("/angus") and "sign-in" not in url]
    assert inside
    assert [url for url in inside if f"acting={spoken(village.ada.code)}" not in url] == []
    page = rosa.get(page.links["Check and confirm"])
    assert "You are acting for Ada Lamont" in page
    stopped = rosa.get(page.links["Stop acting for them"])
    assert "You are acting for" not in stopped


def test_forms_that_look_for_something_keep_the_mode(as_, village, books):
    books.confirmed(village.linus, village.ada)
    for address in ("hours", "exchanges"):
        page = as_(village.rosa).get(f"{address}?{acting(village.ada)}")
        (form,) = (one for one in page.forms if one.method == "get")
        assert (form.fields["acting"], form.fields["how"]) == ([spoken(village.ada.code)], ["phone"])


def test_help_is_recorded_for_a_member_in_the_same_four_questions(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(f"help/record/giver?{acting(village.ada)}")
    for typed in ({"words": "Grace"}, {"what": "Gardening"}, {"choice": "today"}, {"choice": "60"}):
        page = rosa.done(page, **typed)
    assert "What is there to show for it?" in page
    page = rosa.done(page, evidence=EVIDENCE)
    made = books.only_exchange()
    assert (made.giver_account_id, made.receiver_account_id) == (village.ada.account_id, village.grace.account_id)
    assert "You are acting for Ada Lamont" in page
    told = as_(village.ada).get(f"exchanges/{spoken(made.code)}")
    assert "Rosa Lindsay for Ada Lamont recorded it: 1 hour" in told
    assert f"Ada told them by phone: {EVIDENCE}" in told


def test_a_slip_that_both_signed_is_confirmed_at_once(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(f"help/record/receiver?{acting(village.ada, 'paper')}")
    for typed in ({"words": "Grace"}, {"what": "Ironing"}, {"choice": "today"}, {"choice": "90"}):
        page = rosa.done(page, **typed)
    bare = rosa.submit(page, slip="y", evidence="")
    assert "write down what there is to show for each" in bare
    assert books.exchanges() == 0
    done = rosa.done(bare, slip="y", evidence="slip 14, blue folder")
    assert "Confirmed" in done.title
    assert (books.balance(village.grace), books.balance(village.ada)) == (90, -90)
    assert books.are_right()


def test_one_broker_for_both_sides_is_asked_for_evidence_and_loses_nothing(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    rosa = as_(village.rosa)
    page = rosa.done(rosa.get(f"exchanges/{code}/confirmation?{acting(village.grace)}"), evidence="")
    assert "Confirmed" in page.title  # Ada recorded it herself
    with books.backend.owner_session() as session:
        assert session.execute(text("SELECT on_behalf_of FROM entry")).scalar_one() == village.grace.membership_id


def test_who_gave_both_sides_words_without_evidence_is_told_the_way_out(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(f"help/record/giver?{acting(village.ada)}")
    for typed in ({"words": "Grace"}, {"what": "Gardening"}, {"choice": "today"}, {"choice": "60"}, {"evidence": ""}):
        page = rosa.done(page, **typed)
    code = spoken(books.only_exchange().code)
    answer = rosa.submit(rosa.get(f"exchanges/{code}/confirmation?{acting(village.grace)}"), evidence=EVIDENCE)
    assert "Or let another broker do this one." in answer
    assert answer.form.fields["evidence"] == [EVIDENCE]
    assert books.state(code) == "recorded"


def test_a_broker_cannot_act_for_the_other_side_of_their_own_exchange(as_, village, books):
    code = books.recorded(village.rosa, village.grace)
    rosa = as_(village.rosa)
    page = rosa.get(f"exchanges/{code}/confirmation?{acting(village.grace)}")
    answer = rosa.submit(page, evidence=EVIDENCE)
    assert "You are part of this exchange yourself, so another broker has to act here." in answer
    assert (books.state(code), books.balance(village.rosa)) == ("recorded", 0)


def test_a_broker_changes_the_phone_of_a_member_and_learns_nothing_of_their_devices(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(f"profile?{acting(village.ada)}")
    assert "Where you are signed in" not in page
    rosa.done(page, phone="01632 960 999")
    assert books.ask("SELECT phone FROM person WHERE id = :id", id=village.ada.person_id)[0][0] == "+441632960999"
    row = books.ask("SELECT done_by, on_behalf_of FROM trail WHERE deed = 'profile.changed'")[0]
    assert tuple(row) == (village.rosa.membership_id, village.ada.membership_id)


def test_the_contact_of_somebody_with_a_role_is_theirs_alone_to_change(as_, village, books):
    rosa = as_(village.rosa)
    answer = rosa.submit(rosa.get(f"profile?{acting(village.mary)}"), email="rosa@example.org")
    assert "You cannot do this." in answer
    assert books.ask("SELECT email FROM person WHERE id = :id", id=village.mary.person_id)[0][0] == "mary@example.org"


@pytest.mark.parametrize("address", ["password", "desk", "members", "applications/new"])
def test_the_mode_opens_neither_signing_in_nor_a_brokers_pages(as_, village, address):
    assert as_(village.rosa).get(f"{address}?{acting(village.ada)}").status == 403


def test_a_broker_cannot_choose_the_password_of_the_member_they_act_for(as_, village, books):
    before = books.ask("SELECT password_hash FROM person WHERE id = :id", id=village.ada.person_id)
    rosa = as_(village.rosa)
    answer = rosa.post(f"password?{acting(village.ada)}", password="seven-red-kettles", again="seven-red-kettles")
    assert answer.status == 403
    assert rosa.post(f"profile/other-devices?{acting(village.ada)}").status == 403
    assert books.ask("SELECT password_hash FROM person WHERE id = :id", id=village.ada.person_id) == before


def test_acting_for_a_coordinator_opens_nothing_that_is_the_coordinators(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    rosa = as_(village.rosa)
    assert rosa.get(f"exchanges/{code}/reversal?{acting(village.mary)}").status in {403, 404}
    assert rosa.get(f"exchanges/{code}?{acting(village.mary)}").status == 404  # Mary the member took no part


@pytest.mark.parametrize(
    ("who", "whom", "how", "status"),
    [
        ("grace", "ada", "phone", 403),
        ("tom", "ada", "phone", 403),
        ("audrey", "ada", "phone", 403),
        ("rosa", "rosa", "phone", 403),
        ("rosa", "tom", "phone", 403),
        ("rosa", "perdita", "phone", 404),
        ("rosa", "ada", "slip", 403),
        ("rosa", "ada", "", 403),
        ("rosa", "ada", "by pigeon", 403),
        ("perdita", "ada", "phone", 404),
    ],
)
def test_who_may_not_act_for_somebody_is_refused(as_, village, who, whom, how, status):
    browser = as_(getattr(village, who))
    assert browser.get(f"/angus/hours?{acting(getattr(village, whom), how)}").status == status


def test_an_address_that_names_nobody_is_not_found(as_, village):
    assert as_(village.rosa).get("hours?acting=ZZZZ-ZZZZ&how=phone").status == 404
    assert as_(village.rosa).get("hours?acting=&how=phone").status == 404
    assert as_(village.rosa).get("members/ZZZZ-ZZZZ/acting").status == 404


def test_two_windows_of_one_broker_never_mix_two_members(as_, village, books):
    rosa = as_(village.rosa)
    code_ada, code_linus = (books.recorded(village.grace, one) for one in (village.ada, village.linus))
    first = rosa.get(f"exchanges/{code_ada}/confirmation?{acting(village.ada)}")
    second = rosa.get(f"exchanges/{code_linus}/confirmation?{acting(village.linus)}")
    rosa.done(first, evidence="")
    rosa.done(second, evidence="")
    whose = books.ask("SELECT on_behalf_of FROM entry ORDER BY id")
    assert [row[0] for row in whose] == [village.ada.membership_id, village.linus.membership_id]
