"""Bringing in offers and requests: a file is chosen, looked at, and brought in once; what is wrong with it is said."""

import io
import os
import zipfile
from datetime import timedelta
from time import perf_counter

import pytest

from tests.people import NOW
from tests.web.page import Page
from timebank.cli.sweeping import sweep_all
from timebank.interchange.sheets import Fault, Problem
from timebank.jobs.rules import JobKind
from timebank.web.pages.imports.forms import LARGEST_KB
from timebank.web.pages.imports.problem_words import MOST_NAMED, problem_words

HEAD = "timebank,listing_id,type,description,category_ids\n"
GOOD = HEAD + "angus,1,offer,Car rides,13\nangus,2,request,Jam,20 999\nangus,3,offer,Cake,3 13 20 23\n"


def choose(browser, content, *, name="listings.csv", page=None):
    """Choose a file on its page and press the button; the answer is not followed."""
    form = (page or browser.get("imports/listings")).form_with("Look at the file")
    content = content.encode() if isinstance(content, str) else content
    fields = {**form.fields, "sheet": (io.BytesIO(content), name)}
    return Page(browser.client.post(form.action, data=fields, content_type="multipart/form-data"))


def kept(backend):
    folder = backend.settings.job_files
    return sorted(folder.iterdir()) if folder.is_dir() else []


@pytest.fixture(autouse=True)
def no_files(backend):
    for path in kept(backend):
        path.unlink()


def titles(books):
    return [row.title for row in books.ask("SELECT title FROM listing ORDER BY source_key")]


def test_a_file_is_chosen_looked_at_and_brought_in_and_the_job_says_what_came_of_it(as_, village, books, works):
    mary = as_(village.mary)
    start = mary.get(mary.get("rules").links["Bring in offers and requests"])
    for column in ("timebank", "listing_id", "type", "description", "category_ids"):
        assert column in start
    plan = mary.follow(choose(mary, GOOD, page=start))
    assert "2 offers, 1 request" in plan
    assert "1 has a kind of help that we do not know." in plan
    assert "1 has more than 3 kinds of help: the first 3 are kept." in plan
    assert (books.count("listing"), books.count("job")) == (0, 0)
    job = mary.done(plan)
    assert job.title.startswith("Bringing in offers and requests")
    assert "It is about to begin." in job
    works()
    done = mary.get(job.path)
    assert "2 offers were brought in. 1 request was brought in." in done
    assert titles(books) == ["Car rides", "Jam", "Cake"]
    assert "Car rides" in mary.get(done.links["See offers and requests"])


def test_what_was_brought_in_before_is_left_alone_and_said(as_, village, books, works):
    books.imported("Rides for two", number=1)
    mary = as_(village.mary)
    plan = mary.follow(choose(mary, GOOD + "perth,7,offer,Piano,3\n"))
    assert "1 offer, 1 request" in plan
    assert "1 was brought in before, and is left alone." in plan
    assert "1 is of another time bank, and stays out." in plan
    job = mary.done(plan)
    works()
    assert "1 had been brought in before, and was left alone." in mary.get(job.path)
    assert titles(books) == ["Rides for two", "Jam", "Cake"]
    again = mary.follow(choose(mary, GOOD))
    assert "There is nothing new in this file." in again
    assert not again.has_button("Bring them in")


def test_bad_lines_are_named_with_their_numbers_and_nothing_is_kept(as_, village, books, backend):
    page = choose(as_(village.mary), GOOD + "angus,4,gift,Tea,\nangus,5,offer,,\nangus,1,offer,Tea,\n")
    assert page.status == 200
    assert "There is something to put right in the file" in page
    assert "Line 5: It has to be an offer or a request (type). Here it is: gift." in page
    assert "Line 6: It does not say what it is about (description)." in page
    assert "Line 7: The number 1 stands on line 2 already (listing_id)." in page
    assert "Nothing was stored." in page
    assert (kept(backend), books.count("job")) == ([], 0)


