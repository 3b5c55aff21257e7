"""What happened at the doors, as coordinators read it."""

from tests.people import PASSWORD


def test_a_coordinator_reads_who_came_in_and_who_did_not(as_, visitor, village):
    visitor.submit(visitor.get("sign-in"), who=village.ada.number, password="wrong")
    visitor.done(visitor.get("sign-in"), who=village.ada.number, password=PASSWORD)
    mary = as_(village.mary)
    page = mary.get(mary.get("audit").links["What happened at the doors"])
    assert "A sign-in did not fit: Ada Lamont" in page
    assert "Signed in with a password: Ada Lamont" in page
    assert "127.0.0.1" not in page
    refused = mary.get("audit/security?show=refused")
    assert "Signed in with a password" not in refused
    assert "A sign-in did not fit: Ada Lamont" in refused


def test_what_was_changed_stands_there_with_what_was_before(as_, village):
    ada, mary = as_(village.ada), as_(village.mary)
    ada.done(ada.get("profile"), "Keep these changes", name="Wilma Ogilvie")
    assert "Ada Lamont → Wilma Ogilvie" in mary.get("audit/security?show=changes")


def test_refused_pages_and_forms_are_kept(as_, village, books):
    ada, mary = as_(village.ada), as_(village.mary)
    assert ada.get("rules/settings").status == 403
    assert ada.client.post("/angus/profile", data={"name": "x"}).status_code == 400
    page = mary.get("audit/security?show=refused")
    assert "A page was refused: Ada Lamont" in page
    assert "GET /angus/rules/settings" in page
    assert "A form without the sign of its page was refused: Ada Lamont" in page


def test_a_failed_sign_in_keeps_nothing_of_what_was_typed(visitor, village, books):
    """It may be a password, typed into the wrong field."""
    visitor.submit(visitor.get("sign-in"), who="seven-blue-kettles", password="x")
    (row,) = books.ask("SELECT * FROM security_event WHERE kind = 'sign_in_failed'")
    assert "seven-blue-kettles" not in str(tuple(row))


def test_only_a_coordinator_reads_it(as_, village):
    for name in ("ada", "rosa", "tom", "audrey"):
        assert as_(getattr(village, name)).get("audit/security").status == 403
