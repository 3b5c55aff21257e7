"""What is done with offers and requests, and asking a broker where nothing fits."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.banks.models import Bank
from timebank.listings import rules
from timebank.listings.errors import CategoriesError, ListingMovedOnError
from timebank.listings.models import Category, Listing, ListingCategory, ListingWord
from timebank.listings.queries import get_tree, list_categories_of
from timebank.listings.rules import Kind, Life, Move, Said
from timebank.listings.search import index_of
from timebank.listings.starting_categories import STARTING_CATEGORIES
from timebank.members.errors import NotAllowedError
from timebank.members.models import Membership
from timebank.members.rules import Actor, may_exchange
from timebank.tasks import actions as tasks, rules as task_rules
from timebank.trail import actions as trail
from timebank.trail.actions import Deed


def open_categories(session: Session, bank: Bank, now: datetime, *, by: Actor | None = None) -> int:
    """Give a bank that has no categories those that every bank starts with; gives how many it got."""
    session.execute(select(Bank.id).where(Bank.id == bank.id).with_for_update(key_share=True))  # once, whoever asks
    if session.scalar(select(Category.id).where(Category.bank_id == bank.id).limit(1)) is not None:
        return 0
    ids = {one.key: clock.next_id() for one in STARTING_CATEGORIES}
    rows: list[dict[str, Any]] = [
        {
            "bank_id": bank.id,
            "id": ids[one.key],
            "parent_id": ids[one.parent_key] if one.parent_key else None,
            "key": one.key,
            "name": one.name,
            "risks": rules.write_risks(one.risks),
            "position": place,
        }
        for place, one in enumerate(STARTING_CATEGORIES, start=1)
    ]
    for level in (False, True):  # the main ones first, since the others point to them
        session.execute(insert(Category), [row for row in rows if (row["parent_id"] is not None) is level])
    subject = f"bank:{bank.slug}"
    trail.begin(session, Deed(bank.id, "categories.opened", subject, by.doer_id if by else None, now))
    return len(rows)


def add(  # noqa: PLR0913 (who says what, when, and under which form's key)
    session: Session, bank: Bank, kind: Kind, said: Said, *, by: Actor, now: datetime, form_key: str
) -> str:
    """List an offer or a request of the actor; gives its code. Raises NotAllowedError and what rules.check raises."""
    if not may_exchange(by):
        raise NotAllowedError
    _check(session, bank.id, said, kept=())
    code = codes.new_reference()
    done = _begin(session, by, f"listing.{kind}", code, now, form_key, said)
    if done is not None:
        return done
    listing = Listing(
        bank_id=bank.id,
        id=clock.next_id(),
        code=code,
        member_id=by.membership_id,
        kind=kind,
        life=Life.OPEN,
        review_on=_next_review(bank, now),
        listed_at=now,
    )
    _write(listing, said, now)
    session.add(listing)
    session.flush()
    _index(session, listing, said.category_ids)
    return code


def change(  # noqa: PLR0913 (the same)
    session: Session, bank: Bank, code: str, said: Said, *, by: Actor, now: datetime, form_key: str
) -> None:
    """Say it anew. Who does so says with it that it is right. Raises NotAllowedError and what rules.check raises."""
    listing = _lock(session, bank.id, code, by)
    _check(session, bank.id, said, kept=list_categories_of(session, bank.id, [listing.id]).get(listing.id, ()))
    if _begin(session, by, "listing.change", code, now, form_key, said) is not None:
        return
    _write(listing, said, now)
    listing.review_on = _next_review(bank, now)
    session.flush()
    for table in (ListingWord, ListingCategory):
        session.execute(delete(table).where(table.bank_id == bank.id, table.listing_id == listing.id))
    _index(session, listing, said.category_ids)


def move(  # noqa: PLR0913 (the same)
    session: Session, bank: Bank, code: str, what: Move, *, by: Actor, now: datetime, form_key: str | None = None
) -> None:
    """Pause, close or open a listing again, or say that it is still right.

    Raises NotAllowedError, or ListingMovedOnError where it is in no life for that.
    """
    listing = _lock(session, bank.id, code, by)
    if _begin(session, by, f"listing.{what}", code, now, form_key, None) is not None:
        return
    life = rules.after(Life(listing.life), what)
    if life is None:
        raise ListingMovedOnError
    listing.life, listing.changed_at = life, now
    if what in {Move.REOPEN, Move.RECONFIRM}:
        listing.review_on = _next_review(bank, now)
    session.flush()


def close_all(session: Session, bank_id: int, member_id: int, *, by: Actor, now: datetime) -> None:
    """Close what a member lists, as they leave; each listing is on record. Raises NotAllowedError."""
    if by.bank_id != bank_id or not rules.may_change(member_id, by):
        raise NotAllowedError
    listings = session.scalars(
        select(Listing)
        .where(Listing.bank_id == bank_id, Listing.member_id == member_id, Listing.life != Life.CLOSED)
        .order_by(Listing.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for listing in listings.all():
        _begin(session, by, f"listing.{Move.CLOSE}", listing.code, now, None, None)
        listing.life, listing.changed_at = Life.CLOSED, now
    session.flush()


def hand_over(  # noqa: PLR0913 (the same)
    session: Session, bank: Bank, code: str, to: Actor, *, by: Actor, now: datetime, form_key: str | None = None
) -> None:
    """Give an imported listing to the member whose it is. Raises NotAllowedError."""
    listing = _lock(session, bank.id, code, by)
    if _begin(session, by, "listing.handed_over", code, now, form_key, {"to": to.code}) is not None:
        return
    holder = session.get_one(Membership, (bank.id, listing.member_id))
    if not rules.may_hand_over(by, held=holder.is_holder) or to.bank_id != bank.id or not may_exchange(to):
        raise NotAllowedError
    listing.member_id, listing.changed_at = to.membership_id, now
    if listing.area_id is None:
        listing.area_id = session.get_one(Membership, (bank.id, to.membership_id)).area_id
    session.flush()


def ask_broker(session: Session, words: str, *, by: Actor, now: datetime, form_key: str) -> None:
    """Have a broker find somebody for what these words say; asked again, the words join those that wait."""
    if not may_exchange(by):
        raise NotAllowedError
    deed = Deed(
        by.bank_id,
        "help.looked_for",
        f"member:{by.code}",
        by.doer_id,
        now,
        on_behalf_of=by.on_behalf_of,
        form_key=form_key,
        content={"words": words},
    )
    if trail.begin(session, deed) is None:
        kind, subject = task_rules.Kind.FIND_SOMEBODY, f"member:{by.code}"
        tasks.open_task(session, by.bank_id, kind=kind, subject=subject, note=words, now=now)


def _begin(  # noqa: PLR0913, PLR0917 (all of a deed)
    session: Session, by: Actor, verb: str, code: str, now: datetime, form_key: str | None, content: object
) -> str | None:
    """Write the trail's row; gives the listing's code where this very form was done before."""
    told = {"said": str(content)}
    deed = Deed(
        by.bank_id,
        verb,
        f"listing:{code}",
        by.doer_id,
        now,
        on_behalf_of=by.on_behalf_of,
        form_key=form_key,
        content=told,
    )
    done = trail.begin(session, deed)
    return None if done is None else done.removeprefix("listing:")


def _next_review(bank: Bank, now: datetime) -> date:
    return rules.review_day(clock.local_day(now, bank.time_zone), bank.review_months)


def _lock(session: Session, bank_id: int, code: str, by: Actor) -> Listing:
    """The listing, locked. Raises NotAllowedError where it is another's and the actor no broker."""
    listing = session.execute(
        select(Listing)
        .where(Listing.bank_id == bank_id, Listing.code == code)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    if by.bank_id != bank_id or not rules.may_change(listing.member_id, by):
        raise NotAllowedError
    return listing


def _check(session: Session, bank_id: int, said: Said, *, kept: Sequence[int]) -> None:
    """A listing keeps a category that was retired, and gets none. Raises NoTitleError or CategoriesError."""
    rules.check(said)
    tree = get_tree(session, bank_id)
    if not all(one in kept or tree.may_be_chosen(one) for one in said.category_ids):
        raise CategoriesError


def _write(listing: Listing, said: Said, now: datetime) -> None:
    listing.title, listing.words = said.title, said.words
    listing.area_id = said.area_id
    listing.in_person, listing.by_phone, listing.online = said.in_person, said.by_phone, said.online
    listing.suits, listing.when_words = said.suits, said.when_words
    listing.changed_at = now


def _index(session: Session, listing: Listing, category_ids: Sequence[int]) -> None:
    """Keep the categories, and the words by which it is found."""
    keys = {"bank_id": listing.bank_id, "listing_id": listing.id}
    session.execute(insert(ListingCategory), [{**keys, "category_id": one} for one in sorted(set(category_ids))])
    stems = index_of(listing.title, listing.words)
    if stems:
        session.execute(insert(ListingWord), [{**keys, "word": stem} for stem in sorted(stems)])
