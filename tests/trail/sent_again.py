"""Every action that a form asks for: what has to be there before, who does it, and the call itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people import NOW, TODAY, Village, make_confirmed, make_recorded, terms
from timebank.actors import Actor, Doing, Role, Standing, Unattended
from timebank.announcements.actions import announce, take_down
from timebank.approvals import roles, welcome
from timebank.approvals.queries import list_waiting_roles
from timebank.audit.actions import store_asked
from timebank.banks.actions import change_rules
from timebank.banks.areas import add_area, close_area, rename_area, reopen_area, set_travel
from timebank.banks.queries import find_area
from timebank.banks.rules import rules_of
from timebank.bookkeeping.models import Entry
from timebank.corrections import actions as corrections, months
from timebank.corrections.actions import Adjustment
from timebank.corrections.figures import MonthFigures
from timebank.corrections.month_queries import reckon_beside
from timebank.exchanges import actions as exchanges, reversals
from timebank.exchanges.filing import file_under
from timebank.exchanges.thanks import thank
from timebank.exchanges.time_rule import begin_time_rule, end_time_rule
from timebank.jobs import actions as jobs, claims
from timebank.jobs.rules import JobKind
from timebank.joining import actions as joining
from timebank.joining.actions import NewApplication
from timebank.joining.rules import Agreed
from timebank.leaving import actions as leaving
from timebank.leaving.rules import Departure
from timebank.listings import actions as listings, categories
from timebank.listings.models import Listing
from timebank.listings.queries import get_tree
from timebank.listings.rules import ListingKind, ListingText, Move
from timebank.listings.to_do import put_on_list
from timebank.matching import answering, inviting
from timebank.matching.dismissing import dismiss
from timebank.matching.inviting import InvitationText
from timebank.matching.models import Invitation
from timebank.matching.rules_of_banks import change_settings
from timebank.matching.settings import MatchingSettings
from timebank.matching.suggestion_rules import SuggestionKind
from timebank.members import actions as members, limits
from timebank.members.actions import NewMember
from timebank.members.helping import change_helping
from timebank.members.models import Person
from timebank.members.profiles import prove_contact
from timebank.members.queries import find_actor_by_code
from timebank.members.rules import ContactKind, Helping
from timebank.members.standing import change_standing
from timebank.messages.actions import report, see, write
from timebank.notices.actions import choose
from timebank.notices.kinds import Topic
from timebank.notices.models import Delivery, LetterBundle
from timebank.notices.outbox import put_into_delivery
from timebank.notices.rules import Choice, Often, Way
from timebank.references import DeedName, Ref, Subject
from timebank.signing_in.own_contacts import mail_email_code, text_phone_code
from timebank.tasks import actions as tasks
from timebank.telling.calls import Outcome, note_call
from timebank.telling.letters import note_posted, print_letters
from timebank.telling.posted_letters import print_again
from timebank.telling.stopped import note_stop, want_again

Call = Callable[[Doing], Any]


@dataclass
class Scene:
    """The cast, with what each action needs at hand."""

    session: Session
    village: Village

    @property
    def bank(self) -> Any:
        return self.village.angus

    def proposed(self) -> str:
        to_come = terms(self.village.ada, self.village.grace)
        return exchanges.propose(self.session, self.bank, to_come, Doing(self.village.grace, NOW, "propose"))

    def accepted(self) -> str:
        code = self.proposed()
        exchanges.accept(self.session, code, Doing(self.village.ada, NOW))
        return code

    def recorded(self) -> str:
        return make_recorded(self.session, self.village, self.village.ada, self.village.grace)

    def confirmed(self) -> str:
        return make_confirmed(self.session, self.village, self.village.ada, self.village.grace)

    def disputed(self) -> str:
        code = self.recorded()
        exchanges.dispute(self.session, code, Doing(self.village.grace, NOW), words="Shorter", minutes=30)
        return code

    def reversal(self) -> str:
        doing = Doing(self.village.mary, NOW, "reversal")
        return reversals.propose(self.session, self.confirmed(), doing, reason="Twice")

    def adjustment(self) -> Adjustment:
        v = self.village
        return Adjustment(v.grace.account_id, v.ada.account_id, 60, TODAY, "Counted twice")

    def correction(self) -> str:
        doing = Doing(self.village.mary, NOW, "correction")
        return corrections.propose_adjustment(self.session, self.bank, self.adjustment(), doing)

    def asked(self) -> ListingText:
        return replace(self.said("The hedge"), wanted_on=TODAY, wanted_time=time(10), helpers_wanted=2)

    def said(self, title: str = "Gardening") -> ListingText:
        listings.open_categories(self.session, self.bank, Unattended(self.bank.id, NOW))
        branch = get_tree(self.session, self.bank.id).by_key["outdoors/gardening"]
        return ListingText(title, "", (branch.id,))

    def listed(self) -> str:
        doing = Doing(self.village.ada, NOW, "list")
        return listings.add(self.session, self.bank, ListingKind.OFFER, self.said(), doing)

    def area(self, name: str = "Forfar") -> Any:
        add_area(self.session, name, Doing(self.village.mary, NOW, f"area {name}"))
        return find_area(self.session, self.bank.id, name)

    def applied(self, *steps: str) -> str:
        doing = Doing(self.village.rosa, NOW, "apply")
        code = joining.apply(self.session, self.bank, wish(), doing)
        self.bank.references_needed = 0
        for verb in steps:
            getattr(joining, verb)(self.session, code, Doing(self.village.rosa, NOW, verb), words="Likes dogs")
        return code

    def referable(self) -> str:
        code = self.applied("interview")
        self.bank.references_needed = 1
        return code

    def task(self) -> str:
        about = Ref(Subject.MEMBER, self.village.grace.code)
        return tasks.open_task(self.session, self.bank.id, kind="below_soft_limit", subject=about, now=NOW)

    def job(self, *, ends: bool = False) -> str:
        wants = {"format": "csv", "with_names": False}
        code = jobs.ask(self.session, JobKind.EXPORT_BOOKS, wants, Doing(self.village.audrey, NOW, "job"))
        if ends:
            claimed = claims.claim(self.session, NOW)
            assert claimed is not None
            claims.finish(self.session, claimed, NOW, {}, file_token="a" * 64)
        return code

    def figures(self) -> MonthFigures:
        return reckon_beside(self.session, self.bank.id, OCTOBER, self.bank.time_zone)

    def signed(self) -> MonthFigures:
        figures, doing = self.figures(), Doing(self.village.mary, NOW, "sign")
        months.sign(self.session, self.bank, OCTOBER, figures, doing, words="Looked at it")
        return figures


OCTOBER = date(2026, 10, 1)


def wish() -> NewApplication:
    return NewApplication("Sam Reid", phone="+441632960321", is_adult=True, agreed=Agreed.PHONE)


@dataclass(frozen=True)
class Deed:
    """An action: the key of the cast who does it, and how it is prepared; preparing returns the call itself."""

    who: str
    prepare: Callable[[Scene], Call]


def _on_exchange(verb: Any, code: Callable[[Scene], str], **said: Any) -> Callable[[Scene], Call]:
    def prepare(scene: Scene) -> Call:
        return partial(verb, scene.session, code(scene), **said)

    return prepare


def _record(scene: Scene) -> Call:
    return partial(exchanges.record, scene.session, scene.bank, terms(scene.village.ada, scene.village.grace))


def _propose(scene: Scene) -> Call:
    return partial(exchanges.propose, scene.session, scene.bank, terms(scene.village.ada, scene.village.grace))


def _record_agreed(scene: Scene) -> Call:
    code = scene.accepted()
    return partial(exchanges.record_agreed, scene.session, scene.bank, code, day=TODAY, minutes=60)


def _take_back_lines(scene: Scene) -> Call:
    corrections.approve(scene.session, scene.bank, scene.correction(), Doing(scene.village.tom, NOW))
    entry_id = scene.session.scalar(select(Entry.id).where(Entry.kind == "adjustment"))
    return partial(corrections.propose_reversal, scene.session, scene.bank, entry_id, (1,), reason="Not hers")


def _with_bank(action: Any, code: Callable[[Scene], Any], **said: Any) -> Callable[[Scene], Call]:
    def prepare(scene: Scene) -> Call:
        return partial(action, scene.session, scene.bank, code(scene), **said)

    return prepare


def _with_session(action: Any, subject: Callable[[Scene], Any], **said: Any) -> Callable[[Scene], Call]:
    def prepare(scene: Scene) -> Call:
        return partial(action, scene.session, subject(scene), **said)

    return prepare


def _month(action: Any, *, with_figures: bool, **said: Any) -> Callable[[Scene], Call]:
    def prepare(scene: Scene) -> Call:
        figures = scene.signed()
        return partial(action, scene.session, scene.bank, OCTOBER, *([figures] if with_figures else []), **said)

    return prepare


def _sign(scene: Scene) -> Call:
    return partial(months.sign, scene.session, scene.bank, OCTOBER, scene.figures(), words="Looked at it")


def _change_listing(scene: Scene) -> Call:
    code = scene.listed()
    return partial(listings.change, scene.session, scene.bank, code, scene.said("Hedges"))


def _move_listing(what: Move, *, before: Move | None = None) -> Callable[[Scene], Call]:
    def prepare(scene: Scene) -> Call:
        code = scene.listed()
        if before is not None:
            listings.move(scene.session, scene.bank, code, before, Doing(scene.village.ada, NOW))
        return partial(listings.move, scene.session, scene.bank, code, what)

    return prepare


def _hand_over(scene: Scene) -> Call:
    code = scene.listed()
    holder = members.get_or_make_holder(scene.session, scene.bank, now=NOW)
    listing = scene.session.execute(select(Listing).where(Listing.code == code)).scalar_one()
    listing.member_id = holder.id
    scene.session.flush()
    return partial(listings.hand_over, scene.session, scene.bank, code, scene.village.grace)


def _category(action: Any, *words: Any, **said: Any) -> Callable[[Scene], Call]:
    def prepare(scene: Scene) -> Call:
        scene.said()
        return partial(action, scene.session, scene.bank, "outdoors", *words, **said)

    return prepare


def _back(scene: Scene) -> Call:
    doing = Doing(scene.village.mary, NOW, "suspend")
    change_standing(scene.session, scene.village.grace, Standing.SUSPENDED, doing, reason="Asked for it")
    return partial(leaving.take_back_in, scene.session, scene.village.grace, reason="Well again")


def _standing(to: Standing) -> Callable[[Scene], Call]:
    return lambda scene: partial(change_standing, scene.session, scene.village.grace, to, reason="Asked for it")


def _leave(scene: Scene) -> Call:
    return partial(leaving.leave, scene.session, scene.bank, scene.village.linus, Departure(0, "Moves to Fife"))


def _settle(scene: Scene) -> Call:
    doing = Doing(scene.village.mary, NOW, "left")
    change_standing(scene.session, scene.village.linus, Standing.LEFT, doing, reason="Moves to Fife")
    linus = find_actor_by_code(scene.session, scene.bank.id, scene.village.linus.code)
    return partial(leaving.settle, scene.session, scene.bank, linus, Departure(0, "Moves to Fife"))


def _filing(scene: Scene) -> Call:
    scene.said()
    return partial(file_under, scene.session, scene.confirmed(), "outdoors/gardening")


def _travel(scene: Scene) -> Call:
    near, far = scene.area(), scene.area("Brechin")
    return partial(set_travel, scene.session, near, {far.id: 20})


def _reopen(scene: Scene) -> Call:
    area = scene.area()
    close_area(scene.session, area, Doing(scene.village.mary, NOW, "close"))
    return partial(reopen_area, scene.session, area)


def _rules(scene: Scene) -> Call:
    rules = replace(rules_of(scene.bank), welcome_minutes=60)
    return partial(change_rules, scene.session, scene.bank, rules, for_all_members=True)


def _limit(scene: Scene) -> Call:
    until = TODAY + timedelta(days=30)
    said = {"below_minutes": 1800, "reason": "Back from hospital", "until": until}
    return partial(limits.lower_limit, scene.session, scene.bank, scene.village.grace, limits.Override(**said))


def _limit_ended(scene: Scene) -> Call:
    _limit(scene)(Doing(scene.village.rosa, NOW, "lower"))
    return partial(limits.end_override, scene.session, scene.bank, scene.village.grace)


def _pot(scene: Scene) -> Call:
    said = {"below_minutes": 6000, "reason": "A busy winter", "until": TODAY + timedelta(days=30)}
    return partial(limits.change_pot_limit, scene.session, scene.bank, **said)


def _admit(scene: Scene) -> Call:
    return partial(members.admit, scene.session, scene.bank, NewMember("Zoe Hill", email="zoe@example.org"))


def _dismissed(scene: Scene) -> Call:
    asking = Doing(scene.village.grace, NOW, "ask")
    code = listings.add(scene.session, scene.bank, ListingKind.REQUEST, scene.said("The hedge"), asking)
    return partial(dismiss, scene.session, scene.bank, SuggestionKind.HELP, code)


def _on_message(act: Callable[..., Any], **more: Any) -> Callable[[Scene], Call]:
    """What Grace does about a message of Ada's."""

    def prepare(scene: Scene) -> Call:
        write(scene.session, scene.village.grace, "Could you come?", Doing(scene.village.ada, NOW, "written"))
        return partial(_with_doing_third, act, scene.session, scene.village.ada, more)

    return prepare


