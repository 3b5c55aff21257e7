"""What people do on the pages, as they would say it."""

from tests.people import PASSWORD


def press(browser, page, link):
    """Follow a link by its words."""
    return browser.follow(browser.get(page.links[link]))


def link_to(page, start):
    """The first link whose words start so."""
    return page.links[next(words for words in page.links if words.startswith(start))]


def taken_in(broker, page):
    """Take an application through every step from its page; gives the paper with the sign-in code."""
    page = broker.done(page, "We have talked", words="Mends lamps, likes company")
    for referee in ("Jean Shaw", "Bill Kerr"):
        page = broker.done(page, "Keep this reference", referee=referee, words="A neighbour for ten years")
    page = broker.done(page, "They know how it works", words="Hours, safety, whom to ring")
    return broker.done(broker.done(page, "Take in"), "Make a sign-in code")


def sign_in_with_paper(browser, paper):
    """Come in by the front page with a printed code and choose a password; gives the home page."""
    code = paper.words.partition("Type this code: ")[2].split()[0]
    page = press(browser, browser.follow(browser.get()), "I have a sign-in code")
    return press(browser, browser.done(browser.done(page, code=code.lower()), password=PASSWORD), "Home")


def answer_all(browser, page, *, what, minutes, day="today", **said):
    """The three questions after 'who', up to the page that checks them."""
    page = browser.done(page, what=what) if what else browser.done(page)
    return browser.done(browser.done(page, choice=day), choice=str(minutes), **said)


def ask_by_phone(broker, member_page, how="phone"):
    """From a member's page into acting for them; gives the member's home page."""
    page = broker.get(link_to(member_page, "Act for"))
    (form,) = (form for form in page.forms if form.method == "get")
    (code,) = form.fields["acting"]
    return broker.get(f"{form.action}?acting={code}&how={how}")
