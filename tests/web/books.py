"""What the books say, asked in a unit of work of its own, and help written down without going through pages."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.conftest import Backend
from tests.people import NOW, TODAY, Village, account_of, balance_of, terms
from timebank import clock
from timebank.actors import Actor, Doing, Role, Standing, Unattended
from timebank.announcements.actions import announce
from timebank.approvals.queries import list_waiting_roles
from timebank.approvals.roles import set_roles
from timebank.audit.actions import AskedFrom, store as store_check
from timebank.audit.checks import check_books
from timebank.banks.areas import add_area
from timebank.banks.models import Area, Bank
from timebank.bookkeeping.sealing.actions import seal
from timebank.codes import spoken
from timebank.corrections import actions as corrections
from timebank.exchanges import actions, reversals
from timebank.exchanges.models import Exchange, ExchangeStep
from timebank.exchanges.queries import find_exchange
from timebank.interchange import history, history_plan, history_store
from timebank.interchange.listings import COLUMNS, read, store
from timebank.jobs import files
from timebank.jobs.actions import ask
from timebank.jobs.queries import find_open
from timebank.jobs.rules import JobKind
from timebank.joining import actions as joining
from timebank.joining.actions import NewApplication
from timebank.joining.rules import Agreed
from timebank.leaving import actions as leaving
from timebank.leaving.rules import Departure
from timebank.ledger.accounts import Account
from timebank.ledger.checks import CheckResult, Verdict
from timebank.listings import actions as listing_actions
from timebank.listings.models import Listing
from timebank.listings.queries import find_listing, get_tree
from timebank.listings.rules import ListingKind, ListingText
from timebank.matching.inviting import InvitationText, invite
from timebank.matching.models import Invitation
from timebank.members.actions import NewMember, admit, get_membership_by_code
from timebank.members.models import Membership, Person
from timebank.members.queries import find_actor, find_actor_by_code
from timebank.members.standing import change_standing
from timebank.messages.actions import report, write
from timebank.messages.queries import find_talk
from timebank.notices.kinds import Topic
from timebank.notices.models import Delivery, Notice
from timebank.notices.outbox import put_into_delivery
from timebank.notices.rules import Way
from timebank.references import parse
from timebank.signing_in.code_actions import make_code
from timebank.tasks.actions import open_task


@dataclass
class Books:
    """The village's books, whichever database they are kept in."""

    backend: Backend
    village: Village
    _made: int = 0

    @contextmanager
    def _written(self) -> Iterator[Session]:
        with self.backend.session() as session:
            yield session
            session.commit()

    def balance(self, actor: Actor) -> int:
        """Minutes in somebody's account."""
        with self.backend.session() as session:
            return balance_of(session, actor)

    def checked(self, *results: CheckResult, now: datetime = NOW, asked_from: AskedFrom = AskedFrom.COMMAND) -> int:
        """Keep what a run of all checks found; gives the how manieth it is."""
        with self._written() as session:
            store_check(session, results, asked_from=asked_from, seconds=0, now=now)
        return self.count("books_check")

    def brought_in(self, village: Village, rows: str) -> None:
        """History from a sheet of older books, without its heading."""
        found = history.read(f"{','.join(history.COLUMNS)}\n{rows}".encode(), "hours", today=TODAY)
        with self._written() as session:
            planned = history_plan.plan(session, village.angus, found, create=False, no_floor=True)
            history_store.store(session, village.angus, planned, Doing(village.mary, NOW), no_floor=True)

    def job(self, kind: JobKind = JobKind.CHECK_BOOKS, *, by: Actor | None = None, **wants: object) -> str:
        """A job that waits; gives its code as it is spoken. Of each kind there is one, and it is given again."""
        with self._written() as session:
            standing = find_open(session, self.village.angus.id, kind)
            doing = Doing(by or self.village.mary, NOW, self._key())
            return spoken(standing.code if standing else ask(session, kind, wants, doing))

    def account(self, actor: Actor) -> Account:
        """Somebody's account."""
        with self.backend.session() as session:
            return account_of(session, actor)

    def exchange(self, code: str) -> Exchange:
        """An exchange as it is kept."""
        with self.backend.session() as session:
            found = find_exchange(session, self.village.angus.id, code.replace("-", ""))
            assert found is not None
            return found

    def state(self, code: str) -> str:
        """Where an exchange stands."""
        return self.exchange(code).state

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(self.ask(f"SELECT count(*) FROM {table}")[0][0])

    def ask(self, query: str, **values: object) -> Sequence[Any]:
        """Rows of a plain query."""
        with self.backend.session() as session:
            return session.execute(text(query), values).all()

    def only_exchange(self) -> Exchange:
        """The one exchange there is."""
        with self.backend.session() as session:
            return session.scalars(select(Exchange)).one()

    def steps(self, code: str) -> list[tuple[str, int]]:
        """(deed, membership) of an exchange's steps, in order."""
        shown = self.exchange(code)
        with self.backend.session() as session:
            rows = session.execute(
                select(ExchangeStep.deed, ExchangeStep.done_by)
                .where(ExchangeStep.bank_id == shown.bank_id, ExchangeStep.exchange_id == shown.id)
                .order_by(ExchangeStep.number)
            )
            return [(row.deed, row.done_by) for row in rows]

    def exchanges(self) -> int:
        """How many exchanges there are."""
        with self.backend.session() as session:
            return session.scalar(select(func.count()).select_from(Exchange)) or 0

    def are_right(self) -> bool:
        """Whether every check of the books finds nothing."""
        with self.backend.session() as session:
            wrong = [result for result in check_books(session) if result.verdict is not Verdict.RIGHT]
        assert not wrong, wrong
        return True

    def _key(self) -> str:
        self._made += 1
        return f"made-{self._made}"

    def propose(self, giver: Actor, receiver: Actor, *, by: Actor | None = None, **said: Any) -> str:
        """Help that one side (the giver) proposed; gives its code as it is spoken."""
        with self._written() as session:
            code = actions.propose(
                session, self.village.angus, terms(giver, receiver, **said), Doing(by or giver, NOW, self._key())
            )
        return spoken(code)

    def accepted(self, giver: Actor, receiver: Actor, **said: Any) -> str:
        """Help that both have agreed to, proposed by the giver."""
        code = self.propose(giver, receiver, **said)
        with self._written() as session:
            actions.accept(session, code.replace("-", ""), Doing(receiver, NOW))
        return code

    def recorded(
        self, giver: Actor, receiver: Actor, *, by: Actor | None = None, now: datetime = NOW, **said: Any
    ) -> str:
        """Help that one side (the giver) recorded."""
        said.setdefault("day", min(TODAY, now.date()))
        with self._written() as session:
            code = actions.record(
                session, self.village.angus, terms(giver, receiver, **said), Doing(by or giver, now, self._key())
            )
        return spoken(code)

    def confirmed(self, giver: Actor, receiver: Actor, *, now: datetime = NOW, **said: Any) -> str:
        """Help that the giver recorded and the receiver confirmed."""
        code = self.recorded(giver, receiver, now=now, **said)
        with self._written() as session:
            actions.confirm(session, code.replace("-", ""), Doing(receiver, now))
        return code

    def disputed(self, giver: Actor, receiver: Actor, *, minutes: int = 60, says: int | None = 30, **said: Any) -> str:
        """Help that the giver recorded and the receiver counts otherwise."""
        code = self.recorded(giver, receiver, minutes=minutes, **said)
        with self._written() as session:
            actions.dispute(session, code.replace("-", ""), Doing(receiver, NOW), words="It was shorter", minutes=says)
        return code

    def open_categories(self) -> None:
        """The list of categories that every bank starts with."""
        with self._written() as session:
            listing_actions.open_categories(session, self.village.angus, Unattended(self.village.angus.id, NOW))

    def listed(self, owner: Actor, *, now: datetime = NOW, form_key: str = "", **said: Any) -> str:
        """An offer (or `kind`) of somebody's, of gardening; gives its code as it is spoken."""
        kind = ListingKind(said.pop("kind", ListingKind.OFFER))
        keys = said.pop("categories", ("outdoors/gardening",))
        self.open_categories()
        with self._written() as session:
            tree = get_tree(session, owner.bank_id)
            ids = tuple(tree.by_key[key].id for key in keys)
            whole = ListingText(**{"title": "Gardening", "words": "", "category_ids": ids, "in_person": True} | said)
            key = form_key or self._key()
            code = listing_actions.add(session, self.village.angus, kind, whole, Doing(owner, now, key))
        return spoken(code)

    def answered(self, code: str, by: Actor, *, day: date = TODAY) -> str:
        """Help that somebody offered for a request, and its owner agreed to; gives the exchange's code."""
        listing = self.listing(code)
        with self._written() as session:
            owner = self._owner(session, listing)
            whole = replace(terms(by, owner, what=listing.title, day=day), listing_id=listing.id)
            exchange = actions.propose(session, self.village.angus, whole, Doing(by, NOW, self._key()))
            actions.accept(session, exchange, Doing(owner, NOW))
        return spoken(exchange)

    def helped(self, code: str, by: Actor, *, day: date = TODAY) -> str:
        """Help that somebody recorded for a request; gives the exchange's code."""
        listing = self.listing(code)
        with self._written() as session:
            owner = self._owner(session, listing)
            whole = replace(terms(by, owner, what=listing.title, day=day), listing_id=listing.id)
            return spoken(actions.record(session, self.village.angus, whole, Doing(by, NOW, self._key())))

    def invited(self, code: str, *whom: Actor, by: Actor | None = None, **said: Any) -> str:
        """Invitations to help with a request, asked one after the other; gives the code of the first one."""
        listing = self.listing(code)
        with self._written() as session:
            text = InvitationText(
                **{"day": listing.wanted_on, "at": listing.wanted_time, "minutes": 60, "in_turn": True} | said
            )
            doing = Doing(by or self.village.rosa, NOW, self._key())
            ids = [actor.membership_id for actor in whom]
            invite(session, self.village.angus, listing.code, ids, text, doing)
            first = select(Invitation.code).where(Invitation.member_id == ids[0], Invitation.listing_id == listing.id)
            return spoken(session.scalars(first.order_by(Invitation.id.desc())).first() or "")

    def written(self, by: Actor, to: Actor, words: str = "Could you come at ten?", **more: Any) -> None:
        """A message."""
        with self._written() as session:
            write(session, to, words, Doing(by, NOW, self._key()), **more)

    def reported_conversation(self, one: Actor, other: Actor) -> str:
        """Return the code of a conversation that its second side reported."""
        self.written(one, other)
        with self._written() as session:
            report(session, one, "That is not right", Doing(other, NOW, self._key()))
            talk = find_talk(session, one.bank_id, one.membership_id, other.membership_id)
            return spoken(talk.code) if talk else ""

    def announced(self, words: str = "The office is closed on Thursday.", days: int = 7) -> str:
        """Return the code of an announcement of Rosa's."""
        with self._written() as session:
            return spoken(announce(session, self.village.angus, words, days, self._by_rosa()))

    def told(
        self,
        actor: Actor,
        topic: Topic = Topic.ABOUT_YOU,
        way: Way = Way.EMAIL,
        code: str = "",
        subject: str = "exchange",
    ) -> str:
        """Notify a member, such as of an exchange that waits for them; return the token of the e-mail's stop link."""
        with self._written() as session:
            code = code or actions.record(session, self.village.angus, terms(self.village.rosa, actor), self._by_rosa())
            query = select(Notice.id).where(
                Notice.member_id == actor.membership_id, Notice.subject == f"{subject}:{code}"
            )
            ids = session.scalars(query).all()
            put_into_delivery(session, actor.bank_id, actor.membership_id, topic, way, ids, now=NOW)
            newest = select(Delivery.stop_token).where(Delivery.member_id == actor.membership_id)
            return session.scalars(newest.order_by(Delivery.id.desc())).first() or ""

    def _by_rosa(self) -> Doing:
        return Doing(self.village.rosa, NOW, self._key())

    def _owner(self, session: Session, listing: Listing) -> Actor:
        membership = session.get_one(Membership, (listing.bank_id, listing.member_id))
        owner = find_actor(session, listing.bank_id, membership.person_id)
        assert owner is not None
        return owner

    def imported(self, description: str = "I offer rides", *, kind: str = "offer", number: int = 1) -> str:
        """A listing from elsewhere in the hand of the bank's holder; gives its code as it is spoken."""
        sheet = f"timebank,listing_id,type,description,category_ids\nangus,{number},{kind},{description},13\n"
        with self._written() as session:
            store(session, self.village.angus, read(sheet.encode()), Unattended(self.village.angus.id, NOW))
            own = Listing.bank_id == self.village.angus.id
            query = select(Listing.code).where(own, Listing.source_key == f"angus/{number}")
            return spoken(session.scalars(query).one())

    def sheet(self, rows: str = "angus,1,offer,Car rides,13\n", *, by: Actor | None = None) -> str:
        """A file of listings that a coordinator has chosen and not brought in; gives its key, as an address has it."""
        settings, actor = self.backend.settings, by or self.village.mary
        key = files.new_key(settings.secret_key, actor.bank_id, actor.membership_id)
        token = files.token_of(settings.secret_key, actor.bank_id, actor.membership_id, key)
        with files.new_file(settings.job_files, token) as (_token, path):
            path.write_text(f"{','.join(COLUMNS)}\n{rows}")
        return key

    def seal(self) -> None:
        """Seal what is not sealed yet of the books of Angus."""
        with self._written() as session:
            seal(session, self.village.angus.id, now=NOW)

    def listing(self, code: str) -> Listing:
        """A listing as it is kept."""
        with self.backend.session() as session:
            found = find_listing(session, self.village.angus.id, code.replace("-", ""))
            assert found is not None
            return found

    def notes(self, kind: str) -> list[str]:
        """What the tasks of a kind say."""
        return [row.note for row in self.ask("SELECT note FROM task WHERE kind = :kind ORDER BY id", kind=kind)]

    def member_called(self, name: str) -> Actor:
        """The one member of this name."""
        with self.backend.session() as session:
            person_id = session.scalars(select(Person.id).where(Person.name == name)).one()
            found = find_actor(session, self.village.angus.id, person_id)
        assert found is not None
        return found

    def change_person(self, actor: Actor, **columns: object) -> None:
        """Change what is kept about a person, such as their phone."""
        with self._written() as session:
            person = session.get_one(Person, actor.person_id)
            for name, value in columns.items():
                setattr(person, name, value)

    def sign_in_code(self, actor: Actor, *, now: datetime = NOW) -> str:
        """A printed code for somebody, made by the administrator."""
        with self._written() as session:
            return make_code(session, actor, Unattended(actor.bank_id, now))

    def taken_in(self, name: str, **said: Any) -> Actor:
        """A new member, taken in by the administrator."""
        with self._written() as session:
            membership = admit(
                session, self.village.angus, NewMember(name, **said), Unattended(self.village.angus.id, NOW)
            )
            found = find_actor_by_code(session, self.village.angus.id, membership.code)
        assert found is not None
        return found

    def reversal(self, code: str, *, by: Actor, reason: str = "Written down twice") -> str:
        """A coordinator's proposal to take an exchange back; gives the reversal's code as it is spoken."""
        with self._written() as session:
            made = reversals.propose(session, code.replace("-", ""), Doing(by, NOW), reason=reason)
        return spoken(made)

    def approved(self, reversal_code: str, *, by: Actor) -> None:
        """Have a reversal approved by a second pair of eyes."""
        with self._written() as session:
            reversals.approve(session, self.village.angus, reversal_code.replace("-", ""), Doing(by, NOW))

    def correction(self, *, by: Actor | None = None, now: datetime = NOW, **said: Any) -> str:
        """Somebody's (Mary's) proposal that an hour goes from Grace to Ada; gives its code as it is spoken."""
        v = self.village
        told = {"from_account": v.grace.account_id, "to_account": v.ada.account_id, "minutes": 60}
        told |= {"day": TODAY, "reason": "Counted twice", **said}
        with self._written() as session:
            adjustment = corrections.Adjustment(**told)
            made = corrections.propose_adjustment(session, v.angus, adjustment, Doing(by or v.mary, now))
        return spoken(made)

    def member_of_both(self, actor: Actor) -> Actor:
        """Take somebody of Perth into Angus as well; gives them as a member there."""
        newcomer = NewMember(actor.name, email=f"{actor.code}@example.org", person_id=actor.person_id)
        with self._written() as session:
            admit(session, self.village.angus, newcomer, Unattended(self.village.angus.id, NOW))
        return self.member_called(actor.name)

    def role_change(self, member: Actor, role: Role, *, by: Actor) -> str:
        """A coordinator's proposal to give a role, which waits; gives its code as it is spoken."""
        with self._written() as session:
            membership = get_membership_by_code(session, member.bank_id, member.code)
            set_roles(session, membership, member.roles | {role}, Doing(by, NOW), before=member.roles)
        with self.backend.session() as session:
            (row,) = list_waiting_roles(session, member.bank_id, membership_id=member.membership_id)
        return spoken(row.code)

    def adjusted(self, giver: Actor, receiver: Actor, **said: Any) -> str:
        """An adjustment that Mary proposed and Tom approved; gives its code as it is spoken."""
        said = {"from_account": receiver.account_id, "to_account": giver.account_id} | said
        code = self.correction(**said)
        self.correction_approved(code, by=self.village.tom)
        return code

    def correction_approved(self, code: str, *, by: Actor, now: datetime = NOW) -> None:
        """Have a correction approved by a second pair of eyes."""
        with self._written() as session:
            corrections.approve(session, self.village.angus, code.replace("-", ""), Doing(by, now))

    def task(self, subject: str, kind: str = "below_soft_limit", *, note: str = "", now: datetime = NOW) -> str:
        """Something for a broker to look at; gives the task's code as it is spoken."""
        with self._written() as session:
            reference = parse(subject)
            assert reference is not None
            code = open_task(session, self.village.angus.id, kind=kind, subject=reference, note=note, now=now)
        return spoken(code)

    def area(self, name: str) -> str:
        """An area of Angus; gives its name."""
        with self._written() as session:
            add_area(session, name, Doing(self.village.mary, NOW, f"area-{name}"))
        return name

    def application(self, name: str = "Sam Reid", *, steps: int = 0, now: datetime = NOW, **said: Any) -> str:
        """Somebody's wish to join, so many steps on, all taken by Rosa; gives its code as it is spoken."""
        said = {"phone": "+441632960321", "is_adult": True, "agreed": Agreed.PHONE} | said
        angus, alone = self.village.angus, said["agreed"] is Agreed.ONLINE
        with self._written() as session:
            wish, key = NewApplication(name, **said), self._key()
            doing = Unattended(angus.id, now) if alone else Doing(self.village.rosa, now, key)
            code = joining.apply(session, angus, wish, doing, form_key=key)
            for verb, words in _STEPS[:steps]:
                verb(session, code, Doing(self.village.rosa, now, self._key()), **words)
        return spoken(code)

    def areas(self, *names: str, bank: Bank | None = None) -> list[int]:
        """Areas of a bank (Angus); gives their ids."""
        bank_id = (bank or self.village.angus).id
        made = [Area(bank_id=bank_id, id=clock.next_id(), name=name) for name in names]
        with self._written() as session:
            session.add_all(made)
            session.flush()
            return [area.id for area in made]

    def stands(self, actor: Actor, to: str, *, by: Actor | None = None, reason: str = "They asked for it") -> None:
        """Change where somebody stands."""
        with self._written() as session:
            by = by or self.village.mary
            change_standing(session, actor, Standing(to), Doing(by, NOW, self._key()), reason=reason)

    def leaves(
        self, actor: Actor, *, to: Actor | None = None, reason: str = "Moves to Fife", now: datetime = NOW
    ) -> None:
        """Have somebody leave, their hours to the pot or a member; Mary writes it down."""
        going, by = Departure(self.balance(actor), reason, to), self.village.mary
        with self._written() as session:
            leaving.leave(session, self.village.angus, actor, going, Doing(by, now, self._key()))


_STEPS: Sequence[tuple[Any, dict[str, str]]] = (
    (joining.interview, {"words": "Likes dogs"}),
    (joining.take_reference, {"referee": "Jean Shaw", "words": "Her neighbour for ten years"}),
    (joining.take_reference, {"referee": "Bill Kerr", "words": "They sing in one choir"}),
    (joining.induct, {"words": "Hours, safety, our number"}),
    (joining.admit, {}),
)