def _with_doing_third(
    act: Callable[..., Any], session: Session, other: Actor, more: Mapping[str, Any], doing: Doing
) -> Any:
    words = more.get("words")
    return act(session, other, doing) if words is None else act(session, other, words, doing)


def _announcement(scene: Scene) -> Call:
    code = announce(scene.session, scene.bank, "Closed on Thursday", 7, Doing(scene.village.rosa, NOW, "announced"))
    return partial(take_down, scene.session, code)


def _mobile(scene: Scene) -> str:
    """Ada has a mobile phone that is hers, in a bank that sends texts; return its number."""
    scene.bank.texts_a_month = 100
    ada = scene.session.get_one(Person, scene.village.ada.person_id)
    ada.phone, ada.phone_is_proved = "+447400123456", True
    scene.session.flush()
    return ada.phone


def _phone_code(scene: Scene) -> Call:
    _mobile(scene)
    return partial(text_phone_code, scene.session, scene.bank)


def _texts_again(scene: Scene) -> Call:
    note_stop(scene.session, _mobile(scene), NOW)
    return partial(want_again, scene.session)


def _call(scene: Scene, outcome: Outcome) -> Call:
    """Somebody who was tried twice, and is rung once more."""
    ada, bank_id = scene.village.ada, scene.bank.id
    call = put_into_delivery(scene.session, bank_id, ada.membership_id, Topic.ABOUT_YOU, Way.PHONE, [], now=NOW)
    scene.session.get_one(Delivery, (bank_id, call)).tries = 2
    return partial(note_call, scene.session, ada, outcome, until=call)


