"""Who lives in Strathmore, a smaller and newer bank over the hill, and what they do for one another."""

from timebank.actors import How, Role
from timebank.demo.asking import AskedToHelp
from timebank.demo.deeds import FRIDAY, HOUR, SATURDAY, SUNDAY, THURSDAY, TUESDAY, WEDNESDAY, Ending, Habit, Help, weeks
from timebank.demo.helping import CanHelp
from timebank.demo.joining import Wished
from timebank.demo.listed import Listed
from timebank.demo.neighbourhoods import Areas
from timebank.demo.people import Instruction, Villager
from timebank.exchanges.rules import Side
from timebank.joining.rules import Agreed
from timebank.week import EVENINGS, MORNINGS, WEEKDAY_MORNINGS, WEEKEND

_MEMBER = frozenset({Role.MEMBER})

COORDINATOR_KEY = "elspeth"

CAST = (
    Villager(
        "elspeth",
        "Elspeth Nicoll",
        "elspeth@example.org",
        "We started this round my kitchen table, and it still fits, if somebody sits on the log basket.",
        "coordinator of Strathmore",
        _MEMBER | {Role.BROKER, Role.COORDINATOR},
    ),
    Villager(
        "murdo",
        "Murdo Paton",
        "murdo@example.org",
        "I mend dry stone walls and answer the time bank's telephone, never both at once.",
        roles=_MEMBER | {Role.BROKER},
    ),
    Villager(
        "fiona",
        "Fiona Esslemont",
        "fiona@example.org",
        "I was a vet. I sign things only when I have read them.",
        roles=frozenset({Role.TRUSTEE}),
    ),
    Villager("lena", "Lena Novak", "lena@example.org", "District nurse. Off duty I keep hens and give eggs away."),
    Villager(
        "joe", "Joe Kidd", "joe@example.org", "I bake from three in the morning, so ask me for anything before noon."
    ),
    Villager(
        "maggie",
        "Maggie Low",
        "maggie@example.org",
        "I am 70 and taught French for most of it. I help with homework, and I do not help too much.",
    ),
    Villager(
        "sunita",
        "Sunita Rao",
        "sunita@example.org",
        "Two children, one job, and a good head for figures. I make tax returns less sad.",
    ),
    Villager(
        "hector",
        "Hector Bain",
        None,
        "I am 77 and keep bees up the glen, where no signal comes. I write, the post goes on Mondays.",
        phone="+441632960188",
        instruction=Instruction("murdo", How.PAPER, "His letter of that week is in the box file."),
    ),
    Villager(
        "petra",
        "Petra Lawson",
        "petra@example.org",
        "Bramble, my guide dog, and I walk for miles. I tune pianos and tell you when you are flat.",
    ),
    Villager(
        "tomasz",
        "Tomasz Zieliński",
        "tomasz@example.org",
        "I pick berries in summer and paint houses in winter. English on Wednesdays with Maggie.",
        joined=66,
    ),
    Villager(
        "callum",
        "Callum Wishart",
        "callum@example.org",
        "I work at the health centre in Glen Isla and live on this side of the hill, so I am in both.",
        joined=70,
    ),
)

HABITS = (
    Habit(WEDNESDAY, weeks(8, 1), "maggie", "tomasz", "English, with biscuits", HOUR, thanks="I dreamt in English."),
    Habit(SATURDAY, weeks(10, every=3), "lena", "hector", "Eggs, and a look at how he is", 45),
    Habit(FRIDAY, weeks(11, every=3), "joe", "petra", "Walked with Petra to try a new way to town", HOUR),
    Habit(TUESDAY, weeks(12, every=4), "sunita", "joe", "The bakery's books", 90),
    Habit(
        THURSDAY,
        weeks(9, every=3),
        "maggie",
        "sunita",
        "Homework with the children",
        HOUR,
        asked=True,
        listing="French, English and homework",
        travel=10,
    ),
    Habit(SUNDAY, weeks(6, 2, every=4), "callum", "elspeth", "Carried stones for the wall", 120, by=Side.RECEIVER),
)

ONCE = (
    Help(75, "murdo", "lena", "Built up the wall of the hen run", 150),
    Help(59, "hector", "maggie", "How bees get through the winter", HOUR),
    Help(
        51,
        "petra",
        "elspeth",
        "Tuned the piano",
        90,
        asked=True,
        listing="Pianos tuned",
        travel=20,
        thanks="It forgives my playing now.",
    ),
    Help(38, "tomasz", "sunita", "Painted the children's room", 240, asked=True, listing="Rooms painted, in winter"),
    Help(27, "hector", "joe", "Honey cake: the old way", 75),
    Help(33, "tomasz", "joe", "Painted the back door of the bakery", 105, ending=Ending.CONFIRMED_BY_TIME),
    Help(16, "elspeth", "murdo", "Made the posters for the open day", HOUR),
    Help(10, "tomasz", "hector", "Painted the hives", 120, ending=Ending.RECORDED),
    Help(2, "joe", "lena", "Bread for the night shift", 30, ending=Ending.RECORDED),
    Help(-2, "callum", "petra", "Up the hill and down again, with Bramble", 120, offered=True, ending=Ending.ACCEPTED),
    Help(
        -4,
        "lena",
        "tomasz",
        "Driving to the language test",
        90,
        offered=True,
        listing="To the language test and back",
        ending=Ending.PROPOSED,
        travel=40,
    ),
)

