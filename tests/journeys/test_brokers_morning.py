"""A broker's morning: the telephone, a slip, the to-do list, somebody at their limit, and a listing of nobody's."""

from tests.journeys.steps import answer_all, ask_by_phone, press
from timebank.codes import spoken


def _member(broker, name):
    return press(broker, broker.get(f"members?words={name}"), name)


def test_two_ring_and_a_slip_lies_in_the_letter_box(as_, village, books):
    rosa, ada, grace = (as_(one) for one in (village.rosa, village.ada, village.grace))
    home = ask_by_phone(rosa, _member(rosa, "Ada Lamont"))
    assert "You are acting for Ada Lamont (by phone)." in home
    page = rosa.done(press(rosa, home, "I gave help"), words="Grace")
    page = answer_all(rosa, page, what="Windows", minutes=60)
    assert "Who gave Ada Lamont (you) Who received Grace Okafor" in page
    rosa.done(page, evidence="rang at 9:10")
    grace.done(press(grace, grace.get(), "Check and confirm"))

    page = ask_by_phone(rosa, _member(rosa, "Linus Baxter"))
    page = rosa.done(press(rosa, page, "I received help"), words="Ada")
    rosa.done(answer_all(rosa, page, what="A lift", minutes=30), evidence="rang at 9:20")
    ada.done(press(ada, ada.get(), "Check and confirm"))
    page = press(ada, press(ada, ada.get(), "Exchanges"), "A lift")
    assert "Rosa Lindsay for Linus Baxter recorded it" in page

    page = ask_by_phone(rosa, _member(rosa, "Ada Lamont"), how="paper")
    page = rosa.done(press(rosa, page, "I gave help"), words="Linus")
    page = rosa.done(answer_all(rosa, page, what="Hedge", minutes=90), slip="y", evidence="slip 14, blue folder")
    assert "Confirmed" in page.title
    balances = [books.balance(one) for one in (village.ada, village.grace, village.linus, village.rosa)]
    assert balances == [60 + 30 + 90, -60, -30 - 90, 0]
    assert "You are acting for" not in rosa.get()
    assert books.are_right()


def test_one_broker_speaks_for_both_with_evidence_and_never_in_her_own(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.done(press(rosa, ask_by_phone(rosa, _member(rosa, "Ada Lamont")), "I gave help"), words="Grace")
    rosa.done(answer_all(rosa, page, what="Windows", minutes=60), evidence="Ada rang at 9:10")
    page = press(rosa, ask_by_phone(rosa, _member(rosa, "Grace Okafor")), "Check and confirm")
    refused = rosa.submit(page, evidence="")
    assert "another broker" in refused
    assert books.balance(village.ada) == 0
    rosa.done(refused, evidence="Grace rang at 9:30")
    assert books.balance(village.ada) == 60

    books.recorded(village.rosa, village.grace, what="Ironing")
    page = press(rosa, ask_by_phone(rosa, _member(rosa, "Grace Okafor")), "Check and confirm")
    refused = rosa.submit(page, evidence="Grace rang")
    assert "You are part of this exchange yourself, so another broker has to act here." in refused
    assert (books.balance(village.rosa), books.balance(village.grace)) == (0, -60)
    assert books.are_right()


def test_somebody_a_good_way_below_zero_is_talked_with(as_, village, books):
    rosa, grace = as_(village.rosa), as_(village.grace)
    books.recorded(village.ada, village.grace, what="Windows", minutes=615)
    grace.done(press(grace, grace.get(), "Check and confirm"))
    assert books.balance(village.grace) == -615
    page = press(rosa, press(rosa, rosa.get(), "Desk"), "Open the to-do list")
    page = press(rosa, page, "Talk with Grace Okafor: a good way below zero")
    page = rosa.done(page, "I do this one")
    assert "Talk with Grace Okafor: a good way below zero" in rosa.get("tasks?show=mine").links
    page = rosa.done(press(rosa, page, "It is done"), note="She bakes for the lunch club on Mondays.")
    assert "Done. Thank you." in page
    assert "Nothing waits." in press(rosa, page, "To do")
    assert books.are_right()


def test_somebody_at_their_limit_gets_room_and_the_help_goes_through(as_, village, books):
    rosa, grace = as_(village.rosa), as_(village.grace)
    books.confirmed(village.ada, village.grace, what="Windows", minutes=1200)
    books.recorded(village.linus, village.grace, what="A lift", minutes=60)
    refused = grace.submit(press(grace, grace.get(), "Check and confirm"))
    assert "Ring Mary Duncan on 01632 960 001, there is always a way." in refused
    page = press(rosa, _member(rosa, "Grace Okafor"), "How far below zero")
    page = rosa.done(page, "Change the limit", below="25 hours", reason="Back from hospital", until="31 March 2027")
    assert "The limit of Grace Okafor is changed." in page
    grace.done(refused)
    assert (books.balance(village.grace), books.balance(village.linus)) == (-1260, 60)
    mary = as_(village.mary)
    assert "Lower limits for a time 1" in press(mary, mary.get(), "Audit")
    assert "Back from hospital" in mary.get("audit/overrides")
    assert books.are_right()


def test_a_listing_from_the_old_system_finds_its_owner(as_, village, books):
    books.imported("I offer rides to town")
    rosa, ada = as_(village.rosa), as_(village.ada)
    page = press(rosa, press(rosa, rosa.get(), "Offers and requests"), "I offer rides to town")
    page = rosa.submit(press(rosa, page, "Hand it to its owner"), words="Grace")
    page = rosa.done(page, person=village.grace.code)
    assert "It belongs to Grace Okafor now." in page
    assert "I offer rides to town" in as_(village.grace).get("my-listings").links
    page = ada.done(press(ada, ada.get("listings?words=ride"), "I offer rides to town"), "Ask Grace for this")
    ada.done(answer_all(ada, page, what="", minutes=30, travel="", preparation="", how_long=""))
    made = books.only_exchange()
    assert (made.giver_account_id, made.receiver_account_id) == (village.grace.account_id, village.ada.account_id)
    grace = as_(village.grace)
    assert spoken(made.code) in press(grace, grace.get(), "Answer")
    assert books.are_right()