def _letter(scene: Scene) -> None:
    ada, bank_id = scene.village.ada, scene.bank.id
    put_into_delivery(scene.session, bank_id, ada.membership_id, Topic.ABOUT_YOU, Way.LETTER, [], now=NOW)


def _printed(scene: Scene) -> Call:
    _letter(scene)
    return partial(print_letters, scene.session, scene.bank)


def _posted(scene: Scene) -> Call:
    _letter(scene)
    code = print_letters(scene.session, scene.bank, Doing(scene.village.rosa, NOW, "printed"))
    bundle = scene.session.scalars(select(LetterBundle)).one()
    bundle.posted_at = bundle.posted_by = None  # a letter without words is printed by nobody else
    return partial(note_posted, scene.session, scene.bank, code, [])


def _printed_again(scene: Scene) -> Call:
    _letter(scene)
    code = print_letters(scene.session, scene.bank, Doing(scene.village.rosa, NOW, "printed"))
    return partial(print_again, scene.session, code)


def _choice_of_notices(scene: Scene) -> Call:
    return partial(choose, scene.session, {Topic.ABOUT_YOU: Choice(Way.PHONE, Often.AT_ONCE)})


def _helping(scene: Scene) -> Call:
    away = Helping(away_from=TODAY, away_until=TODAY, languages=frozenset({"en", "pl"}))
    return partial(change_helping, scene.session, scene.bank, away)


