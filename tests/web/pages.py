"""The table of who may open what: every route and method, and what each part in the cast is answered.

A GET is answered as the page is opened; a POST as its form is sent with its token and nothing else typed, so that 200
is the form again with what is missing. `door` leads to signing in, `on` (303) and `there` (302) to another page.
"""

from tests.people import TODAY
from timebank.actors import Actor, Role
from timebank.codes import heard, spoken
from timebank.exchanges.drafts import Purpose, start_like
from timebank.exchanges.queries import find_exchange
from timebank.listings.rules import ListingKind

COLUMNS = ("anonymous", "stranger", "took part", "other member", "broker", "coordinator", "trustee", "auditor")

#: who:                        anonymous stranger took-part other  broker coordinator trustee auditor
_TABLE = """
GET  front.front                     200   200   200   200   200   200   200   200
GET  styleguide.styleguide           200   200   200   200   200   200   200   200
GET  health.healthz                  200   200   200   200   200   200   200   200
GET  health.readyz                   200   200   200   200   200   200   200   200

GET  signing_in.sign_in              200   200   there there there there there there
POST signing_in.sign_in              200   200   there there there there there there
GET  signing_in.sign_in_with_code    200   200   200   200   200   200   200   200
POST signing_in.sign_in_with_code    200   200   200   200   200   200   200   200
GET  signing_in.sign_in_help         200   200   200   200   200   200   200   200
GET  signing_in.forgotten            404   404   404   404   404   404   404   404
POST signing_in.forgotten            404   404   404   404   404   404   404   404
POST signing_in.sign_out             door  door  door  door  door  door  door  door
GET  signing_in.password             door  404   200   200   200   200   200   200
POST signing_in.password             door  404   200   200   200   200   200   200

GET  home.home                       door  404   200   200   200   200   there there
POST home.dismissed                  door  404   on    on    on    on    403   403
GET  statement.my_hours              door  404   200   200   200   200   403   403
GET  statement.my_hours_csv          door  404   200   200   200   200   403   403
GET  statement.hours_of_member       door  404   403   403   200   200   200   200
GET  statement.hours_of_member_csv   door  404   403   403   200   200   200   200

GET  recording.start                 door  404   200   200   200   200   403   403
POST recording.start                 door  404   200   200   200   200   403   403
GET  recording.who                   door  404   200   404   404   404   403   403
POST recording.who                   door  404   200   404   404   404   403   403
GET  recording.what                  door  404   200   404   404   404   403   403
POST recording.what                  door  404   on    404   404   404   403   403
GET  recording.kind                  door  404   200   404   404   404   403   403
POST recording.kind                  door  404   200   404   404   404   403   403
GET  recording.when                  door  404   200   404   404   404   403   403
POST recording.when                  door  404   200   404   404   404   403   403
GET  recording.how_long              door  404   200   404   404   404   403   403
POST recording.how_long              door  404   200   404   404   404   403   403
GET  recording.check                 door  404   200   404   404   404   403   403
POST recording.check                 door  404   on    404   404   404   403   403
POST recording.again                 door  404   on    404   404   404   403   403
POST recording.record_agreed         door  404   on    404   404   404   403   403

GET  exchanges.exchanges             door  404   200   200   200   200   200   200
GET  exchanges.exchange              door  404   200   404   200   200   200   200
GET  exchanges.done                  door  404   200   404   200   200   200   200
POST exchanges.accept                door  404   on    404   403   403   403   403
POST exchanges.decline               door  404   on    404   403   403   403   403
POST exchanges.cancel                door  404   on    404   403   403   403   403
GET  exchanges.confirm               door  404   200   404   403   403   403   403
POST exchanges.confirm               door  404   on    404   403   403   403   403
GET  exchanges.dispute               door  404   200   404   403   403   403   403
POST exchanges.dispute               door  404   200   404   403   403   403   403
GET  exchanges.agree                 door  404   200   404   403   403   403   403
POST exchanges.agree                 door  404   200   404   403   403   403   403
GET  exchanges.decide                door  404   403   403   200   200   403   403
POST exchanges.decide                door  404   403   403   200   200   403   403
POST exchanges.file_under            door  404   403   403   on    on    403   403

POST exchanges.thank                 door  404   200   404   403   403   403   403

GET  reversals.propose               door  404   403   403   403   200   403   403
POST reversals.propose               door  404   403   403   403   200   403   403
GET  reversals.reversal              door  404   200   404   200   200   200   200
POST reversals.agree                 door  404   on    404   on    on    403   403
POST reversals.approve               door  404   403   403   403   on    on    403
POST reversals.refuse                door  404   403   403   403   on    on    403

GET  listings.listings               door  404   200   200   200   200   200   200
GET  listings.listing                door  404   200   200   200   200   200   200
POST listings.answer                 door  404   on    on    on    on    403   403
GET  listings.ask_broker             door  404   200   200   200   200   403   403
POST listings.ask_broker             door  404   200   200   200   200   403   403
GET  listings.mine                   door  404   200   200   200   200   403   403
GET  listings.add                    door  404   200   200   200   200   403   403
POST listings.add                    door  404   200   200   200   200   403   403
GET  listings.ask_for                door  404   403   403   200   200   403   403
POST listings.ask_for                door  404   403   403   200   200   403   403
GET  listings.change                 door  404   200   403   200   200   403   403
POST listings.change                 door  404   200   403   200   200   403   403
POST listings.move                   door  404   on    403   on    on    403   403
GET  matching.helpers                door  404   403   403   200   200   403   403
GET  matching.invitations            door  404   403   403   on    on    403   403
POST matching.invitations            door  404   403   403   on    on    403   403
GET  matching.invitation             door  404   200   404   200   200   404   404
GET  matching.yes                    door  404   200   404   403   403   403   403
POST matching.yes                    door  404   200   404   403   403   403   403
POST matching.no                     door  404   on    404   403   403   403   403
POST matching.less                   door  404   on    404   403   403   403   403
POST matching.withdrawal             door  404   403   403   on    on    403   403
GET  matching.board                  door  404   403   403   200   200   403   403
GET  matching.plan                   door  404   403   403   200   200   403   403
POST matching.plan                   door  404   403   403   200   200   403   403
GET  matching.circles                door  404   403   403   200   200   403   403
POST matching.circles                door  404   403   403   200   200   403   403
GET  matching.settings               door  404   403   403   403   200   403   403
POST matching.settings               door  404   403   403   403   on    403   403
GET  listings.hand_over              door  404   403   403   there there 403   403
POST listings.hand_over              door  404   403   403   there there 403   403
GET  listings.categories             door  404   403   403   403   200   403   403
POST listings.open_categories        door  404   403   403   403   on    403   403
GET  listings.add_category           door  404   403   403   403   200   403   403
POST listings.add_category           door  404   403   403   403   200   403   403
GET  listings.category               door  404   403   403   403   200   403   403
POST listings.category               door  404   403   403   403   on    403   403
POST listings.shift                  door  404   403   403   403   on    403   403
POST listings.retire                 door  404   403   403   403   on    403   403
POST listings.bring_back             door  404   403   403   403   on    403   403

GET  members.members                 door  404   403   403   200   200   403   403
GET  members.member                  door  404   200   200   200   200   200   200
GET  members.sign_in_code            door  404   403   403   there there there there
POST members.sign_in_code            door  404   403   403   on    on    403   403
GET  members.contact_proof           door  404   403   403   200   200   403   403
POST members.contact_proof           door  404   403   403   200   200   403   403
POST members.give_welcome_hours      door  404   403   403   on    on    on    403
GET  members.roles                   door  404   403   403   403   200   403   403
POST members.roles                   door  404   403   403   403   on    403   403
GET  members.standing                door  404   403   403   200   200   403   403
POST members.standing                door  404   403   403   200   200   403   403
GET  members.helping                 door  404   200   200   200   200   403   403
POST members.helping                 door  404   200   200   200   200   403   403
GET  members.profile                 door  404   200   200   200   200   200   200
POST members.profile                 door  404   on    on    on    on    on    on
GET  members.own_email               door  404   200   200   200   200   200   200
POST members.own_email               door  404   200   200   200   200   200   200
POST members.email_code              door  404   on    on    on    on    on    on
GET  members.own_phone               door  404   200   200   200   200   200   200
POST members.own_phone               door  404   200   200   200   200   200   200
POST members.phone_code              door  404   on    on    on    on    on    on
POST members.phone_texts             door  404   on    on    on    on    on    on
POST members.sign_out_others         door  404   on    on    on    on    on    on

GET  notices.choices                 door  404   200   200   200   200   200   200
POST notices.choices                 door  404   200   200   200   200   200   200
GET  notices.stop                    200   200   200   200   200   200   200   200
POST notices.stop                    200   200   200   200   200   200   200   200
GET  notices.call                    door  404   403   403   200   200   403   403
POST notices.note                    door  404   403   403   on    on    403   403
POST texting.came_in                 404   404   404   404   404   404   404   404
POST texting.state                   404   404   404   404   404   404   404   404

GET  notices.letters                 door  404   403   403   200   200   403   403
POST notices.make_bundle             door  404   403   403   on    on    403   403
GET  notices.bundle                  door  404   403   403   404   404   403   403
POST notices.bundle                  door  404   403   403   404   404   403   403
GET  notices.posted                  door  404   403   403   200   200   403   403
POST notices.again                   door  404   403   403   404   404   403   403
GET  notices.sent                    404   404   404   404   404   404   404   404
GET  notices.sent_mail               404   404   404   404   404   404   404   404
GET  notices.sent_html               404   404   404   404   404   404   404   404

GET  approvals.role_change           door  404   403   403   200   200   200   200
POST approvals.approve               door  404   403   403   403   on    on    403
GET  approvals.refuse                door  404   403   403   403   200   200   403
POST approvals.refuse                door  404   403   403   403   200   200   403
POST approvals.withdraw              door  404   403   403   403   on    403   403
POST approvals.acknowledge           door  404   403   403   on    on    on    on

GET  joining.join                    200   200   200   200   200   200   200   200
POST joining.join                    200   200   200   200   200   200   200   200
GET  joining.sent                    200   200   200   200   200   200   200   200
GET  joining.applications            door  404   403   403   200   200   403   403
GET  joining.write_down              door  404   403   403   200   200   403   403
POST joining.write_down              door  404   403   403   200   200   403   403
GET  joining.application             door  404   403   403   200   200   403   403
POST joining.interview               door  404   403   403   200   200   403   403
POST joining.take_reference          door  404   403   403   200   200   403   403
POST joining.induct                  door  404   403   403   on    on    403   403
POST joining.admit                   door  404   403   403   on    on    403   403
GET  joining.decline                 door  404   403   403   200   200   403   403
POST joining.decline                 door  404   403   403   200   200   403   403
GET  joining.withdraw                door  404   403   403   200   200   403   403
POST joining.withdraw                door  404   403   403   on    on    403   403

GET  leaving.where                   door  404   403   403   there there 403   403
POST leaving.where                   door  404   403   403   on    on    403   403
GET  leaving.why                     door  404   403   403   200   200   403   403
POST leaving.why                     door  404   403   403   200   200   403   403
GET  leaving.done                    door  404   403   403   there there 403   403

GET  acting.start                    door  404   403   403   200   200   403   403

GET  desk.desk                       door  404   403   403   200   200   200   200

GET  announcements.announcements     door  404   403   403   200   200   403   403
POST announcements.announcements     door  404   403   403   200   200   403   403
POST announcements.take_down         door  404   403   403   on    on    403   403

GET  messages.talks                  door  404   200   200   200   200   403   403
GET  messages.talk                   door  404   404   200   200   200   403   403
POST messages.talk                   door  404   404   200   200   200   403   403
POST messages.seen                   door  404   404   on    on    on    403   403
GET  messages.report                 door  404   404   200   200   200   403   403
POST messages.report                 door  404   404   200   200   200   403   403
GET  messages.reported               door  404   403   403   200   200   403   403
POST messages.reading                door  404   403   403   on    on    403   403

GET  missing.missing                 door  404   403   403   200   200   200   200
GET  missing.kind                    door  404   403   403   200   200   200   200
GET  missing.area                    door  404   403   403   200   200   200   200
POST missing.task                    door  404   403   403   on    on    403   403

GET  limits.limit                    door  404   403   403   200   200   403   403
POST limits.limit                    door  404   403   403   200   200   403   403
POST limits.end                      door  404   403   403   on    on    403   403
GET  limits.pot                      door  404   403   403   403   200   403   403
POST limits.pot                      door  404   403   403   403   200   403   403

GET  rules.rules                     door  404   200   200   200   200   200   200
GET  rules.settings                  door  404   403   403   403   200   403   403
POST rules.settings                  door  404   403   403   403   on    403   403
GET  rules.by_time                   door  404   403   403   403   200   403   403
POST rules.by_time                   door  404   403   403   403   on    403   403

GET  areas.areas                     door  404   403   403   403   200   403   403
POST areas.areas                     door  404   403   403   403   200   403   403
GET  areas.area                      door  404   403   403   403   200   403   403
POST areas.rename                    door  404   403   403   403   200   403   403
POST areas.travel                    door  404   403   403   403   on    403   403
POST areas.close                     door  404   403   403   403   on    403   403
POST areas.reopen                    door  404   403   403   403   on    403   403

GET  tasks.tasks                     door  404   403   403   200   200   403   403
GET  tasks.task                      door  404   403   403   200   200   403   403
POST tasks.take                      door  404   403   403   on    on    403   403
POST tasks.hand_back                 door  404   403   403   on    on    403   403
GET  tasks.finish                    door  404   403   403   200   200   403   403
POST tasks.finish                    door  404   403   403   200   200   403   403

GET  audit.books                     door  404   403   403   403   200   200   200
POST audit.check_now                 door  404   403   403   403   on    on    on
GET  audit.checks                    door  404   403   403   403   200   200   200
GET  audit.check                     door  404   403   403   403   200   200   200
GET  audit.exchanges                 door  404   403   403   403   200   200   200
GET  audit.exchanges_csv             door  404   403   403   403   200   200   200
GET  audit.balances                  door  404   403   403   403   200   200   200
GET  audit.balances_csv              door  404   403   403   403   200   200   200
GET  audit.beyond_limits             door  404   403   403   403   200   200   200
GET  audit.beyond_limits_csv         door  404   403   403   403   200   200   200
GET  audit.left_with_hours           door  404   403   403   403   200   200   200
GET  audit.overrides                 door  404   403   403   403   200   200   200
GET  audit.reversals                 door  404   403   403   403   200   200   200
GET  audit.one_broker                door  404   403   403   403   200   200   200
GET  audit.not_signed_in             door  404   403   403   403   200   200   200
GET  audit.code_sessions             door  404   403   403   403   200   200   200
GET  audit.security                  door  404   403   403   403   200   403   403
GET  audit.readings                  door  404   403   403   403   200   403   403
GET  audit.pot                       door  404   403   403   403   200   200   200
GET  audit.leavers                   door  404   403   403   403   200   200   200
GET  audit.entries                   door  404   403   403   403   200   200   200
GET  audit.entries_csv               door  404   403   403   403   200   200   200
GET  audit.late_entries              door  404   403   403   403   200   200   200
GET  audit.late_entries_csv          door  404   403   403   403   200   200   200
GET  audit.entry                     door  404   403   403   403   200   200   200

GET  audit.books_file                door  404   403   403   403   200   200   200
POST audit.books_file                door  404   403   403   403   on    on    on

GET  jobs.jobs                       door  404   403   403   200   200   200   200
GET  jobs.job                        door  404   403   403   403   200   200   200
POST jobs.cancellation               door  404   403   403   403   on    on    on
POST jobs.file                       door  404   403   403   403   on    on    on

GET  imports.listings                door  404   403   403   403   200   403   403
POST imports.listings                door  404   403   403   403   200   403   403
GET  imports.plan                    door  404   403   403   403   200   403   403
POST imports.plan                    door  404   403   403   403   on    403   403

GET  corrections.corrections         door  404   403   403   403   200   200   200
GET  corrections.adjustment          door  404   403   403   403   200   403   403
POST corrections.adjustment          door  404   403   403   403   200   403   403
GET  corrections.reversal            door  404   403   403   403   200   403   403
POST corrections.reversal            door  404   403   403   403   200   403   403
GET  corrections.correction          door  404   403   403   403   200   200   200
POST corrections.approve             door  404   403   403   403   on    on    403
GET  corrections.refuse              door  404   403   403   403   200   200   403
POST corrections.refuse              door  404   403   403   403   200   200   403
POST corrections.withdraw            door  404   403   403   403   on    403   403
GET  corrections.months              door  404   403   403   403   200   200   200
GET  corrections.month               door  404   403   403   403   200   200   200
GET  corrections.month_csv           door  404   403   403   403   200   200   200
GET  corrections.sign                door  404   403   403   403   there 403   403
POST corrections.sign                door  404   403   403   403   200   403   403
POST corrections.confirm             door  404   403   403   403   on    on    403
POST corrections.withdraw_month      door  404   403   403   403   on    403   403
GET  corrections.refuse_month        door  404   403   403   403   200   200   403
POST corrections.refuse_month        door  404   403   403   403   200   200   403

GET  seals.seals                     200   200   200   200   200   200   200   200
GET  seals.checkpoint                200   200   200   200   200   200   200   200
GET  seals.keys                      200   200   200   200   200   200   200   200
GET  seals.proof                     200   200   200   200   200   200   200   200
POST seals.ask                       door  404   on    404   403   on    on    on
GET  seals.receipt                   door  404   200   404   403   200   200   200
"""


