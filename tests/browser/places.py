"""Every page of the site, with an example address and somebody who may open it.

The list is compared with the app's own map of addresses, so that no page is forgotten.
"""

from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.browser.glen_isla import NEWCOMER, Site

#: Answers that are no page, each tested by name in test_every_page or, of no bank, in tests/web/health.
NOT_PAGES = frozenset(
    {
        "static",
        "statement.my_hours_csv",
        "statement.hours_of_member_csv",
        "audit.exchanges_csv",
        "audit.balances_csv",
        "audit.beyond_limits_csv",
        "audit.entries_csv",
        "audit.late_entries_csv",
        "corrections.month_csv",
        "notices.sent_html",
        "seals.checkpoint",
        "seals.keys",
        "seals.proof",
        "seals.receipt",
        "health.healthz",
        "health.readyz",
    }
)


@dataclass(frozen=True)
class Place:
    """A page, who opens it, and what they fill in and press there to come to what is looked at.

    Pressed with nothing filled in, most forms say what is wrong; `awaits` is what then stands on the page, and `shows`
    is the page that it leads to, where that is another one.
    """

    endpoint: str
    who: str | None
    values: dict[str, str] = field(default_factory=dict)
    fill: dict[str, str] = field(default_factory=dict)
    press: str = ""
    awaits: str = ".summary"
    shows: str = ""
    status: int = 200

    @property
    def shown(self) -> str:
        return self.shows or self.endpoint

    def __str__(self) -> str:
        said = [self.shown, "as", self.who or "a stranger", *self.values.values(), self.press]
        return " ".join(said).strip().replace(" ", "-")

    def open(self, page: Page, site: Site) -> None:
        """Go there, and wait for the letters; a page that sends its reader elsewhere is no example of itself."""
        wanted = site.url(self.endpoint, **self.values)
        answer = page.goto(wanted)
        assert answer is not None
        assert (answer.status, answer.url) == (self.status, wanted)
        for label, said in self.fill.items():
            page.get_by_label(label).fill(said)
        if self.press:
            page.get_by_role("button", name=self.press).click()
            page.locator(self.awaits).wait_for()
            assert page.url == site.url(self.shown, **self.values)
        page.evaluate("document.fonts.ready.then(() => true)")


def _of(code: str) -> dict[str, str]:
    return {"code": code}