def _asked(scene: Scene) -> tuple[str, InvitationText]:
    """Return the code of Grace's request, and what Rosa asks about it."""
    doing = Doing(scene.village.grace, NOW, "asks")
    code = listings.add(scene.session, scene.bank, ListingKind.REQUEST, scene.asked(), doing)
    return code, InvitationText(TODAY, time(10), 60)


def _invite(scene: Scene) -> Call:
    code, content = _asked(scene)
    whom = [scene.village.ada.membership_id]
    return lambda doing: inviting.invite(scene.session, scene.bank, code, whom, content, doing)


def _invite_all(scene: Scene) -> Call:
    code, _content = _asked(scene)
    lines = [inviting.Line(code, scene.village.ada.membership_id, TODAY)]
    return partial(inviting.invite_all, scene.session, scene.bank, lines, 60)


def _on_invitation(act: Callable[..., Any], **said: Any) -> Callable[[Scene], Call]:
    """Return what makes an invitation of Ada's, and then acts on it."""

    def call(scene: Scene) -> Call:
        _invite(scene)(Doing(scene.village.rosa, NOW, "invites"))
        code = scene.session.scalars(select(Invitation.code)).one()
        return partial(act, scene.session, scene.bank, code, **said)

    return call


def _prove(scene: Scene) -> Call:
    contact = "grace@example.org"
    said = {"evidence": "She wrote from it"}
    return partial(prove_contact, scene.session, scene.village.grace, ContactKind.EMAIL, contact, **said)