OFFERS = (
    Listed(80, "murdo", "Dry stone walls", "I mend gaps. I also explain them.", "outdoors/heavy-work learning/skills"),
    Listed(79, "lena", "Eggs, and a look at how you are", "Off duty, as a neighbour.", "company/visits", suits=WEEKEND),
    Listed(70, "joe", "Bread before breakfast", "Left on your step, warm.", "home/cooking", suits=WEEKDAY_MORNINGS),
    Listed(
        68,
        "maggie",
        "French, English and homework",
        "I do not help too much.",
        "learning/school-work learning/languages",
        suits=EVENINGS,
    ),
    Listed(60, "sunita", "Tax returns made less sad", "Tea first, then numbers.", "paperwork/money", ways="po"),
    Listed(
        59,
        "hector",
        "How to keep bees",
        "By letter in winter, by the hives from May.",
        "learning/skills outdoors/growing",
    ),
    Listed(60, "petra", "Pianos tuned", "I hear more than you think.", "arts/music"),
    Listed(49, "tomasz", "Rooms painted, in winter", "Neat edges. I bring the sheets.", "repairs/painting"),
    Listed(
        30,
        "callum",
        "Up the hill and down again",
        "With anybody, at anybody's pace.",
        "well-being/exercise company/outings",
        suits=WEEKEND,
    ),
)

REQUESTS = (
    Listed(69, "joe", "The bakery's books", "I can count loaves.", "paperwork/money"),
    Listed(
        40, "sunita", "The children's room painted", "They want it green. All of it.", "repairs/painting", closed=20
    ),
    Listed(
        20,
        "hector",
        "Four hives to be painted",
        "Before the frost. White, or what is left in the tin.",
        "repairs/painting",
    ),
    Listed(
        18,
        "petra",
        "Somebody to try a new way to town with",
        "Bramble knows the old one. They are digging it up.",
        "getting-about/walking-along",
    ),
    Listed(
        6,
        "tomasz",
        "To the language test and back",
        "It is in Perth, at nine. I shall be very quiet on the way.",
        "getting-about/longer-trips",
    ),
)

AREAS = Areas(
    names=("Market Square", "Station Road", "Berryhill", "Glen Quharn"),
    closed="The Old Mart",
    ways=(
        ("Market Square", "Station Road", 5),
        ("Market Square", "Berryhill", 15),
        ("Market Square", "Glen Quharn", 35),
        ("Station Road", "Berryhill", 10),
        ("Station Road", "Glen Quharn", 40),
        ("Berryhill", "Glen Quharn", 30),
    ),
    homes={
        "elspeth": "Market Square",
        "murdo": "Station Road",
        "fiona": "Market Square",
        "lena": "Station Road",
        "joe": "Market Square",
        "maggie": "Station Road",
        "sunita": "Market Square",
        "hector": "Glen Quharn",
        "petra": "Station Road",
        "tomasz": "Berryhill",
        "callum": "Berryhill",
    },
    shows_phone=frozenset({"hector"}),
    shows_email=frozenset({"tomasz"}),
)

HELPING = (
    CanHelp(40, "lena", "cs sk en", free=WEEKEND, farthest=30),
    CanHelp(38, "joe", free=MORNINGS, farthest=15, invitations=3),
    CanHelp(35, "maggie", "en fr", free=EVENINGS, farthest=15),
    CanHelp(30, "sunita", "en te hi", free=EVENINGS, invitations=1),
    CanHelp(25, "tomasz", "pl en", free=WEEKEND, farthest=60, away=(5, 26)),
)

WISHED = (
    Wished(
        5,
        "Nuala Byrne",
        "nuala@example.org",
        None,
        "Station Road",
        "I play the harp and can reach high shelves.",
        broker="murdo",
    ),
    Wished(
        12,
        "Bernard Esson",
        None,
        "+441632960195",
        "Glen Quharn",
        "Hector says that it is all right.",
        broker="murdo",
        agreed=Agreed.PAPER,
        interview="By letter. Would like company in winter and offers the same.",
    ),
)

ASKED: tuple[AskedToHelp, ...] = ()
