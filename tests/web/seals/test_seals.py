"""What a bank makes public of its books: works, anonymous, missing, and no name of anybody in it."""

import json
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from werkzeug.http import parse_options_header

from tests.cli import stranger
from tests.people import NOW
from timebank.bookkeeping.sealing.actions import seal
from timebank.bookkeeping.sealing.logs import begin_log

FILES = ("checkpoint.txt", "keys.txt", "proof.json")


@pytest.fixture
def text(as_):
    """The text of an address of Angus, for somebody who is not signed in."""

    def reading(path, status=200):
        answer = as_(None).client.get(f"/angus/{path}")
        assert answer.status_code == status
        return answer.get_data(as_text=True)

    return reading


def _plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def twice(village, books, clock):
    """Two seals, an hour and an exchange apart; gives how many rows were under each."""
    books.confirmed(village.ada, village.grace)
    books.seal()
    clock.move_to(NOW + timedelta(hours=1))
    books.confirmed(village.grace, village.linus, now=NOW + timedelta(hours=1))
    books.seal()
    return [row.size for row in books.ask("SELECT size FROM seal ORDER BY size")]


def test_anybody_reads_the_sum_and_how_much_is_sealed(text, twice):
    page = _plain(text("seals"))
    assert "The sum over all accounts is 0" in page
    assert "There are 2 entries." in page
    assert f"{twice[1]} rows of the books." in page


def test_the_page_tells_of_a_backup_that_was_restored(text, twice, village, backend):
    assert "A backup was restored" not in text("seals")
    with backend.owner_session() as session:
        begin_log(session, village.angus.id, 2, checkpoint=None, now=NOW + timedelta(hours=1))
        seal(session, village.angus.id, now=NOW + timedelta(hours=1))
        session.commit()
    page = _plain(text("seals"))
    assert f"from row {twice[1] + 1} on the seals have a new name, which ends in 2." in page
    assert "It proves what is missing" in page
    assert text("seals/checkpoint.txt").startswith(f"timebank/{village.angus.id}/2\n")
    assert [line.split("+")[0] for line in text("seals/keys.txt").split()] == [
        f"timebank/{village.angus.id}",
        f"timebank/{village.angus.id}/2",
    ]


def test_public_files_name_no_member(text, twice, village):
    told = "".join(text(f"seals{path}") for path in ("", *(f"/{name}" for name in FILES)))
    names = ("ada", "grace", "linus", "rosa", "mary", "tom", "audrey")
    people = [getattr(village, key) for key in names]
    footer = "Mary Duncan"  # the coordinator's name stands on every page
    found = [one.name for one in people if one.name in told.replace(footer, "")]
    assert found == []
    assert [one.code for one in people if one.code in told] == []
    assert [one.account_id for one in people if str(one.account_id) in told] == []


def test_before_the_first_seal_the_page_says_so(text, village):
    assert "Nothing is sealed yet." in _plain(text("seals"))
    text("seals/checkpoint.txt", 404)
    text("seals/proof.json", 404)


def test_the_newest_and_every_earlier_checkpoint_can_be_kept(text, twice):
    newest = text("seals/checkpoint.txt")
    assert newest == text(f"seals/checkpoint.txt?rows={twice[1]}")
    assert text(f"seals/checkpoint.txt?rows={twice[0]}").split("\n")[1] == str(twice[0])
    assert stranger.note_is_signed(newest, text("seals/keys.txt").splitlines())


@pytest.mark.parametrize("asked", ["rows=1", "rows=999999999999999999999999"])
def test_a_checkpoint_that_was_never_made_is_missing(text, twice, asked):
    text(f"seals/checkpoint.txt?{asked}", 404)


def test_a_stranger_checks_that_history_was_not_rewritten(text, twice):
    old, new = twice
    kept = text(f"seals/checkpoint.txt?rows={old}")
    proof = text(f"seals/proof.json?old={old}&new={new}")
    assert stranger.succession_is_right(kept, proof, text("seals/keys.txt").splitlines())
    assert text(f"seals/proof.json?old={old}") == proof


