"""What the forms of offers and requests begin with, suggest and refuse, whoever fills them in."""

from collections.abc import Sequence
from dataclasses import replace

from flask import g

from timebank import codes
from timebank.actors import Actor
from timebank.errors import PastDayError
from timebank.listings.errors import CategoriesError, HelpersWantedError, NoTitleError
from timebank.listings.meanings import text_of
from timebank.listings.queries import WholeListing, find_line, list_categories_of
from timebank.listings.rules import ListingKind, ListingText
from timebank.listings.suggesting import suggest_kinds
from timebank.listings.tree import Tree
from timebank.members.models import Membership
from timebank.web.asked import asked_words
from timebank.web.committing import Fields
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.forms import tidy
from timebank.web.pages.listings.beginnings import find_asked_beginning
from timebank.web.pages.listings.forms import ListingForm
from timebank.web.pages.listings.request_forms import RequestForm


def form_of(kind: str) -> ListingForm:
    """Return the form of an offer or of a request."""
    return RequestForm() if kind == ListingKind.REQUEST else ListingForm()


def beginning_of(tree: Tree, owner: Actor, kind: str) -> ListingText:
    """Return what a new listing of a member begins with.

    The address may name a ready-made beginning (`begin`), or one of theirs to be asked for again (`like`), for any day.
    """
    area_id = db.session.get_one(Membership, (g.bank.id, owner.membership_id)).area_id
    empty = ListingText("", "", (), area_id, in_person=True)
    if kind != ListingKind.REQUEST:
        return empty
    code = codes.heard(asked_words("like"))
    like = find_line(db.session(), g.bank.id, code, today()) if code else None
    if like is not None and like.member_id == owner.membership_id and like.kind == kind:
        kept = list_categories_of(db.session(), g.bank.id, [like.id]).get(like.id, ())
        in_use = tuple(id_ for id_ in kept if tree.may_be_chosen(id_))
        return replace(text_of_listing(like, in_use), wanted_on=None, wanted_time=None)
    beginning = find_asked_beginning(tree)
    if beginning is None:
        return empty
    return replace(empty, title=beginning.title, category_ids=(tree.by_key[beginning.key].id,))


def text_of_listing(listing: WholeListing, category_ids: tuple[int, ...]) -> ListingText:
    """Return what a listing says, as its form begins with it."""
    return ListingText(
        title=listing.title,
        words=listing.all_words,
        category_ids=category_ids,
        area_id=listing.area_id,
        in_person=listing.in_person,
        by_phone=listing.by_phone,
        online=listing.online,
        suits=listing.suits,
        when_words=listing.when_words,
        wanted_on=listing.wanted_on,
        wanted_time=listing.wanted_time,
        helpers_wanted=listing.helpers_wanted,
        every_week=listing.every_week,
    )


def suggest(form: ListingForm, tree: Tree) -> Sequence[tuple[str, str]]:
    """Return (key, name) of the kinds that what was typed is likely to be, where none was chosen yet.

    That no kind was chosen is then a question to answer with one tap, and no mistake.
    """
    if not form.is_submitted() or form.kind1.data or not tidy(form.title.data):
        return []
    text = text_of(tidy(form.title.data), form.words.data or "")
    suggested = [(branch.key, branch.name) for branch in suggest_kinds(db.session(), g.bank.id, tree, text)]
    if suggested:
        form.kind1.errors = ()
    return suggested


def fields_of(form: ListingForm) -> Fields:
    """Return the field that each refusal belongs to."""
    fields: Fields = {CategoriesError: form.kind1, NoTitleError: form.title}
    if isinstance(form, RequestForm):
        return {**fields, PastDayError: form.day, HelpersWantedError: form.helpers}
    return fields