PLACES = (
    Place("front.front", None),
    Place("styleguide.styleguide", None),
    Place("signing_in.sign_in", None),
    Place("signing_in.sign_in", None, press="Sign in"),
    Place("signing_in.sign_in_with_code", None),
    Place("signing_in.sign_in_help", None),
    Place("signing_in.forgotten", None),
    Place("signing_in.forgotten", None, press="Send me a code"),
    Place("members.own_email", "ada"),
    Place("members.own_email", "ada", press="It is mine"),
    Place("signing_in.password", "sam"),
    Place("signing_in.password", "sam", press="Keep this password"),
    Place("home.home", "ada"),
    Place("home.home", "nora"),
    Place("home.home", "rosa"),
    Place("statement.my_hours", "ada"),
    Place("statement.my_hours", "nora", {"shows": "received"}),
    Place("statement.my_hours", "linus", {"shows": "given"}),
    Place("statement.hours_of_member", "audrey", _of("linus")),
    Place("recording.start", "ada", {"purpose": "record", "side": "giver"}),
    Place("recording.start", "nora", {"purpose": "propose", "side": "receiver"}, press="Go on"),
    Place("recording.who", "ada", _of("record draft")),
    Place("recording.what", "ada", _of("record draft")),
    Place("recording.kind", "ada", _of("record draft")),
    Place("recording.kind", "ada", _of("record draft"), press="Go on"),
    Place("recording.when", "ada", _of("record draft")),
    Place("recording.when", "ada", _of("agreed draft"), press="Go on"),
    Place("recording.how_long", "ada", _of("record draft")),
    Place("recording.check", "ada", _of("record draft")),
    Place("recording.check", "ada", _of("ask draft")),
    Place("matching.helpers", "rosa", _of("request")),
    Place("matching.helpers", "rosa", _of("request with invitations")),
    Place("matching.board", "rosa"),
    Place("matching.plan", "rosa"),
    Place("matching.circles", "mary"),
    Place("matching.invitations", "rosa", _of("request") | {"who": "iain"}),
    Place("matching.invitations", "rosa", _of("request") | {"who": "iain"}, fill={"About how long?": ""}, press="Send"),
    Place("matching.invitation", "ada", _of("invitation")),
    Place("matching.invitation", "rosa", _of("refused invitation")),
    Place("matching.yes", "ada", _of("invitation")),
    Place("matching.yes", "ada", _of("invitation"), press="Yes, I help"),
    Place("matching.settings", "mary"),
    Place("matching.settings", "mary", fill={"Days to answer in": "0"}, press="Keep this"),
    Place("exchanges.exchanges", "ada"),
    Place("exchanges.exchanges", "mary", {"state": "declined"}),
    Place("exchanges.exchanges", "nora"),
    Place("exchanges.exchange", "ada", _of("proposed")),
    Place("exchanges.exchange", "ada", _of("accepted")),
    Place("exchanges.exchange", "ada", _of("recorded")),
    Place("exchanges.exchange", "mary", _of("confirmed")),
    Place("exchanges.exchange", "linus", _of("disputed")),
    Place("exchanges.exchange", "sam", _of("reversed")),
    Place("exchanges.exchange", "mary", _of("to be reversed")),
    Place("exchanges.done", "ada", _of("recorded")),
    Place("exchanges.done", "grace", _of("disputed")),
    Place("exchanges.confirm", "ada", _of("recorded by receiver")),
    Place("exchanges.dispute", "grace", _of("recorded")),
    Place("exchanges.dispute", "grace", _of("recorded"), press="Send this"),
    Place("exchanges.agree", "linus", _of("disputed")),
    Place("exchanges.decide", "rosa", _of("disputed")),
    Place("exchanges.decide", "rosa", _of("disputed"), press="Decide"),
    Place(
        "exchanges.decide",
        "rosa",
        _of("disputed"),
        fill={"How long was it?": "2 hours", "Why?": "Both remember the tea."},
        press="Decide",
        awaits="text='Check before you decide'",
    ),
    Place("reversals.propose", "mary", _of("confirmed")),
    Place("reversals.reversal", "tom", _of("open reversal")),
    Place("reversals.reversal", "sam", _of("open reversal")),
    Place("listings.listings", "ada"),
    Place("listings.listings", "linus", {"kind": "request", "category": "outdoors/dog-walking", "day": "1"}),
    Place("listings.listings", "ada", {"words": "zeppelin"}),
    Place("listings.listings", "audrey", {"words": "the"}),
    Place("listings.listing", "ada", _of("offer")),
    Place("listings.listing", "ada", _of("request")),
    Place("listings.listing", "grace", _of("request")),
    Place("listings.listing", "rosa", _of("imported")),
    Place("listings.ask_broker", "grace"),
    Place("listings.ask_broker", "grace", press="Ask a broker"),
    Place("listings.mine", "ada"),
    Place("listings.mine", "nora"),
    Place("listings.add", "ada", {"kind": "offer"}),
    Place("listings.add", "ada", {"kind": "request"}, press="List it"),
    Place("listings.add", "ada", {"kind": "request", "begin": "lift"}),
    Place("listings.ask_for", "rosa", _of("ada")),
    Place("listings.ask_for", "rosa", _of("ada"), press="List it"),
    Place("listings.mine", "grace"),
    Place("listings.listing", "ada", _of("filled request")),
    Place("home.home", "grace"),
    Place("listings.change", "grace", _of("request")),
    Place("listings.change", "linus", _of("weekend offer")),
    Place("listings.hand_over", "rosa", _of("imported")),
    Place("listings.hand_over", "rosa", _of("imported"), press="Look"),
    Place("listings.categories", "mary"),
    Place("listings.add_category", "mary"),
    Place("listings.add_category", "mary", press="Add it"),
    Place("listings.category", "mary", {"key": "outdoors/feeding-pets"}),
    Place("members.members", "rosa"),
    Place("members.members", "rosa", {"words": "Zebedee"}),
    Place("members.members", "rosa", {"standing": "left"}),
    Place("joining.join", None),
    Place("joining.join", None, press="Send this"),
    Place("joining.sent", None, _of("Hamid Karimi")),
    Place("joining.applications", "rosa"),
    Place("joining.applications", "rosa", {"stage": "withdrawn"}),
    Place("joining.write_down", "rosa"),
    Place("joining.write_down", "rosa", press="Keep this application"),
    Place("joining.application", "rosa", _of("Hamid Karimi")),
    Place("joining.application", "rosa", _of("Struan Baird")),
    Place("joining.application", "rosa", _of("Peggy Arbuckle")),
    Place("joining.application", "rosa", _of("Yusra Osman")),
    Place("joining.application", "rosa", _of("Inês Duarte")),
    Place("joining.application", "rosa", _of("Kenneth Gow")),
    Place("joining.application", "rosa", _of("Ailsa Munro")),
    Place("joining.application", "rosa", _of("Moira Sim")),
    Place("joining.decline", "rosa", _of("Hamid Karimi"), press="Do not take in"),
    Place("joining.withdraw", "rosa", _of("Hamid Karimi")),
    Place("members.standing", "mary", _of("linus")),
    Place("members.standing", "mary", _of("grace"), press="Change it from now on"),
    Place("members.member", "mary", _of("douglas")),
    Place("members.member", "mary", _of("left long ago")),
    Place("leaving.where", "mary", _of("priya")),
    Place("leaving.where", "mary", _of("left long ago"), fill={"Or to a member": "a"}, press="Go on"),
    Place("leaving.where", "mary", _of("linus")),
    Place("leaving.why", "mary", {"to": "pot", **_of("priya")}),
    Place("leaving.why", "mary", {"to": "pot", **_of("priya")}, press="Go on"),
    Place(
        "leaving.why",
        "mary",
        {"to": "pot", **_of("priya")},
        fill={"Why?": "She moves in with her son, and asked us to thank everybody."},
        press="Go on",
        awaits="text='What it changes'",
    ),
    Place("leaving.why", "mary", _of("kirsty")),
    Place("leaving.done", "mary", _of("gavin")),
    Place("members.member", "rosa", _of("ross")),
    Place("members.member", "rosa", _of("kirsty")),
    Place("members.member", "mary", _of("linus")),
    Place("members.member", "ada", _of("rosa")),
    Place(
        "members.member",
        "mary",
        _of("linus"),
        press="Make a sign-in code",
        awaits=".reference",
        shows="members.sign_in_code",
    ),
    Place("members.roles", "mary", _of("linus")),
    Place("members.roles", "mary", _of("wilma")),
    Place("members.member", "mary", _of("wilma")),
    Place("members.member", "tom", _of(NEWCOMER)),
    Place("members.contact_proof", "mary", {"kind": "phone", **_of("left long ago")}),
    Place("members.contact_proof", "mary", {"kind": "phone", **_of("left long ago")}, press="It is theirs"),
    Place(
        "members.member",
        "mary",
        _of("rosa"),
        press="Make the first half of a sign-in code",
        awaits=".reference",
        shows="members.sign_in_code",
    ),
    Place("members.sign_in_code", "tom", _of("iain")),
    Place("approvals.role_change", "mary", _of("role change")),
    Place("approvals.role_change", "tom", _of("role change")),
    Place("approvals.refuse", "tom", _of("role change")),
    Place("approvals.refuse", "tom", _of("role change"), press="Turn it down"),
    Place("members.helping", "ada"),
    Place("members.helping", "zofia"),
    Place("members.helping", "ada", fill={"First day away": "3 December"}, press="Keep this"),
    Place("members.profile", "ada"),
    Place("members.profile", "agnes"),
    Place("home.home", "agnes"),
    Place("home.home", "callum"),
    Place("announcements.announcements", "rosa"),
    Place("announcements.announcements", "rosa", press="Let them know"),
    Place("notices.choices", "ada"),
    Place("notices.choices", "agnes"),
    Place("notices.stop", None, {"token": "stop"}),
    Place("notices.stop", None, {"token": "stop"}, press="By e-mail, once a week", awaits="[role=status]"),
    Place("notices.call", "rosa", _of("told by telephone")),
    Place("notices.call", "rosa", _of("linus")),
    Place("notices.sent", None),
    Place("notices.sent_mail", "ada", {"name": "mail"}),
    Place("acting.start", "rosa", _of("linus")),
    Place("rules.rules", "ada"),
    Place("rules.rules", "mary"),
    Place("rules.settings", "mary"),
    Place("rules.settings", "mary", fill={"Name of the time bank": ""}, press="Keep these rules"),
    Place("areas.areas", "mary"),
    Place("areas.areas", "mary", press="Add"),
    Place("areas.area", "mary", {"name": "Kirkton"}),
    Place("areas.area", "mary", {"name": "Old Station"}),
    Place("limits.limit", "rosa", _of("linus")),
    Place("limits.limit", "rosa", _of("linus"), press="Change the limit"),
    Place("limits.limit", "mary", _of("kirsty")),
    Place("limits.pot", "mary"),
    Place("limits.pot", "mary", press="Change the limit"),
    Place("tasks.tasks", "rosa"),
    Place("tasks.tasks", "mary", {"show": "mine"}),
    Place("tasks.task", "rosa", _of("task")),
    Place("tasks.task", "mary", _of("taken task")),
    Place("tasks.task", "iain", _of("looked for")),
    Place("tasks.task", "iain", _of("done task")),
    Place("tasks.finish", "rosa", _of("task")),
    Place("tasks.finish", "rosa", _of("task"), press="It is done"),
    Place("audit.books", "mary"),
    Place("audit.books", "tom", press="Check now", awaits="[role=status]"),
    Place("audit.checks", "mary"),
    Place("audit.check", "audrey", {"ordinal": "1"}),
    Place("audit.exchanges", "audrey"),
    Place("audit.exchanges", "mary", {"state": "nonsense", "from": "32/13", "words": "Lift"}),
    Place("audit.exchanges", "tom", {"person": "Zebedee"}),
    Place("audit.balances", "audrey", {"which": "below"}),
    Place("audit.beyond_limits", "mary"),
    Place("audit.left_with_hours", "mary"),
    Place("audit.overrides", "mary"),
    Place("audit.reversals", "tom"),
    Place("audit.reversals", "tom", {"shows": "answered"}),
    Place("audit.one_broker", "mary"),
    Place("audit.code_sessions", "mary"),
    Place("audit.security", "mary"),
    Place("audit.security", "mary", {"show": "refused"}),
    Place("audit.pot", "tom"),
    Place("audit.leavers", "tom"),
    Place("audit.entries", "audrey"),
    Place("audit.entries", "audrey", {"kind": "gift"}),
    Place("audit.late_entries", "audrey"),
    Place("audit.entry", "audrey", {"word": "exchange", **_of("reversed")}),
    Place("audit.entry", "mary", {"word": "welcome", **_of("grace")}),
    Place("corrections.corrections", "tom"),
    Place("corrections.corrections", "mary", {"shows": "answered"}),
    Place("corrections.correction", "tom", _of("waiting correction")),
    Place("corrections.correction", "audrey", _of("approved correction")),
    Place("corrections.refuse", "tom", _of("waiting correction"), press="Turn it down"),
    Place("corrections.adjustment", "mary"),
    Place("corrections.adjustment", "mary", fill={"From: name or member number": "a"}, press="Go on"),
    Place("corrections.reversal", "mary", {"word": "welcome", **_of("grace")}),
    Place("corrections.reversal", "mary", {"word": "welcome", **_of("grace")}, press="Go on"),
    Place("audit.entry", "mary", {"word": "adjustment", **_of("approved correction")}),
    Place("corrections.months", "audrey"),
    Place("corrections.month", "tom", {"month": "waiting month"}),
    Place("corrections.month", "audrey", {"month": "signed month"}),
    Place("corrections.month", "mary", {"month": "this month"}),
    Place("corrections.sign", "mary", {"month": "month to sign"}, press="Sign these figures"),
    Place("corrections.refuse_month", "tom", {"month": "waiting month"}, press="Turn it down"),
    Place("seals.seals", None),
    Place("tasks.task", "rosa", _of("kind to find")),
    Place("tasks.task", "iain", _of("area to look at")),
    Place("missing.missing", "rosa"),
    Place("missing.missing", "audrey"),
    Place("missing.kind", "rosa", _of("getting-about/lifts")),
    Place("missing.kind", "tom", _of("getting-about/longer-trips")),
    Place("missing.area", "rosa", _of("Lochside")),
    Place("missing.area", "mary", _of("Old Station")),
    Place("desk.desk", "rosa"),
    Place("desk.desk", "tom"),
    Place("desk.desk", "ada", status=403),
    Place("reversals.reversal", "nora", _of("open reversal"), status=404),
)
