from tests.web.exchanges.deciding import decide


def test_home_says_my_hours_what_waits_for_me_and_what_i_can_do(as_, village, books):
    books.confirmed(village.ada, village.grace, minutes=90)
    code = books.recorded(village.linus, village.grace, what="Lamp mended", minutes=45)
    page = as_(village.grace).get()
    assert page.status == 200
    assert "1 hour 30 minutes below zero" in page
    assert "You are 1 hour 30 minutes below zero. That is fine: give a hand when you can." in page
    assert "Linus Baxter says you received 45 minutes of help." in page
    assert page.links["Check and confirm"] == f"/angus/exchanges/{code}/confirmation"
    assert page.links["That is not right"] == f"/angus/exchanges/{code}/dispute"
    assert page.links["I gave help"] == "/angus/help/record/giver"
    assert page.links["I received help"] == "/angus/help/record/receiver"
    assert books.balance(village.grace) == -90


def test_hours_to_use_are_said_in_words(as_, village, books):
    books.confirmed(village.ada, village.grace, minutes=90)
    assert "1 hour 30 minutes to use" in as_(village.ada).get()


def test_a_newcomer_reads_that_they_can_ask_at_once(as_, village):
    page = as_(village.linus).get()
    assert "No hours either way" in page
    assert "You can ask for help at any time." in page
    assert "Nothing at the moment. When somebody records help with you, it shows here." in page
    assert "Same as last time?" not in page


def test_what_i_recorded_waits_for_the_other_and_is_no_task_of_mine(as_, village, books):
    books.recorded(village.ada, village.grace, what="Hedge cutting")
    mine, theirs = as_(village.ada).get(), as_(village.grace).get()
    assert "Waiting for others Hedge cutting waiting With Grace Okafor · Today, Saturday 21 November" in mine
    assert not mine.has_button("Check and confirm")
    assert "Ada Lamont says you received 1 hour of help." in theirs
    assert "Waiting for others" not in theirs


def test_who_is_asked_for_help_is_told_by_whom_and_who_offers_too(as_, village, books):
    books.propose(village.ada, village.grace, by=village.grace, what="Reading a letter")
    offered = books.propose(village.linus, village.ada, what="Mending a lamp")
    page = as_(village.ada).get()
    assert "Grace Okafor asks for your help: Reading a letter" in page
    assert "Linus Baxter offers to help you: Mending a lamp" in page
    assert page.links["Answer"] == f"/angus/exchanges/{offered}"


def test_what_is_agreed_is_listed_for_both(as_, village, books):
    books.accepted(village.ada, village.grace, what="A lift to the clinic")
    assert "You help Grace Okafor: A lift to the clinic" in as_(village.ada).get()
    assert "Ada Lamont helps you: A lift to the clinic" in as_(village.grace).get()


def test_a_reversal_waits_for_both_sides_until_they_have_agreed(as_, village, books):
    code = books.reversal(books.confirmed(village.ada, village.grace), by=village.mary, reason="It was another day")
    for actor in (village.ada, village.grace):
        page = as_(actor).get()
        assert "A coordinator asks to take back: Gardening, 1 hour" in page
        assert "It was another day" in page
        assert page.links["Look at it"] == f"/angus/reversals/{code}"
    ada = as_(village.ada)
    ada.done(ada.get(f"reversals/{code}"), "I agree")
    assert "A coordinator asks to take back" not in ada.get()
    assert "A coordinator asks to take back" in as_(village.grace).get()
    assert "A coordinator asks to take back" not in as_(village.linus).get()


def test_the_phone_and_the_coordinators_name_stand_at_the_foot_of_every_page(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    browser = as_(village.grace)
    for path in ("", "hours", "exchanges", f"exchanges/{code}", f"exchanges/{code}/confirmation", "profile"):
        assert "Need a hand? Ring Mary Duncan, your coordinator, on 01632 960 001" in browser.get(path)


def test_the_menu_offers_only_what_may_be_opened(as_, village):
    names = ("Home", "My hours", "Exchanges", "Desk", "Members", "About me")
    expected = {
        "grace": {"Home", "My hours", "Exchanges", "About me"},
        "rosa": set(names),
        "mary": set(names),
        "tom": {"Exchanges", "Desk", "About me"},
        "audrey": {"Exchanges", "Desk", "About me"},
    }
    for name, items in expected.items():
        browser = as_(getattr(village, name))
        page = browser.get("profile")
        assert {item for item in names if item in page.links} == items
        assert {browser.follow(browser.get(page.links[item])).status for item in items} == {200}


def test_same_as_last_time_offers_no_help_of_nothing(as_, village, books):
    code = books.disputed(village.ada, village.grace)
    decide(as_(village.rosa), code, how_long="0", reason="It did not happen")
    assert "Same as last time?" not in as_(village.ada).get()