def _role(action: Any, **said: Any) -> Callable[[Scene], Call]:
    def prepare(scene: Scene) -> Call:
        grace = scene.village.grace
        membership = members.get_membership_by_code(scene.session, scene.bank.id, grace.code)
        doing = Doing(scene.village.mary, NOW)
        roles.set_roles(scene.session, membership, grace.roles | {Role.TRUSTEE}, doing, before=grace.roles)
        (change,) = list_waiting_roles(scene.session, scene.bank.id)
        return partial(action, scene.session, change.code, **said)

    return prepare


def _refused_role(scene: Scene) -> Call:
    refuse = _role(roles.refuse, reason="Too early")(scene)
    refuse(Doing(scene.village.tom, NOW))
    (code,) = refuse.args[1:]  # type: ignore[attr-defined]
    return partial(roles.acknowledge, scene.session, code)


def _set_roles(scene: Scene) -> Call:
    grace = scene.village.grace
    membership = members.get_membership_by_code(scene.session, scene.bank.id, grace.code)
    wanted = grace.roles | {Role.BROKER, Role.TRUSTEE}
    return partial(roles.set_roles, scene.session, membership, wanted, before=grace.roles)


def _welcome(scene: Scene) -> Call:
    scene.bank.welcome_minutes = 120
    newcomer = NewMember("Zoe Hill", email="zoe@example.org", needs_second_keeper=True)
    membership = members.admit(scene.session, scene.bank, newcomer, Doing(scene.village.rosa, NOW, "admit"))
    return partial(welcome.give, scene.session, scene.bank, membership.code)


