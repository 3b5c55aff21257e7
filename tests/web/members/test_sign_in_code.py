from timebank.codes import heard, spoken


def _code_on(page):
    return page.words.partition("Type this code: ")[2].split(" ", 1)[0]


def test_a_broker_makes_a_code_that_can_be_printed_and_that_lets_the_member_in(as_, village, visitor, books):
    rosa = as_(village.rosa)
    page = rosa.done(rosa.get(f"members/{spoken(village.grace.code)}"), "Make a sign-in code")
    assert "A sign-in code for Grace Okafor" in page.title
    assert "It works once, within 14 days." in page
    assert f"Your member number: {village.grace.number}" in page
    code = _code_on(page)
    assert len(heard(code)) == 12
    visitor.done(visitor.get("sign-in/code"), code=code)
    assert "Hello, Grace" in visitor.get()


def test_the_code_is_shown_to_the_broker_who_made_it_and_to_nobody_else(as_, village):
    rosa, mary = as_(village.rosa), as_(village.mary)
    path = f"members/{spoken(village.grace.code)}"
    rosa.done(rosa.get(path), "Make a sign-in code")
    assert mary.get(f"{path}/sign-in-code").to == f"/angus/{path}"
    assert rosa.get(f"members/{spoken(village.ada.code)}/sign-in-code").status == 302


def test_a_broker_borrows_no_role_by_a_code(as_, village, books):
    rosa = as_(village.rosa)
    for actor in (village.mary, village.tom, village.rosa):
        page = rosa.post(f"members/{spoken(actor.code)}/sign-in-code")
        assert page.status >= 400
        assert "You cannot do this. If you think you should, ring us." in page
    assert books.count("sign_in_code") == 0


def test_a_coordinator_makes_a_code_for_somebody_with_a_role_but_not_for_themselves(as_, village, books):
    mary = as_(village.mary)
    mary.done(mary.get(f"members/{spoken(village.rosa.code)}"), "Make a sign-in code")
    assert books.count("sign_in_code") == 1
    assert mary.post(f"members/{spoken(village.mary.code)}/sign-in-code").status >= 400
    assert books.count("sign_in_code") == 1


def test_who_made_a_code_for_whom_is_on_record(as_, village, books):
    rosa = as_(village.rosa)
    rosa.done(rosa.get(f"members/{spoken(village.grace.code)}"), "Make a sign-in code")
    rows = books.ask("SELECT done_by, subject FROM trail WHERE deed = 'sign_in_code.made'")
    assert [tuple(row) for row in rows] == [(village.rosa.membership_id, f"member:{village.grace.code}")]