def read_table() -> dict[tuple[str, str], dict[str, str]]:
    """{(endpoint, method): {column: answer}}."""
    rows = [line.split() for line in _TABLE.splitlines() if line.strip()]
    return {(endpoint, method): dict(zip(COLUMNS, answers, strict=True)) for method, endpoint, *answers in rows}


def cast(village) -> dict[str, Actor | None]:
    """Who plays each column: Grace took part, Linus did not."""
    return {
        "anonymous": None,
        "stranger": village.perdita,
        "took part": village.grace,
        "other member": village.linus,
        "broker": village.rosa,
        "coordinator": village.mary,
        "trustee": village.tom,
        "auditor": village.audrey,
    }


_STATES = {
    "exchanges.accept": "propose",
    "exchanges.decline": "propose",
    "exchanges.cancel": "accepted",
    "recording.record_agreed": "accepted",
    "exchanges.agree": "disputed",
    "exchanges.decide": "disputed",
    "reversals.propose": "confirmed",
    "recording.again": "confirmed",
    "exchanges.thank": "confirmed",
    "audit.entry": "confirmed",
    "corrections.reversal": "adjusted",
    "seals.ask": "confirmed",
    "seals.receipt": "confirmed",
}


#: Pages of an invitation of Grace's, to a request for any day.
_ON_INVITATIONS = {f"matching.{view}" for view in ("invitation", "yes", "no", "less", "withdrawal")}

