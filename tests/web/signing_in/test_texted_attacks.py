"""Attacks on codes by text: who is a member, another's phone, another's code, and a code again, at once or too late."""

import threading
from datetime import timedelta

import pytest

from tests.people import NOW, PASSWORD
from tests.web.signing_in.conftest import MOBILE
from timebank.signing_in.rules import MOST_AN_HOUR

OTHER_MOBILE = "+447400654321"
DOES_NOT_FIT = "This code does not work."


def code_in(texts):
    [(_number, text)] = texts
    return text.partition(" ")[0]


def ask(as_, who):
    visitor = as_(None)
    return visitor.submit(visitor.get("sign-in/forgotten"), who=who)


@pytest.fixture
def code(as_, village, owns, phone):
    """The code that came to Ada's phone, for which somebody has asked."""
    owns(village.ada)
    ask(as_, "102")
    return code_in(phone())


KINDS_OF_PEOPLE = {
    "gets one": {},
    "not proved": {"phone_is_proved": False},
    "proved of late": {"phone_trusted_from": NOW + timedelta(days=3)},
    "written down by another": {"phone_trusted_from": None},
    "landline": {"phone": "+441382229111"},
    "no phone": {"phone": None, "phone_is_proved": False},
}


@pytest.mark.parametrize(
    "who", ["102", MOBILE, "99999", OTHER_MOBILE, "nobody@example.org", "' OR 1=1 --", "\u202e102"]
)
@pytest.mark.parametrize("kind", KINDS_OF_PEOPLE)
def test_nobody_learns_from_the_answer_who_is_a_member(as_, village, owns, books, phone, who, kind):
    """The same answer and the same page after it; whose the code is, the worker finds out later."""
    owns(village.ada, **KINDS_OF_PEOPLE[kind])
    visitor = as_(None)
    answer = visitor.submit(visitor.get("sign-in/forgotten"), who=who)
    assert (answer.status, answer.to) == (303, "/angus/sign-in/code")
    other = as_(None)
    reference = other.follow(other.submit(other.get("sign-in/forgotten"), who="somebody else"))
    assert visitor.follow(answer).words == reference.words
    assert books.count("sign_in_code") == 0
    assert bool(phone()) is (kind == "gets one" and who in {"102", MOBILE, "\u202e102"})


def test_asking_writes_the_same_for_who_is_known_and_who_is_not(as_, village, owns, books, sends_texts):
    owns(village.ada)
    counts = []
    for who in ("102", "99999"):
        before = [books.count(table) for table in ("code_request", "sign_in_attempt", "trail", "notice")]
        ask(as_, who)
        after = [books.count(table) for table in ("code_request", "sign_in_attempt", "trail", "notice")]
        counts.append([new - old for new, old in zip(after, before, strict=True)])
    assert counts[0] == counts[1] == [1, 1, 0, 0]


def test_another_takes_the_number_of_a_member_and_gets_nothing_sent_there(as_, village, owns, phone, books):
    """Linus types Ada's number as his: neither gets a code there from then on, and Ada is no worse known by it."""
    owns(village.ada)
    linus = as_(village.linus)
    linus.done(linus.get("profile"), "Keep these changes", phone=MOBILE, present=PASSWORD)
    for who in ("102", str(village.linus.number), MOBILE):
        ask(as_, who)
    assert phone() == []
    assert "Others have this number" not in linus.get("profile/phone")


def test_a_broker_who_writes_down_their_own_phone_for_a_member_never_comes_in_as_them(as_, village, owns, phone, clock):
    owns(village.ada)
    rosa = as_(village.rosa)
    acting = f"acting={village.ada.code}&how=phone"
    page = rosa.get(f"profile?{acting}")
    rosa.done(page, "Keep these changes", phone=OTHER_MOBILE)
    proof = rosa.get(f"members/{village.ada.code}/contacts/phone")
    rosa.done(proof, "It is theirs", evidence="I rang it")
    for days in (0, 15, 400):
        clock.move_to(NOW + timedelta(days=days))
        ask(as_, "102")
        assert phone() == []


def test_a_number_that_its_owner_changed_just_now_gets_no_code_before_it_is_proved(as_, village, owns, phone):
    owns(village.ada)
    ada = as_(village.ada)
    ada.done(ada.get("profile"), "Keep these changes", phone=OTHER_MOBILE, present=PASSWORD)
    for who in ("102", MOBILE, OTHER_MOBILE):
        ask(as_, who)
    assert phone() == []


