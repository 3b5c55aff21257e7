"""Where the people of Glen Isla live, when they can help, who would like to join, and what the desk has seen to."""

from timebank.actors import Role, Standing
from timebank.demo.asking import AskedToHelp, Replied
from timebank.demo.correcting import Adjusted
from timebank.demo.deeds import HOUR, LowerLimit
from timebank.demo.desk import DeskWork, Handled, LetIn, LookedFor, NotedMissing, ProposedRole, StandingMove
from timebank.demo.helping import CanHelp
from timebank.demo.joining import Wished
from timebank.demo.neighbourhoods import Areas
from timebank.joining.rules import Agreed, Step
from timebank.matching.invitation_rules import Answer
from timebank.references import Ref, Subject
from timebank.tasks.rules import TaskKind
from timebank.week import AFTERNOONS, EVENINGS, MORNINGS, WEEKDAY_MORNINGS, WEEKDAYS, WEEKEND, whole_day

_LIVING_IN = {
    "Bridge End": "rosa sam priya eilidh rania wilma mei finlay devinder ross",
    "Kirkton": "mary iain ada grace tom fergus jean bill catriona moira",
    "Lochside": "nell douglas",
    "Mill Lade": "morag linus hamish oksana kirsty zofia gavin",
    "The Braes": "audrey rui agnes",
    "Upper Glen": "archie alasdair hazel",
}

AREAS = Areas(
    names=tuple(_LIVING_IN),
    closed="Old Station",
    ways=(
        ("Bridge End", "Kirkton", 5),
        ("Bridge End", "Mill Lade", 5),
        ("Bridge End", "The Braes", 15),
        ("Bridge End", "Upper Glen", 25),
        ("Kirkton", "Mill Lade", 10),
        ("Lochside", "Bridge End", 25),
        ("Lochside", "Kirkton", 25),
        ("Lochside", "Mill Lade", 20),
        ("Lochside", "The Braes", 35),
        ("Lochside", "Upper Glen", 45),
        ("Kirkton", "The Braes", 10),
        ("Kirkton", "Upper Glen", 20),
        ("Mill Lade", "The Braes", 15),
        ("Mill Lade", "Upper Glen", 30),
        ("The Braes", "Upper Glen", 15),
    ),
    homes={key: area for area, keys in _LIVING_IN.items() for key in keys.split()},
    shows_phone=frozenset({"hamish", "archie", "jean", "wilma", "alasdair", "nell"}),
    shows_email=frozenset({"ada", "sam", "finlay", "zofia", "oksana", "devinder"}),
)

_SUNDAY = whole_day(6)

HELPING = (
    CanHelp(60, "ada", free=WEEKDAYS & AFTERNOONS, farthest=30, invitations=3),
    CanHelp(58, "grace", "en ig yo", free=WEEKDAY_MORNINGS, farthest=15),
    CanHelp(57, "linus", free=WEEKEND | EVENINGS, farthest=30),
    CanHelp(55, "zofia", "pl en", free=WEEKDAY_MORNINGS, farthest=30, away=(-3, 12)),
    CanHelp(52, "oksana", "uk pl ru en", free=EVENINGS | WEEKEND, farthest=15),
    CanHelp(50, "rania", "ar", free=WEEKDAY_MORNINGS, farthest=0),
    CanHelp(48, "rui", "pt en", free=EVENINGS, farthest=30, invitations=1),
    CanHelp(45, "priya", "en hi ml", free=WEEKEND, invitations=1),
    CanHelp(44, "mei", "yue zh en", free=_SUNDAY, farthest=60),
    CanHelp(43, "devinder", "pa en hi ur", free=EVENINGS, farthest=0),
    CanHelp(40, "archie", "en gd", free=MORNINGS, farthest=0),
    CanHelp(39, "nell", "en sco", farthest=15),
    CanHelp(38, "catriona", "en gd", free=WEEKDAYS, farthest=60),
    CanHelp(36, "wilma", free=WEEKDAYS, invitations=5),
    CanHelp(33, "kirsty", invitations=0),
    CanHelp(30, "jean", "en bfi", free=WEEKDAYS & AFTERNOONS, farthest=15),
    CanHelp(28, "finlay", "en gd", free=WEEKEND, farthest=60, away=(20, 34)),
    CanHelp(20, "agnes", free=WEEKDAY_MORNINGS, farthest=0, invitations=1),
)