def _task(action: Any, *, taken: bool = False, **said: Any) -> Callable[[Scene], Call]:
    def prepare(scene: Scene) -> Call:
        code = scene.task()
        if taken:
            tasks.take(scene.session, code, Doing(scene.village.rosa, NOW))
        return partial(action, scene.session, code, **said)

    return prepare


def _missing(scene: Scene) -> Call:
    scene.said()
    return partial(put_on_list, scene.session, Ref(Subject.CATEGORY, "outdoors/gardening"))


DEEDS: Mapping[DeedName, Deed] = {
    DeedName.APPLICATION_APPLY: Deed("rosa", lambda s: partial(joining.apply, s.session, s.bank, wish())),
    DeedName.APPLICATION_INTERVIEW: Deed("rosa", _with_session(joining.interview, Scene.applied, words="Dogs")),
    DeedName.APPLICATION_REFERENCE: Deed(
        "rosa",
        _with_session(joining.take_reference, Scene.referable, referee="Jo Reid", words="Known for years"),
    ),
    DeedName.APPLICATION_INDUCT: Deed(
        "rosa", _with_session(joining.induct, lambda s: s.applied("interview"), words="")
    ),
    DeedName.APPLICATION_ADMIT: Deed("rosa", _with_session(joining.admit, lambda s: s.applied("interview", "induct"))),
    DeedName.APPLICATION_DECLINE: Deed("rosa", _with_session(joining.decline, Scene.applied, reason="Too far")),
    DeedName.APPLICATION_WITHDRAW: Deed("rosa", _with_session(joining.withdraw, Scene.applied, words="No time")),
    DeedName.AREA_ADDED: Deed("mary", lambda s: partial(add_area, s.session, "Forfar")),
    DeedName.AREA_RENAMED: Deed("mary", lambda s: partial(rename_area, s.session, s.area(), "Letham")),
    DeedName.AREA_CLOSED: Deed("mary", _with_session(close_area, Scene.area)),
    DeedName.AREA_OPENED: Deed("mary", _reopen),
    DeedName.AREA_TRAVEL: Deed("mary", _travel),
    DeedName.BOOKS_CHECKED: Deed("audrey", lambda s: partial(store_asked, s.session, [], seconds=1)),
    DeedName.CATEGORY_ADDED: Deed(
        "mary", lambda s: partial(categories.add, s.session, s.bank, "Bees", [], under="outdoors")
    ),
    DeedName.CATEGORY_CHANGED: Deed("mary", _category(categories.change, "Out of doors", [])),
    DeedName.CATEGORY_MOVED: Deed("mary", _category(categories.shift, up=True)),
    DeedName.CATEGORY_RETIRED: Deed("mary", _category(categories.retire)),
    DeedName.CATEGORY_BROUGHT_BACK: Deed("mary", _category(categories.bring_back)),
    DeedName.CONTACT_PROVED: Deed("rosa", _prove),
    DeedName.CORRECTION_PROPOSED: Deed("mary", _with_bank(corrections.propose_adjustment, Scene.adjustment)),
    DeedName.CORRECTION_APPROVED: Deed("tom", _with_bank(corrections.approve, Scene.correction)),
    DeedName.CORRECTION_REFUSED: Deed("tom", _with_session(corrections.refuse, Scene.correction, reason="Ring her")),
    DeedName.CORRECTION_WITHDRAWN: Deed("mary", _with_session(corrections.withdraw, Scene.correction)),
    DeedName.MEMBER_WELCOMED: Deed("mary", _welcome),
    DeedName.ROLES_SET: Deed("mary", _set_roles),
    DeedName.ROLE_APPROVED: Deed("tom", _role(roles.approve)),
    DeedName.ROLE_REFUSED: Deed("tom", _role(roles.refuse, reason="Too early")),
    DeedName.ROLE_REFUSAL_READ: Deed("mary", _refused_role),
    DeedName.ROLE_WITHDRAWN: Deed("mary", _role(roles.withdraw)),
    DeedName.EXCHANGE_PROPOSE: Deed("grace", _propose),
    DeedName.EXCHANGE_ACCEPT: Deed("ada", _on_exchange(exchanges.accept, Scene.proposed)),
    DeedName.EXCHANGE_DECLINE: Deed("ada", _on_exchange(exchanges.decline, Scene.proposed)),
    DeedName.EXCHANGE_CANCEL: Deed("ada", _on_exchange(exchanges.cancel, Scene.recorded)),
    DeedName.EXCHANGE_RECORD: Deed("ada", _record),
    DeedName.EXCHANGE_CONFIRM: Deed("grace", _on_exchange(exchanges.confirm, Scene.recorded)),
    DeedName.EXCHANGE_DISPUTE: Deed(
        "grace", _on_exchange(exchanges.dispute, Scene.recorded, words="It was shorter", minutes=30)
    ),
    DeedName.EXCHANGE_AGREE: Deed("ada", _on_exchange(exchanges.agree, Scene.disputed, minutes=30)),
    DeedName.EXCHANGE_DECIDE: Deed(
        "rosa", _on_exchange(exchanges.decide, Scene.disputed, minutes=45, reason="Rang both")
    ),
    DeedName.EXCHANGE_FILED: Deed("rosa", _filing),
    DeedName.EXCHANGE_THANKED: Deed("grace", _on_exchange(thank, Scene.confirmed, words="Thank you")),
    DeedName.HELPING_CHANGED: Deed("ada", _helping),
    DeedName.HELP_LOOKED_FOR: Deed("ada", lambda s: partial(listings.ask_broker, s.session, "A lift on Monday")),
    DeedName.INVITATION_SENT: Deed("rosa", _invite),
    DeedName.INVITATION_YES: Deed("ada", _on_invitation(answering.say_yes)),
    DeedName.INVITATION_NO: Deed("ada", _on_invitation(answering.say_no)),
    DeedName.INVITATION_LESS: Deed("ada", _on_invitation(answering.say_no, less=True)),
    DeedName.INVITATION_TAKEN_BACK: Deed("rosa", _on_invitation(inviting.take_back)),
    DeedName.PLAN_SENT: Deed("rosa", _invite_all),
    DeedName.JOB_ASKED_FOR: Deed("audrey", lambda s: partial(jobs.ask, s.session, JobKind.CHECK_BOOKS, {})),
    DeedName.JOB_CANCELLED: Deed("mary", lambda s: partial(jobs.cancel, s.session, s.job())),
    DeedName.JOB_FILE_FETCHED: Deed("audrey", lambda s: partial(jobs.fetch_file, s.session, s.job(ends=True))),
    DeedName.MATCHING_RULES_CHANGED: Deed(
        "mary", lambda s: partial(change_settings, s.session, s.bank, MatchingSettings(near=30))
    ),
    DeedName.ANNOUNCEMENT_MADE: Deed("rosa", lambda s: partial(announce, s.session, s.bank, "Closed on Thursday", 7)),
    DeedName.ANNOUNCEMENT_TAKEN_DOWN: Deed("rosa", _announcement),
    DeedName.MESSAGE_WRITTEN: Deed("ada", lambda s: partial(write, s.session, s.village.grace, "Could you come?")),
    DeedName.MESSAGES_SEEN: Deed("grace", _on_message(see)),
    DeedName.CONVERSATION_REPORTED: Deed("grace", _on_message(report, words="Not right")),
    DeedName.NOTICES_CHOSEN: Deed("ada", _choice_of_notices),
    DeedName.LETTERS_PRINTED: Deed("rosa", _printed),
    DeedName.LETTERS_POSTED: Deed("rosa", _posted),
    DeedName.LETTERS_PRINTED_AGAIN: Deed("rosa", _printed_again),
    **{DeedName(f"call.{outcome}"): Deed("rosa", partial(_call, outcome=outcome)) for outcome in Outcome},
    DeedName.EMAIL_CODE_MAILED: Deed("ada", lambda s: partial(mail_email_code, s.session)),
    DeedName.PHONE_CODE_TEXTED: Deed("ada", _phone_code),
    DeedName.TEXTS_WANTED_AGAIN: Deed("ada", _texts_again),
    DeedName.LIMIT_LOWERED: Deed("rosa", _limit),
    DeedName.LIMIT_ENDED: Deed("rosa", _limit_ended),
    DeedName.LIMIT_POT: Deed("mary", _pot),
    DeedName.LISTING_OFFER: Deed(
        "ada", lambda s: partial(listings.add, s.session, s.bank, ListingKind.OFFER, s.said())
    ),
    DeedName.LISTING_REQUEST: Deed(
        "ada", lambda s: partial(listings.add, s.session, s.bank, ListingKind.REQUEST, s.asked())
    ),
    DeedName.LISTING_CHANGE: Deed("ada", _change_listing),
    DeedName.LISTING_PAUSE: Deed("ada", _move_listing(Move.PAUSE)),
    DeedName.LISTING_CLOSE: Deed("ada", _move_listing(Move.CLOSE)),
    DeedName.LISTING_REOPEN: Deed("ada", _move_listing(Move.REOPEN, before=Move.PAUSE)),
    DeedName.LISTING_RECONFIRM: Deed("ada", _move_listing(Move.RECONFIRM)),
    DeedName.LISTING_HANDED_OVER: Deed("rosa", _hand_over),
    DeedName.MEMBER_ADMITTED: Deed("rosa", _admit),
    DeedName.MEMBER_LEFT: Deed("mary", _leave),
    DeedName.MEMBER_SETTLED: Deed("mary", _settle),
    DeedName.MISSING_PUT_ON_LIST: Deed("rosa", _missing),
    DeedName.MONTH_SIGNED: Deed("mary", _sign),
    DeedName.MONTH_CONFIRMED: Deed("tom", _month(months.confirm, with_figures=True)),
    DeedName.MONTH_REFUSED: Deed("tom", _month(months.refuse, with_figures=False, reason="Look at slip 12")),
    DeedName.MONTH_WITHDRAWN: Deed("mary", _month(months.withdraw, with_figures=False)),
    DeedName.REVERSAL_PROPOSED: Deed("mary", _on_exchange(reversals.propose, Scene.confirmed, reason="Twice")),
    DeedName.REVERSAL_AGREED: Deed("ada", _with_bank(reversals.agree, Scene.reversal)),
    DeedName.REVERSAL_APPROVED: Deed("tom", _with_bank(reversals.approve, Scene.reversal)),
    DeedName.REVERSAL_REFUSED: Deed("tom", _with_session(reversals.refuse, Scene.reversal)),
    DeedName.RULES_CHANGED: Deed("mary", _rules),
    DeedName.STANDING_ACTIVE: Deed("mary", _back),
    DeedName.STANDING_SUSPENDED: Deed("mary", _standing(Standing.SUSPENDED)),
    DeedName.STANDING_LEFT: Deed("mary", _standing(Standing.LEFT)),
    DeedName.SUGGESTION_DISMISSED: Deed("ada", _dismissed),
    DeedName.TIME_RULE_BEGUN: Deed("mary", lambda s: partial(begin_time_rule, s.session, s.bank)),
    DeedName.TIME_RULE_ENDED: Deed("mary", lambda s: partial(end_time_rule, s.session, s.bank)),
    DeedName.TASK_TAKEN: Deed("rosa", _task(tasks.take)),
    DeedName.TASK_RETURNED: Deed("rosa", _task(tasks.hand_back, taken=True)),
    DeedName.TASK_FINISHED: Deed("rosa", _task(tasks.finish, note="We talked")),
}
#: More of the same names: recording what was agreed, and taking back lines of an entry.
MORE: Mapping[str, Deed] = {
    "record_agreed": Deed("ada", _record_agreed),
    "propose_reversal_of_lines": Deed("mary", _take_back_lines),
}
#: What no form asks for: done by the command line, by a sweep, or as a part of another action.
WITHOUT_FORM = frozenset(DeedName) - frozenset(DEEDS)
