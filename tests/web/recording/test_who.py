import pytest

from timebank.codes import spoken


def test_a_name_that_one_person_has_is_enough(as_, village, books):
    ada = as_(village.ada)
    page = ada.done(ada.get("help/record/giver"), words="grace")
    assert "What was the help?" in page.title
    assert "You helped Grace Okafor." in page
    assert books.exchanges() == 0


def test_a_member_number_is_enough(as_, village):
    ada = as_(village.ada)
    page = ada.done(ada.get("help/record/receiver"), words=village.grace.number)
    assert "Grace Okafor helped you." in page


@pytest.mark.parametrize(
    ("path", "question"),
    [
        ("help/record/giver", "Who did you help?"),
        ("help/record/receiver", "Who helped you?"),
        ("help/propose/giver", "Who do you want to help?"),
        ("help/propose/receiver", "Who do you want to ask?"),
    ],
)
def test_the_question_says_who_gives_and_who_receives(path, question, as_, village):
    assert as_(village.ada).get(path).title.startswith(question)


def test_people_known_from_before_are_offered_first(as_, village, books):
    books.confirmed(village.ada, village.grace)
    ada = as_(village.ada)
    page = ada.get("help/record/giver")
    assert page.form.choices["person"] == [village.grace.code]
    assert "You helped Grace Okafor." in ada.done(page, person=village.grace.code)


def test_two_of_one_name_are_offered_with_their_numbers(as_, village, books):
    other = books.taken_in("Grace Murray", phone="+441632960111")
    ada = as_(village.ada)
    page = ada.submit(ada.get("help/record/giver"), words="Grace")
    assert page.status == 200
    assert "More than one person is called that. Choose one below." in page
    assert f"Grace Murray, number {other.number}" in page
    assert page.form.fields["words"] == ["Grace"]
    assert "You helped Grace Murray." in ada.done(page, person=other.code)


def test_a_name_nobody_has_keeps_the_words_and_says_what_to_do(as_, village):
    ada = as_(village.ada)
    page = ada.submit(ada.get("help/record/giver"), words="Zebedee")
    assert page.status == 200
    assert "Nobody here is called that. Try the first name alone, or ring us." in page
    assert page.form.fields["words"] == ["Zebedee"]


def test_accents_and_case_do_not_matter(as_, village, books):
    books.taken_in("Zoë Müller", phone="+441632960111")
    ada = as_(village.ada)
    assert "You helped Zoë Müller." in ada.done(ada.get("help/record/giver"), words="ZOE muller")


def test_nobody_chosen_asks_for_somebody(as_, village, books):
    ada = as_(village.ada)
    page = ada.submit(ada.get("help/record/giver"), words="")
    assert "Choose somebody, or type a name." in page
    assert books.count("draft") == 0


def test_nobody_gives_hours_to_themselves(as_, village, books):
    ada = as_(village.ada)
    page = ada.submit(ada.get("help/record/giver"), words=village.ada.number)
    assert "You chose yourself. Choose the other person." in page
    for sent in ({"person": village.ada.code}, {"words": "Ada Lamont"}):
        answer = ada.post("help/record/giver", **sent)
        assert (answer.status, answer.to) == (200, None)
    assert books.count("draft") == 0


@pytest.mark.parametrize("name", ["tom", "perdita"])
def test_only_members_who_give_and_receive_can_be_chosen(name, as_, village, books):
    ada, other = as_(village.ada), getattr(village, name)
    for sent in ({"words": other.name}, {"person": other.code}):
        answer = ada.post("help/record/giver", **sent)
        assert (answer.status, answer.to) == (200, None)
    assert books.count("draft") == 0


def test_a_link_on_a_members_page_chooses_them(as_, village):
    ada = as_(village.ada)
    page = ada.get(f"members/{spoken(village.grace.code)}")
    asked = ada.get(page.links["I helped Grace"])
    assert asked.form.fields["person"] == [village.grace.code]
    assert "You helped Grace Okafor." in ada.done(asked)


def test_an_answer_to_who_can_be_changed(as_, village, draft, kept):
    code = draft()
    ada = as_(village.ada)
    page = ada.get(f"drafts/{code}/who")
    assert page.form.fields["person"] == [village.grace.code]
    assert "You helped Linus Baxter." in ada.done(page, person="", words="Linus")
    assert kept(code).other_account_id == village.linus.account_id


def test_a_name_that_is_typed_counts_though_somebody_was_pressed_in_before(as_, village, books):
    books.confirmed(village.ada, village.grace)
    ada = as_(village.ada)
    first = ada.get(f"help/record/giver?with={village.grace.code}")
    assert first.form.fields["person"] == [village.grace.code]
    ada.done(first, words="Linus Baxter")
    assert books.ask("SELECT other_account_id FROM draft") == [(village.linus.account_id,)]
    draft = spoken(books.ask("SELECT code FROM draft")[0][0])
    ada.done(ada.get(f"drafts/{draft}/who"), words="Grace Okafor")
    assert books.ask("SELECT other_account_id FROM draft") == [(village.grace.account_id,)]
    page = ada.submit(ada.get(f"drafts/{draft}/who"), words="Zebedee")
    assert "Nobody here is called that." in page
    ada.done(ada.get(f"drafts/{draft}/who"), words="Grace")
    assert books.ask("SELECT other_account_id FROM draft") == [(village.grace.account_id,)]