def test_a_code_that_shows_whose_a_phone_is_signs_nobody_in(as_, village, owns, phone):
    owns(village.ada, phone_is_proved=False, phone_trusted_from=None)
    ada, thief = as_(village.ada), as_(None)
    ada.done(ada.get("profile/phone"), "Send me a code")
    assert DOES_NOT_FIT in thief.submit(thief.get("sign-in/code"), code=code_in(phone()))


def test_a_code_to_sign_in_shows_nothing_and_stays_good(as_, village, books, code):
    ada = as_(village.ada)
    books.change_person(village.ada, phone_trusted_from=None)
    page = ada.get("profile/phone")  # which has no form for a phone that is known
    books.change_person(village.ada, phone_trusted_from=NOW)
    assert DOES_NOT_FIT in ada.submit(page, "It is mine", code=code)
    visitor = as_(None)
    assert visitor.submit(visitor.get("sign-in/code"), code=code).status == 303


def test_anothers_code_shows_nothing(as_, village, owns, phone):
    for actor, number in ((village.ada, MOBILE), (village.linus, OTHER_MOBILE)):
        owns(actor, number, phone_is_proved=False, phone_trusted_from=None)
    ada, linus = as_(village.ada), as_(village.linus)
    ada.done(ada.get("profile/phone"), "Send me a code")
    assert DOES_NOT_FIT in linus.submit(linus.get("profile/phone"), "It is mine", code=code_in(phone()))


def test_a_code_is_used_once(as_, village, code):
    first, second = as_(None), as_(None)
    assert first.submit(first.get("sign-in/code"), code=code).status == 303
    assert DOES_NOT_FIT in second.submit(second.get("sign-in/code"), code=code)


def test_a_code_that_is_used_twice_at_once_lets_one_in(app, as_, village, code):
    browsers = [as_(None) for _ in range(4)]
    forms = [browser.get("sign-in/code").form for browser in browsers]
    gate, answers = threading.Barrier(len(browsers)), []

    def press(browser, form):
        gate.wait()
        answers.append(browser.send(form, code=code))

    threads = [threading.Thread(target=press, args=pair) for pair in zip(browsers, forms, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [200, 200, 200, 303]


@pytest.mark.parametrize(("seconds", "status"), [(899, 303), (900, 200)])
def test_a_code_holds_for_a_quarter_of_an_hour(as_, village, code, clock, seconds, status):
    visitor = as_(None)
    page = visitor.get("sign-in/code")
    clock.move_to(NOW + timedelta(seconds=seconds))
    assert visitor.submit(page, code=code).status == status


def test_a_code_that_waited_too_long_for_the_worker_is_not_sent(as_, village, owns, phone, clock):
    owns(village.ada)
    ask(as_, "102")
    clock.move_to(NOW + timedelta(minutes=15))
    assert phone() == []


def test_a_flood_of_asking_sends_few_and_everybody_waits_alike(as_, village, owns, phone):
    owns(village.ada)
    for who in ("102", MOBILE, "0102", "99999"):
        for _time in range(8):
            ask(as_, who)
    refused = [ask(as_, who) for who in ("102", "99999")]
    assert [page.status for page in refused] == [200, 200]
    assert all("There were too many tries. Wait 15 minutes" in page for page in refused)
    assert len(phone()) == MOST_AN_HOUR


def test_guessing_the_code_of_a_phone_ends_after_a_few_tries(as_, village, owns, phone, books):
    owns(village.ada, phone_is_proved=False, phone_trusted_from=None)
    ada = as_(village.ada)
    page = ada.done(ada.get("profile/phone"), "Send me a code")
    code = code_in(phone())
    for number in range(8):
        assert DOES_NOT_FIT in ada.submit(ada.get("profile/phone"), "It is mine", code=f"0000-0000-000{number}")
    assert "too many tries" in ada.submit(page, "It is mine", code=code)


@pytest.mark.parametrize("path", ["profile/phone/code", "profile/phone/texts", "profile/phone", "sign-in/forgotten"])
def test_no_page_of_somebody_else_sends_these_forms(app, as_, village, owns, phone, books, path):
    owns(village.ada)
    ada = as_(village.ada)
    assert ada.post_bare(path, who="102", code="0").status == 400
    assert ada.get(path).status in {200, 405}
    assert phone() == []


def test_the_code_stands_in_no_table(as_, village, code, books):
    bare = code.replace("-", "")
    for table in ("sign_in_code", "notice", "delivery", "trail", "security_event", "code_request"):
        rows = " ".join(str(tuple(row)) for row in books.ask(f"SELECT * FROM {table}"))
        assert bare not in rows
        assert code not in rows
