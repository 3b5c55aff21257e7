"""Assertions about pages while the database is unreachable, and about the form that is sent again afterwards."""

PHONE = "Need a hand? Ring Mary Duncan, your coordinator, on 01632 960 001"


def waiting_confirmation(pair):
    """Return (the receiver's browser, their page of confirmation, the exchange's code)."""
    giver, receiver = pair.browsers
    page = giver.done(giver.get(f"exchanges/{pair.likes[0]}"), "Record the same again")
    code = giver.done(giver.done(page, choice="today")).path.split("/")[-2]
    return receiver, receiver.get(f"exchanges/{code}/confirmation"), code


def says_calmly(page):
    assert page.status == 503
    assert "We cannot reach the books just now" in page.title
    assert PHONE in page
    assert page.answer.headers["Retry-After"] == "30"
    assert "Traceback" not in page.html


def confirmed_once(receiver, page, code):
    """Press 'Try again' on the error page, twice; assert that the hours moved once."""
    again = receiver.submit(page, "Try again")
    assert again.status == 303, again
    assert receiver.submit(page, "Try again").to == again.to
    assert "Confirmed" in receiver.follow(again).title
    statement = receiver.get("hours")
    assert statement.html.count(f"/angus/exchanges/{code}") == 1
