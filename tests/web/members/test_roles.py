import pytest

from timebank.codes import spoken


def _roles_of(books, actor):
    return {role.value for role in books.member_called(actor.name).roles}


def test_a_coordinator_gives_and_takes_roles_and_it_is_on_record(as_, village, books):
    mary = as_(village.mary)
    path = f"members/{spoken(village.grace.code)}"
    page = mary.get(mary.get(path).links["Roles"])
    assert page.form.choices["roles"] == ["broker", "coordinator", "trustee", "auditor"]
    assert "The roles of Grace Okafor are changed." in mary.done(page, roles=["broker", "auditor"])
    assert _roles_of(books, village.grace) == {"member", "broker", "auditor"}
    page = mary.get(f"{path}/roles")
    assert page.form.fields["roles"] == ["broker", "auditor"]
    mary.done(page, roles=["broker"])
    assert _roles_of(books, village.grace) == {"member", "broker"}
    rows = books.ask("SELECT deed, done_by FROM trail WHERE deed LIKE 'role.%' ORDER BY deed")
    assert [row.deed for row in rows] == ["role.given.auditor", "role.given.broker", "role.taken.auditor"]
    assert {row.done_by for row in rows} == {village.mary.membership_id}


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
    assert rosa.get("members").status == 403
    assert _roles_of(books, village.rosa) == {"member"}