@pytest.mark.parametrize("asked", ["old=1", "old={1}&new={0}", "old={0}&new=999999"])
def test_a_proof_between_seals_that_are_not_there_is_missing(text, twice, asked):
    text(f"seals/proof.json?{asked.format(*twice)}", 404)


def test_a_bank_that_is_not_there_has_no_seals(as_, village):
    assert as_(None).get("/dundee/seals").status == 404


def test_the_page_leads_to_its_files(text, twice):
    page = text("seals")
    for part in ("/angus/seals/checkpoint.txt", "/angus/seals/keys.txt", f"proof.json?old={twice[0]}"):
        assert part in page


def test_the_rules_and_the_audit_lead_to_the_seals(as_, village):
    for who, path in ((village.ada, "rules"), (village.audrey, "audit")):
        assert "/angus/seals" in as_(who).client.get(f"/angus/{path}").get_data(as_text=True)


def test_a_receipt_is_asked_for_where_hours_have_moved(as_, village, books, text):
    code = books.confirmed(village.ada, village.grace, what="Gardening")
    ada = as_(village.ada)
    answer = ada.submit(ada.get(f"exchanges/{code}"), "Receipt that anyone can check")
    assert answer.status == 303
    told = ada.client.get(answer.to)
    assert "attachment" in told.headers["Content-Disposition"]
    receipt = told.get_data(as_text=True)
    assert stranger.receipt_is_right(receipt, text("seals/keys.txt").splitlines())
    assert json.loads(receipt)["words"] == "Gardening"
    assert books.count("seal") == 1
    assert books.are_right()


def test_asking_twice_seals_once_and_gives_the_same_receipt(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    grace = as_(village.grace)
    page = grace.get(f"exchanges/{code}")
    first, second = (grace.submit(page, "Receipt that anyone can check") for _time in range(2))
    assert first.to == second.to
    assert books.count("seal") == 1


def test_those_who_audit_ask_on_the_page_of_the_entry(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    audrey = as_(village.audrey)
    answer = audrey.submit(audrey.get(f"entries/exchange/{code}"), "Receipt that anyone can check")
    assert (answer.status, audrey.client.get(answer.to).status_code) == (303, 200)


def test_what_is_not_sealed_yet_has_no_receipt_and_looking_seals_nothing(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    assert as_(village.ada).get(f"entries/exchange/{code}/receipt.json").status == 404
    assert books.count("seal") == 0


def test_hours_that_only_wait_have_no_receipt(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    ada = as_(village.ada)
    assert "Receipt that anyone" not in ada.client.get(f"/angus/exchanges/{code}").get_data(as_text=True)
    assert ada.post(f"entries/exchange/{code}/receipt").status == 404


@pytest.mark.parametrize("who", ["linus", "perdita"])
def test_others_get_no_receipt(as_, village, books, who):
    code = books.confirmed(village.ada, village.grace)
    books.seal()
    assert as_(getattr(village, who)).get(f"entries/exchange/{code}/receipt.json").status == 404
    assert as_(getattr(village, who)).post(f"entries/exchange/{code}/receipt").status == 404


def test_a_receipt_without_the_forms_token_is_refused(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    assert as_(village.ada).post_bare(f"entries/exchange/{code}/receipt").status == 400
    assert books.count("seal") == 0


@pytest.mark.parametrize("key", ["ключ-№1", 'a"b', "Slip 12"])
def test_a_receipt_of_older_books_has_a_file_name_that_every_header_can_carry(as_, village, books, key):
    """A name outside Latin-1 broke the answer below the app, and a quote broke the header."""
    books.brought_in(village, f'"{key.replace(chr(34), chr(34) * 2)}",2019-05-30,Grace Okafor,Ada Lamont,1,exchange,\n')
    books.seal()
    answer = as_(village.mary).client.get(f"/angus/entries/history/~{quote(key)}/receipt.json")
    assert answer.status_code == 200
    disposition = answer.headers["Content-Disposition"]
    assert disposition.encode("latin-1")
    assert parse_options_header(disposition)[1]["filename"] == f"receipt-history-~{key}.json"
