"""Actions on offers and requests, and asking a broker if no listing fits."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Actor, Doing, Unattended, may_exchange
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.errors import NotAllowedError
from timebank.listings import rules
from timebank.listings.errors import CategoriesError, ListingMovedOnError, TooManyListingsError
from timebank.listings.filling import check_asked
from timebank.listings.meanings import find_models, write_meanings
from timebank.listings.models import Category, Listing, ListingCategory, ListingMeaning, ListingWord
from timebank.listings.queries import get_tree, list_categories_of
from timebank.listings.rules import Life, ListingKind, ListingText, Move
from timebank.listings.search import index_of
from timebank.listings.starting_categories import STARTING_CATEGORIES
from timebank.members.models import Membership
from timebank.references import DeedName, Ref, Subject
from timebank.rows import find_locked
from timebank.tasks import actions as tasks, rules as task_rules
from timebank.trail import actions as trail


def open_categories(session: Session, bank: Bank, doing: Doing | Unattended) -> int:
    """Give a bank that has no categories those that every bank starts with; return how many it got."""
    lock_bank(session, bank.id)  # so that concurrent calls insert them once
    if session.scalar(select(Category.id).where(Category.bank_id == bank.id).limit(1)) is not None:
        return 0
    ids = {category.key: clock.next_id() for category in STARTING_CATEGORIES}
    rows: list[dict[str, Any]] = [
        {
            "bank_id": bank.id,
            "id": ids[category.key],
            "parent_id": ids[category.parent_key] if category.parent_key else None,
            "key": category.key,
            "name": category.name,
            "risks": rules.write_risks(category.risks),
            "position": position,
        }
        for position, category in enumerate(STARTING_CATEGORIES, start=1)
    ]
    for level in (False, True):  # the main ones first, since the others point to them
        session.execute(insert(Category), [row for row in rows if (row["parent_id"] is not None) is level])
    trail.begin(session, doing.part_of_it(), DeedName.CATEGORIES_OPENED, Ref(Subject.BANK, bank.slug))
    return len(rows)


def add(session: Session, bank: Bank, kind: ListingKind, content: ListingText, doing: Doing) -> str:
    """List an offer or a request of the actor; return its code.

    Raises NotAllowedError, TooManyListingsError and what rules.check and check_asked raise.
    """
    code = codes.new_reference()
    deed, subject = DeedName(f"listing.{kind}"), Ref(Subject.LISTING, code)
    first_code = trail.begin(session, doing, deed, subject, asdict(content), is_new=True)
    if first_code is not None:
        return first_code
    if not may_exchange(doing.by):
        raise NotAllowedError
    _check_room(session, bank.id, doing.by.membership_id)
    _check(session, bank, content, doing, kept=())
    listing = Listing(
        bank_id=bank.id,
        id=clock.next_id(),
        code=code,
        member_id=doing.by.membership_id,
        kind=kind,
        life=Life.OPEN,
        review_on=_next_review(bank, doing.now),
        listed_at=doing.now,
        **_written_by(doing.by),
    )
    _write(listing, content, doing.now)
    session.add(listing)
    session.flush()
    _index(session, listing, content.category_ids)
    return code


def change(session: Session, bank: Bank, code: str, content: ListingText, doing: Doing) -> None:
    """Edit a listing; saving also counts as confirming it.

    Raises NotAllowedError and what rules.check and check_asked raise.
    """
    if trail.is_repeat(session, doing, DeedName.LISTING_CHANGE, Ref(Subject.LISTING, code), asdict(content)):
        return
    listing = _lock_own(session, code, doing)
    kept = list_categories_of(session, bank.id, [listing.id]).get(listing.id, ())
    _check(session, bank, content, doing, kept=kept)
    _write(listing, content, doing.now)
    listing.review_on = _next_review(bank, doing.now)
    session.flush()
    for table in (ListingWord, ListingCategory, ListingMeaning):
        session.execute(delete(table).where(table.bank_id == bank.id, table.listing_id == listing.id))
    _index(session, listing, content.category_ids)


def move(session: Session, bank: Bank, code: str, what: Move, doing: Doing) -> None:
    """Pause, close or reopen a listing, or confirm that it is still right.

    Raises NotAllowedError, ListingMovedOnError if its life does not allow that now, or TooManyListingsError.
    """
    if trail.is_repeat(session, doing, DeedName(f"listing.{what}"), Ref(Subject.LISTING, code)):
        return
    listing = _lock_own(session, code, doing)
    life = rules.after(Life(listing.life), what)
    if life is None:
        raise ListingMovedOnError
    if listing.is_closed:
        _check_room(session, bank.id, listing.member_id)
    listing.life, listing.changed_at = life, doing.now
    if what in {Move.REOPEN, Move.RECONFIRM}:
        listing.review_on = _next_review(bank, doing.now)
    session.flush()


def close_all(session: Session, member_id: int, doing: Doing) -> None:
    """Close what a member lists, as they leave; each listing is on record. Raises NotAllowedError."""
    if not rules.may_change(member_id, doing.by):
        raise NotAllowedError
    listings = session.scalars(
        select(Listing)
        .where(Listing.bank_id == doing.bank_id, Listing.member_id == member_id, Listing.life != Life.CLOSED)
        .order_by(Listing.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for listing in listings.all():
        trail.begin(session, doing.part_of_it(), DeedName.LISTING_CLOSE, Ref(Subject.LISTING, listing.code))
        listing.life, listing.changed_at = Life.CLOSED, doing.now
    session.flush()


def hand_over(session: Session, bank: Bank, code: str, to: Actor, doing: Doing) -> None:
    """Give an imported listing to the member whose it is. Raises NotAllowedError."""
    if trail.is_repeat(session, doing, DeedName.LISTING_HANDED_OVER, Ref(Subject.LISTING, code), {"to": to.code}):
        return
    listing = _lock_own(session, code, doing)
    holder = session.get_one(Membership, (bank.id, listing.member_id))
    if not rules.may_hand_over(doing.by, held=holder.is_holder) or to.bank_id != bank.id or not may_exchange(to):
        raise NotAllowedError
    listing.member_id, listing.changed_at = to.membership_id, doing.now
    if listing.area_id is None:
        listing.area_id = session.get_one(Membership, (bank.id, to.membership_id)).area_id
    session.flush()


def ask_broker(session: Session, words: str, doing: Doing) -> None:
    """Open a task for a broker to find somebody; if one is open for this member, the words are added to it.

    Raises NotAllowedError, or NotesFullError where a broker has as much of theirs to read already.
    """
    member = Ref(Subject.MEMBER, doing.by.code)
    if trail.is_repeat(session, doing, DeedName.HELP_LOOKED_FOR, member, {"words": words}):
        return
    if not may_exchange(doing.by):
        raise NotAllowedError
    kind = task_rules.TaskKind.FIND_SOMEBODY
    tasks.open_task(session, doing.bank_id, kind=kind, subject=member, note=words, now=doing.now, is_limited=True)


def _written_by(by: Actor) -> dict[str, Any]:
    """Return the columns of the broker who writes a listing down for its owner."""
    return {"written_by": by.hand.membership_id, "how": by.hand.how, "evidence": by.hand.evidence} if by.hand else {}


def _next_review(bank: Bank, now: datetime) -> date:
    return rules.review_day(clock.local_day(now, bank.time_zone), bank.review_months)


def _lock(session: Session, bank_id: int, code: str) -> Listing | None:
    """Return the listing, row-locked and as it is now; None where the bank has none under this code."""
    return find_locked(session, select(Listing).where(Listing.bank_id == bank_id, Listing.code == code))


def _lock_own(session: Session, code: str, doing: Doing) -> Listing:
    """Return the actor's listing, or any for a broker, row-locked. Raises NotAllowedError."""
    listing = _lock(session, doing.bank_id, code)
    if listing is None or not rules.may_change(listing.member_id, doing.by):
        raise NotAllowedError
    return listing


