"""What went out, which only the demo shows."""

from email.message import EmailMessage

import pytest

from timebank.codes import in_letters

ID = "RSST5F4EGGC3"


@pytest.fixture
def names(village):
    """The names of an e-mail of Angus and one of Perth."""
    return [f"{ID}-{in_letters(bank.id)}" for bank in (village.angus, village.perth)]


@pytest.fixture
def demo(app, tmp_path, names):
    """The site as the demo, with one e-mail of Angus and one of Perth."""
    for name, bank in zip(names, ("Angus Time Bank", "Perth Time Bank"), strict=True):
        message = EmailMessage()
        message["From"], message["To"] = f"{bank} <no-reply@example.org>", "Ada Lamont <ada@example.org>"
        message["Subject"], message["Date"] = f"News of {bank}", "Sat, 21 Nov 2026 10:00:00 +0000"
        message.set_content("Hello Ada")
        message.add_alternative("<style>p { color: red }</style><p>Hello Ada</p>", subtype="html")
        (tmp_path / f"{name}.eml").write_bytes(message.as_bytes())
    app.config.update(DEMO=True, SENT_MAIL=str(tmp_path))
    yield
    app.config.update(DEMO=False, SENT_MAIL=None)


def test_the_demo_shows_each_e_mail_of_the_bank(as_, village, demo):
    visitor = as_(None)
    page = visitor.get("sent")
    assert "News of Angus Time Bank" in page
    assert "News of Perth Time Bank" not in page
    page = visitor.get(page.links["News of Angus Time Bank"])
    assert "Hello Ada" in page
    answer = visitor.client.get(page.links["As a mail program shows it"])
    assert answer.text.startswith("<style>")
    assert "style-src 'unsafe-inline'" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_an_empty_folder_says_so(as_, village, app, tmp_path, demo):
    app.config["SENT_MAIL"] = str(tmp_path / "none")
    assert "Nothing yet." in as_(None).get("sent")


@pytest.mark.parametrize("path", ["sent", "sent/{}", "sent/{}/html"])
@pytest.mark.parametrize("config", [{"DEMO": False}, {"SENT_MAIL": None}])
def test_no_other_site_shows_any(as_, village, app, demo, names, path, config):
    app.config.update(config)
    assert as_(village.mary).get(path.format(names[0])).status == 404


def test_an_e_mail_of_another_bank_is_no_page(as_, village, demo, names):
    assert as_(None).get(f"sent/{names[1]}").status == 404
