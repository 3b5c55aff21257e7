import pytest

from timebank.actors import Role
from timebank.codes import spoken


def _roles_of(books, actor):
    return {role.value for role in books.member_called(actor.name).roles}


def test_a_coordinator_makes_and_unmakes_a_broker_and_it_is_on_record(as_, village, books):
    mary = as_(village.mary)
    path = f"members/{spoken(village.grace.code)}"
    page = mary.get(mary.get(path).links["Roles"])
    assert page.form.choices["roles"] == ["broker", "coordinator", "trustee", "auditor"]
    assert "The roles of Grace Okafor are changed." in mary.done(page, roles=["broker"])
    assert _roles_of(books, village.grace) == {"member", "broker"}
    page = mary.get(f"{path}/roles")
    assert page.form.fields["roles"] == ["broker"]
    mary.done(page, roles=[])
    assert _roles_of(books, village.grace) == {"member"}
    by_somebody = "deed LIKE 'role.%' AND done_by IS NOT NULL"
    rows = books.ask(f"SELECT deed, done_by FROM trail WHERE {by_somebody} ORDER BY deed")
    assert [row.deed for row in rows] == ["role.given.broker", "role.taken.broker"]
    assert {row.done_by for row in rows} == {village.mary.membership_id}


def test_who_approves_or_audits_becomes_so_with_two_people(as_, village, books):
    mary, tom = as_(village.mary), as_(village.tom)
    path = f"members/{spoken(village.grace.code)}"
    page = mary.done(mary.get(f"{path}/roles"), roles=["trustee"])
    assert "Another coordinator or a trustee has to say yes now." in page
    assert "Grace Okafor: to be a trustee" in page
    assert _roles_of(books, village.grace) == {"member"}
    own = mary.get(page.links["Grace Okafor: to be a trustee"])
    assert "It waits for another coordinator or a trustee." in own
    assert "Approve" not in own.words
    page = tom.get(tom.get("desk").links["Grace Okafor: to be a trustee"])
    page = tom.done(page, "Approve")
    assert "It is so from now on." in page
    assert "Approved by Tom Ferrier" in page
    assert _roles_of(books, village.grace) == {"member", "trustee"}


def test_a_proposal_is_withdrawn(as_, village, books):
    mary = as_(village.mary)
    code = books.role_change(village.linus, Role.AUDITOR, by=village.mary)
    page = mary.done(mary.get(f"role-changes/{code}"), "Withdraw it")
    assert "Everything stays as it was." in page
    assert "Withdrawn" in page
    assert _roles_of(books, village.linus) == {"member"}
    assert "turned down" not in mary.get("desk")


def _turned_down(as_, village, books, reason="He is new here. Next year?"):
    """Tom turns down what Mary proposed for Linus; gives his page afterwards."""
    tom, code = as_(village.tom), books.role_change(village.linus, Role.AUDITOR, by=village.mary)
    page = tom.get(tom.get(f"role-changes/{code}").links["Turn it down"])
    return tom.done(page, reason=reason)


def test_turning_a_role_down_takes_a_reason_that_is_shown(as_, village, books):
    tom, code = as_(village.tom), books.role_change(village.linus, Role.AUDITOR, by=village.mary)
    page = tom.get(f"role-changes/{code}/refusal")
    assert "Mary Duncan will read this" in page
    assert "Say in a few words why." in tom.send(page.form, reason="  ")
    page = tom.done(page, reason="He is new here. Next year?")
    assert "Turned down by Tom Ferrier" in page
    assert "He is new here. Next year?" in page
    assert _roles_of(books, village.linus) == {"member"}


def test_who_proposed_it_is_told_on_the_desk_until_they_put_it_away(as_, village, books):
    _turned_down(as_, village, books)
    mary, clara = as_(village.mary), as_(village.clara)
    page = mary.get("desk")
    assert "Tom Ferrier turned down making Linus Baxter an auditor" in page
    assert "He is new here. Next year?" in page
    assert "turned down" not in clara.get("desk")
    page = mary.done(page, "I have read it")
    assert "turned down" not in page


def test_the_members_page_shows_it_to_keepers_only(as_, village, books):
    _turned_down(as_, village, books)
    path = f"members/{spoken(village.linus.code)}"
    for keeper in (village.mary, village.rosa, village.tom, village.audrey):
        page = as_(keeper).get(path)
        assert "Tom Ferrier turned it down" in page
        assert "He is new here. Next year?" in page
    for member in (village.linus, village.ada):
        assert "turned" not in as_(member).get(path)


def test_who_came_second_reads_that_it_was_answered_and_keeps_what_they_typed(as_, village, books):
    tom, clara = as_(village.tom), as_(village.clara)
    code = books.role_change(village.linus, Role.AUDITOR, by=village.mary)
    old = clara.get(f"role-changes/{code}/refusal")
    tom.done(tom.get(f"role-changes/{code}"), "Approve")
    page = clara.send(old.form, reason="Too early")
    assert "answered" in page
    assert "Too early" in page
    assert clara.get(f"role-changes/{code}/refusal").to.endswith(f"role-changes/{code}")


def test_an_old_page_of_roles_undoes_nothing_newer(as_, village, books):
    mary, clara = as_(village.mary), as_(village.clara)
    path = f"members/{spoken(village.grace.code)}/roles"
    old = mary.get(path)
    clara.done(clara.get(path), roles=["broker"])
    page = mary.done(old, roles=[])
    assert "Somebody changed these roles a moment ago." in page
    assert _roles_of(books, village.grace) == {"member", "broker"}


def test_a_session_from_before_a_role_does_not_open_what_the_role_opens(as_, village, books):
    grace, mary = as_(village.grace), as_(village.mary)
    assert grace.get("hours").status == 200
    mary.done(mary.get(f"members/{spoken(village.grace.code)}/roles"), roles=["broker"])
    assert grace.get("members").to.startswith("/angus/sign-in")
    assert as_(village.grace).get("members").status == 200


def test_nobody_changes_their_own_roles(as_, village, books):
    mary = as_(village.mary)
    path = f"members/{spoken(village.mary.code)}"
    assert "Roles" not in mary.get(path).links
    assert mary.get(f"{path}/roles").status == 403
    assert mary.post(f"{path}/roles", roles="trustee").status == 403
    assert _roles_of(books, village.mary) == {"member", "broker", "coordinator"}


@pytest.mark.parametrize("name", ["ada", "rosa", "tom", "audrey"])
def test_only_a_coordinator_gives_roles(name, as_, village, books):
    answer = as_(getattr(village, name)).post(f"members/{spoken(village.grace.code)}/roles", roles="coordinator")
    assert answer.status == 403
    assert _roles_of(books, village.grace) == {"member"}


def test_a_role_that_does_not_exist_is_refused(as_, village, books):
    page = as_(village.mary).post(f"members/{spoken(village.grace.code)}/roles", roles="emperor")
    assert page.status == 200
    assert _roles_of(books, village.grace) == {"member"}


def test_a_role_that_was_taken_opens_nothing_at_once(as_, village, books):
    rosa, mary = as_(village.rosa), as_(village.mary)
    assert rosa.get("members").status == 200
    mary.done(mary.get(f"members/{spoken(village.rosa.code)}/roles"), roles=[])
    assert rosa.get("members").to.startswith("/angus/sign-in")
    assert as_(village.rosa).get("members").status == 403
    assert _roles_of(books, village.rosa) == {"member"}