WISHED = (
    Wished(
        35,
        "Ailsa Munro",
        "ailsa@example.org",
        None,
        "The Braes",
        "I have a car and Fridays.",
        interview="Would have driven the library round.",
        ending=(Step.WITHDRAW, "She has a new job in Dundee and rang to say so."),
    ),
    Wished(
        30,
        "Kenneth Gow",
        "kenneth@example.org",
        None,
        "Kirkton",
        "I want to sell insulation to the members.",
        interview="Was looking for customers. Was pleasant about it.",
        ending=(Step.DECLINE, "We told him that a time bank is no market, and where the traders' list is."),
    ),
    Wished(
        19,
        "Moira Sim",
        "moira@example.org",
        None,
        "Kirkton",
        "I cut hair for forty years and I am not tired of heads yet.",
        interview="Forty years of hair, and of listening. Has her own cape.",
        references=(
            ("Her sister's minister", "Honest to a fault."),
            ("Devinder Gill", "She swept my step, unasked."),
        ),
        induction="With Yusra. Asked good questions about keys and money.",
        admitted="moira",
        welcomed_by="mary",
    ),
    Wished(
        19,
        "Yusra Osman",
        "yusra@example.org",
        None,
        "Bridge End",
        "Nursing student. I have Sundays.",
        interview="Wants to sit with people. Clear on what she may do as a student and what she may not.",
        references=(("Lorna Mitchell, her tutor", "Steady."), ("Jean Milne", "I would have had her on my ward.")),
        induction="Went through keeping each other safe, and how hours work. Moira sat in as well.",
    ),
    Wished(
        18,
        "Peggy Arbuckle",
        None,
        "+441632960191",
        "Mill Lade",
        "I am 80 and would like to be asked for something.",
        agreed=Agreed.PHONE,
        interview="Kept the school kitchen. Wants to bake with somebody who carries the trays.",
        references=(("Tom Ferrier", "Fed this village for thirty years."), ("Nell Crombie", "TaskKind, and quick.")),
    ),
    Wished(
        14,
        "Inês Duarte",
        "ines@example.org",
        "+447700900131",
        "The Braes",
        "Rui's cousin. I do hair, nails and Portuguese.",
        interview="Good company. Works Saturdays. One reference is here, the other is on holiday.",
        references=(("Rui Conceição", "She minded my mother for two years."),),
    ),
    Wished(
        9,
        "Struan Baird",
        "struan@example.org",
        None,
        "Kirkton",
        "I am 18, in the band and out of school. I can dig.",
        interview="Shy at first, then talked about drains for half an hour. Would like to work alongside Hamish.",
    ),
    Wished(
        2,
        "Hamid Karimi",
        "hamid@example.org",
        None,
        "Bridge End",
        "I was a tailor in Herat. I live above the chemist with my sister.",
    ),
    Wished(
        1,
        "Ishbel Ross",
        None,
        "+441632960190",
        "Upper Glen",
        "I saw the card in the shop. I have a spare room full of wool.",
        broker="iain",
        agreed=Agreed.IN_PERSON,
    ),
)

DESK_WORK = DeskWork(
    limits=(
        LowerLimit(
            40,
            "kirsty",
            -30 * HOUR,
            days=120,
            reason="Twins since summer. We talked: she gives again when they walk, and nobody minds waiting.",
        ),
    ),
    moves=(
        StandingMove(
            70, "douglas", Standing.LEFT, "He sails to Norway, for good as he says. His hours are for everybody."
        ),
        StandingMove(
            50,
            "gavin",
            Standing.LEFT,
            "StandingMove to Inverness for work. He rang: his hours are for whoever needs them.",
        ),
        StandingMove(
            35,
            "ross",
            Standing.SUSPENDED,
            "Two lifts were promised and not driven, and his phone is off. We would like to talk before he goes on.",
        ),
        StandingMove(30, "douglas", Standing.ACTIVE, "Back from Norway, with a jumper."),
    ),
    proposed_roles=(ProposedRole(2, "wilma", Role.AUDITOR),),
    let_in=(LetIn(1, "agnes", "rosa"),),
    looked_for=(
        LookedFor(6, "rania", "A car seat for a small child, to borrow for one day"),
        LookedFor(3, "archie", "Somebody who can sharpen shears"),
        LookedFor(2, "hazel", "A frame for a large picture"),
    ),
    handled=(
        Handled(8, TaskKind.BELOW_SOFT_LIMIT, "agnes", "iain", "She knits again. Kirsty has had two pairs of socks."),
        Handled(5, TaskKind.ABOVE_SOFT_LIMIT, "wilma", "rosa"),
    ),
    missing=(
        NotedMissing(7, Ref(Subject.CATEGORY, "getting-about/longer-trips"), "rosa"),
        NotedMissing(4, Ref(Subject.AREA, "Lochside"), "rosa", taken_by="iain"),
    ),
    adjusted=(
        Adjusted(
            20,
            "jean",
            2 * HOUR,
            33,
            "Two evenings of counting chairs for the harvest supper, on a slip that fell behind the desk.",
            approver="tom",
        ),
        Adjusted(
            1, "fergus", HOUR, 12, "He tuned the piano for everybody. The committee agreed it comes out of the pot."
        ),
    ),
    approver="tom",
)

#: Ada has one to answer. Finlay comes on Thursday, Linus cannot carry this time, and Alasdair is asked after him.
ASKED = (
    AskedToHelp(
        6,
        "rosa",
        "Help with a new phone",
        ("finlay",),
        meeting_place="At the library",
        replies=(Replied(5, "finlay", Answer.YES, on=3),),
    ),
    AskedToHelp(
        2,
        "rosa",
        "Somebody to carry the shopping up",
        ("linus", "alasdair"),
        minutes=45,
        replies=(Replied(1, "linus", Answer.NO),),
    ),
    AskedToHelp(
        1,
        "rosa",
        "A garden that needs a friend",
        ("ada", "bill"),
        minutes=90,
        words="Half of it is brambles. There are gloves.",
    ),
)
