"""What people meet while the books are in trouble, and what came of it afterwards."""

PHONE = "Need a hand? Ring Mary Duncan, your coordinator, on 01632 960 001"


def waiting_confirmation(pair):
    """(the receiver's browser, the page on which they are about to confirm, the exchange's code)."""
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
    """Press 'Try again' on the page that told of the trouble, twice; the hours moved once."""
    again = receiver.submit(page, "Try again")
    assert again.status == 303, again
    assert receiver.submit(page, "Try again").to == again.to
    assert "Confirmed" in receiver.follow(again).title
    shown = receiver.get("hours")
    assert shown.html.count(f"/angus/exchanges/{code}") == 1
