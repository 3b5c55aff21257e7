"""Deciding as a broker does: the form, then the page that checks it."""


def checked(browser, page, **typed):
    """The page that shows a decision once more before it moves hours."""
    answer = browser.submit(page, **typed)
    assert "Check before you decide" in answer.title, answer
    return answer


def decide(browser, code, **typed):
    """Decide and read the page it leads to."""
    return browser.done(checked(browser, browser.get(f"exchanges/{code}/decision"), **typed))
