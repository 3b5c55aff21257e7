def test_a_few_words_lead_on_to_the_day(as_, village, draft, kept):
    code = draft()
    ada = as_(village.ada)
    page = ada.done(ada.get(f"drafts/{code}/what"), what="  Gardening   and tea ")
    assert "When was it?" in page.title
    assert "You helped Grace Okafor. Gardening and tea" in page
    assert kept(code).what == "Gardening and tea"


def test_an_empty_answer_is_asked_again(as_, village, draft, kept):
    code = draft()
    ada = as_(village.ada)
    for said in ("", "   "):
        page = ada.submit(ada.get(f"drafts/{code}/what"), what=said)
        assert page.status == 200
        assert "Say in a few words what the help was." in page
    assert kept(code).what is None


def test_words_that_are_too_long_are_kept_to_be_shortened(as_, village, draft, kept):
    code, words = draft(), "w" * 201
    ada = as_(village.ada)
    page = ada.submit(ada.get(f"drafts/{code}/what"), what=words)
    assert "Say it in 200 letters or fewer." in page
    assert page.form.fields["what"] == [words]
    assert kept(code).what is None
    assert ada.submit(page, what=words[:200]).status == 303


def test_what_was_said_before_is_there_to_be_changed(as_, village, draft):
    code = draft(what="Gardening")
    assert as_(village.ada).get(f"drafts/{code}/what").form.fields["what"] == ["Gardening"]