@pytest.mark.parametrize(("number", "more"), [(20, ""), (21, "one more line"), (1_500, "1,480 more lines")])
def test_no_more_lines_than_a_reader_can_use_are_named(number, more, as_, village):
    page = choose(as_(village.mary), HEAD + "angus,1,gift,Jam,\n" * number)
    assert page.html.count("<strong>Line ") == MOST_NAMED
    assert ("And there" in page, more in page) == (bool(more), True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEAD, "There is no offer and no request in this file."),
        (HEAD + "perth,1,offer,Jam,\nforfar,1,offer,Jam,\n", "none of them is this one: forfar, perth."),
        (HEAD.replace(",", ";"), "Its columns are not divided by commas: save the file with commas."),
        ("type\n", "Columns are missing: timebank, listing_id, description, category_ids."),
        ("\n", "The first line says: nothing."),
    ],
)
def test_a_file_that_is_no_use_as_a_whole_is_said(content, said, as_, village, backend):
    page = choose(as_(village.mary), content)
    assert said in page
    assert (page.status, kept(backend)) == (200, [])


def a_zip():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("listings.csv", GOOD * 1_000)
    return packed.getvalue()


HOSTILE = {
    "commas": b"," * 240_000,
    "NULs": b"\0" * 240_000,
    "not UTF-8": GOOD.encode("utf-16"),
    "100,000 columns": b"a," * 100_000 + b"\n" + b"b," * 10_000,
    "a long cell": HEAD.encode() + b"angus,1,offer," + b"x" * 200_000 + b",\n",
    "a long heading": b"x" * 120_000 + b"\nx\n",
    "an open quotation mark": HEAD.encode() + b'"' + b"x" * 1_000,
    "no line breaks": b"angus" * 40_000,
    "many bad lines": HEAD.encode() + b"x\n" * 110_000,
    "a zip": a_zip(),
    "markup": HEAD.encode() + b"angus,1,<script>alert(1)</script>,x,\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_kindly_and_at_once(name, as_, village, backend):
    mary = as_(village.mary)
    start = mary.get("imports/listings")
    began = perf_counter()
    page = choose(mary, HOSTILE[name], page=start)
    assert perf_counter() - began < 5, "a busy machine; it takes a fraction of a second"
    assert (page.status, kept(backend)) == (200, [])
    assert "There is something to put right in the file" in page
    assert "<script>alert" not in page.html
    assert len(page.html) < 30_000


def test_ten_megabytes_of_commas_are_too_large(as_, village, backend):
    mary = as_(village.mary)
    parts = {"csrf_token": (None, mary.token()), "sheet": ("listings.csv", "," * 10_000_000)}
    body = "".join(
        f'--cut\r\nContent-Disposition: form-data; name="{name}"'
        + (f'; filename="{file}"' if file else "")
        + f"\r\n\r\n{content}\r\n"
        for name, (file, content) in parts.items()
    )
    kind = "multipart/form-data; boundary=cut"
    page = Page(mary.client.post("/angus/imports/listings", data=f"{body}--cut--\r\n", content_type=kind))
    assert (page.status, kept(backend)) == (413, [])


def test_the_largest_file_that_the_page_names_is_taken(as_, village):
    row = "angus,{:06},offer,Jam,20\n"
    number = (LARGEST_KB * 1_000 - len(HEAD)) // len(row.format(0))
    content = HEAD + "".join(row.format(index) for index in range(number))
    mary = as_(village.mary)
    assert f"up to {LARGEST_KB} kB" in mary.get("imports/listings")
    assert f"{number:,} offers" in mary.follow(choose(mary, content))


def test_a_formula_and_markup_are_words_like_others(as_, village, books, works):
    mary = as_(village.mary)
    sheet = HEAD + 'angus,1,offer,"=HYPERLINK(""http://x"",""y"")",\nangus,2,offer,<b>Jam</b>\0 and tea,\n'
    job = mary.done(mary.follow(choose(mary, sheet)))
    works()
    assert titles(books) == ['=HYPERLINK("http://x","y")', "<b>Jam</b> and tea"]
    listed = mary.get(mary.get(job.path).links["See offers and requests"])
    assert "<b>Jam</b> and tea" in listed
    assert "<b>Jam</b>" not in listed.html


@pytest.mark.parametrize("content", [b"", None])
def test_without_a_file_it_is_asked_for(content, as_, village):
    mary = as_(village.mary)
    page = mary.submit(mary.get("imports/listings")) if content is None else choose(mary, content)
    assert page.status == 200
    assert "Choose a file that is not empty." in page


def test_a_text_in_place_of_the_file_is_no_file(as_, village):
    page = as_(village.mary).post("imports/listings", sheet=GOOD)
    assert "Choose a file that is not empty." in page


def test_the_button_pressed_twice_and_in_two_windows_brings_it_in_once(as_, village, books, works):
    mary = as_(village.mary)
    plan = mary.follow(choose(mary, GOOD))
    other_window = mary.get(plan.path)
    job = mary.done(plan)
    assert mary.done(plan).path == job.path
    assert mary.done(other_window).path == job.path
    works()
    assert mary.done(other_window).path == job.path
    assert (books.count("job"), books.count("listing")) == (1, 3)
    gone = mary.follow(mary.get(plan.path))
    assert "The file is not here any more. Choose it again." in gone
    assert gone.has_button("Look at the file")


def test_two_files_at_once_are_brought_in_one_after_the_other(as_, village, books, works):
    mary = as_(village.mary)
    plans = [mary.follow(choose(mary, HEAD + f"angus,{number},offer,Jam,\n")) for number in (1, 2)]
    first = mary.done(plans[0])
    second = mary.done(plans[1])
    assert second.path == first.path
    assert "This is being done already, so nothing new was begun." in second
    works()
    mary.done(mary.get(plans[1].path))
    works()
    assert books.count("listing") == 2


@pytest.mark.parametrize("name", ["clara", "perdita"])
def test_a_file_is_nobody_elses(name, as_, village, books):
    key, other = books.sheet(by=getattr(village, name)), as_(village.mary)
    assert other.get(f"imports/listings/{key}").status == 404
    assert other.post(f"imports/listings/{key}").status == 404
    assert books.count("job") == 0


def test_a_file_that_another_member_chose_says_nothing_to_members(as_, village, books):
    key = books.sheet()
    answers = [as_(getattr(village, name)).get(f"imports/listings/{key}").status for name in ("ada", "rosa", "tom")]
    assert answers == [403, 403, 403]
    assert as_(village.perdita).get(f"/angus/imports/listings/{key}").status == 404


@pytest.mark.parametrize("key", ["x" * 64, "-" * 20, "..%2Fsecret.key", "a" * 65])
def test_an_address_that_nobody_made_is_missing(key, as_, village):
    assert as_(village.mary).get(f"imports/listings/{key}").status == 404


def test_a_file_that_was_not_brought_in_is_swept_after_a_day(as_, village, backend, books):
    mary = as_(village.mary)
    plan = mary.follow(choose(mary, GOOD))
    (path,) = kept(backend)
    assert path.stat().st_mode & 0o777 == 0o600
    old = (NOW - timedelta(days=1, minutes=1)).timestamp()
    os.utime(path, (old, old))
    sweep_all(backend.settings)
    assert kept(backend) == []
    job = mary.done(plan)  # a page that stayed open
    assert books.count("job") == 1
    assert "It is about to begin." in job


def test_a_job_whose_file_is_gone_says_so_and_leads_to_choosing_it_again(as_, village, backend, works):
    mary = as_(village.mary)
    plan = mary.follow(choose(mary, GOOD))
    kept(backend)[0].unlink()
    job = mary.done(plan)
    works()
    page = mary.get(job.path)
    assert "The file was not there any more" in page
    assert mary.get(page.links["Bring in offers and requests"]).has_button("Look at the file")


def test_called_off_it_leads_to_choosing_the_file_again(as_, village, books):
    mary = as_(village.mary)
    job = mary.done(mary.follow(choose(mary, GOOD)))
    page = mary.done(job, "Call it off")
    assert "Choose the file again to bring in the rest." in page
    assert page.links["Bring in offers and requests"] == "/angus/imports/listings"


def test_only_a_coordinator_reads_what_came_of_it(as_, village, books):
    code = books.job(JobKind.IMPORT_LISTINGS, file="0" * 64)
    assert [as_(getattr(village, name)).get(f"jobs/{code}").status for name in ("mary", "rosa", "tom")] == [
        200,
        403,
        403,
    ]


def test_every_fault_of_this_import_has_words(app):
    values = {"columns": "a", "heading": "b", "cells": 3, "kind": "c", "numbers": "d", "number": "e", "first": 2}
    values |= {"timebank": "f", "other": "g"}
    faults = set(Fault) - {Fault.IN_WORDS, Fault.NO_SHORT_NAME}
    with app.test_request_context("/"):
        sentences = {problem_words(Problem(1, fault, values)) for fault in faults}
    assert len(sentences) == len(faults)