#: How many steps an application has taken before this one is its turn.
_STEPS_BEFORE = {"take_reference": 1, "induct": 3, "admit": 4}


def values_for(endpoint: str, arguments: set[str], books) -> dict[str, object]:
    """What stands in the address: Grace's own draft or page, or an exchange of hers at which the deed can happen."""
    values: dict[str, object] = {
        "bank_slug": "angus",
        "purpose": "record",
        "side": "receiver",
        "word": "exchange",
        "outcome": "reached",
        "kind": "offer",
    }
    if "name" in arguments:
        values["name"] = books.area("Forfar")
    values |= {"month": TODAY.replace(day=1), "what": "pause", "way": "up", "key": "outdoors/gardening"}
    values |= {"name": "no-such-mail-in-the-demo"} if endpoint.startswith("notices.") else {}
    if "token" in arguments:
        values["token"] = books.sheet() if endpoint == "imports.plan" else books.told(books.village.grace)
    if "key" in arguments:
        books.open_categories()
    if endpoint.startswith("missing."):
        values |= _something_missing(endpoint, books)
    elif "code" in arguments:
        values["code"] = heard(_code_for(endpoint, books))
    if endpoint == "corrections.reversal":
        values["word"] = "adjustment"
    if endpoint == "members.contact_proof":
        values["kind"] = "email"
    if endpoint == "home.dismissed":
        values |= {"kind": "nudge", "about": "only-gives"}
    if endpoint == "audit.check":
        values["ordinal"] = books.checked()
    if endpoint.startswith("seals."):
        books.seal()
    return {name: values[name] for name in arguments}