def _check_room(session: Session, bank_id: int, member_id: int) -> None:
    """Raise TooManyListingsError where the member has as many as there may be; a broker's for them count too."""
    own = (Listing.bank_id == bank_id, Listing.member_id == member_id, Listing.life != Life.CLOSED)
    listed = session.scalar(select(func.count()).select_from(Listing).where(*own)) or 0
    if not rules.has_room(listed):
        raise TooManyListingsError(number=listed)


def _check(session: Session, bank: Bank, content: ListingText, doing: Doing, *, kept: Sequence[int]) -> None:
    """Check the content; retired categories are allowed in `kept` only.

    Raises CategoriesError, and what rules.check and check_asked raise.
    """
    rules.check(content)
    check_asked(content, clock.local_day(doing.now, bank.time_zone))
    tree = get_tree(session, bank.id)
    if not all(id_ in kept or tree.may_be_chosen(id_) for id_ in content.category_ids):
        raise CategoriesError


def _write(listing: Listing, content: ListingText, now: datetime) -> None:
    listing.title, listing.words = content.title, content.words
    listing.area_id = content.area_id
    listing.in_person, listing.by_phone, listing.online = content.in_person, content.by_phone, content.online
    listing.suits, listing.when_words = content.suits, content.when_words
    listing.wanted_on, listing.wanted_time = content.wanted_on, content.wanted_time
    listing.helpers_wanted, listing.every_week = content.helpers_wanted, content.every_week
    listing.changed_at = now


def _index(session: Session, listing: Listing, category_ids: Sequence[int]) -> None:
    """Insert the categories of a listing, its stems for searching, and what it means for matching."""
    keys = {"bank_id": listing.bank_id, "listing_id": listing.id}
    session.execute(
        insert(ListingCategory), [{**keys, "category_id": category_id} for category_id in sorted(set(category_ids))]
    )
    stems = index_of(listing.title, listing.words)
    if stems:
        session.execute(insert(ListingWord), [{**keys, "word": stem} for stem in sorted(stems)])
    text = {"id": listing.id, "kind": listing.kind, "title": listing.title, "words": listing.words}
    write_meanings(session, find_models(session, listing.bank_id), listing.bank_id, [text])