def _something_missing(endpoint: str, books) -> dict[str, object]:
    """A kind of help that is offered and not asked for, and an area that nobody offers help in."""
    books.listed(books.village.grace)
    return (
        {"subject": "area", "code": books.area("Forfar")}
        if "area" in endpoint
        else {
            "subject": "category",
            "code": "outdoors/gardening",
        }
    )


def _code_for(endpoint: str, books) -> str:
    page, _dot, view = endpoint.partition(".")
    ada, grace = books.village.ada, books.village.grace
    by_page = {
        **dict.fromkeys(
            ("members", "acting", "limits", "messages", "notices", "statement"), lambda: spoken(grace.code)
        ),
        "announcements": books.announced,
        "approvals": lambda: books.role_change(books.village.linus, Role.TRUSTEE, by=books.village.clara),
        "leaving": lambda: spoken(books.village.linus.code),
        "corrections": lambda: books.correction(by=books.village.clara),
        "jobs": books.job,
        "joining": lambda: books.application(steps=_STEPS_BEFORE.get(view, 0)),
        "listings": lambda: books.listed(grace),
        "matching": lambda: books.listed(grace, kind=ListingKind.REQUEST),
        "reversals": lambda: books.reversal(books.confirmed(ada, grace), by=books.village.clara),
        "tasks": lambda: books.task(f"member:{grace.code}"),
        "recording": lambda: _whole_draft(books),
    }
    if endpoint in {"messages.reported", "messages.reading"}:
        return books.reported_conversation(ada, grace)
    if endpoint == "listings.ask_for":
        return spoken(grace.code)
    if endpoint in _ON_INVITATIONS:
        sent = "SELECT code FROM invitation WHERE state = 'sent' AND member_id = :member"
        standing = books.ask(sent, member=grace.membership_id)  # nobody is asked as often as there are such pages
        return standing[0].code if standing else books.invited(books.listed(ada, kind=ListingKind.REQUEST), grace)
    if endpoint not in _STATES and page in by_page:
        return by_page[page]()
    return getattr(books, _STATES.get(endpoint, "recorded"))(ada, grace)


def _whole_draft(books) -> str:
    """Grace's draft with every question answered, ready to be checked and sent."""
    code = books.confirmed(books.village.grace, books.village.ada)  # the other way round than all others
    with books.backend.session() as session:
        found = find_exchange(session, books.village.angus.id, code.replace("-", ""))
        draft = start_like(session, books.village.grace, found, now=found.changed_at)
        draft.day = found.occurred_on
        assert draft.purpose == Purpose.RECORD
        session.commit()
        return spoken(draft.code)
