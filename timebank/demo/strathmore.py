"""Who lives in Strathmore, a smaller and newer bank over the hill, and what they do for one another."""

from timebank.demo.deeds import FRIDAY, HOUR, SATURDAY, SUNDAY, THURSDAY, TUESDAY, WEDNESDAY, Ending, Habit, Help, weeks
from timebank.demo.people import Told, Villager
from timebank.exchanges.rules import Side
from timebank.members.rules import How, Role

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
        told=Told("murdo", How.PAPER, "His letter of that week is in the box file."),
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
    Habit(THURSDAY, weeks(9, every=3), "maggie", "sunita", "Homework with the children", HOUR, asked=True, travel=10),
    Habit(SUNDAY, weeks(6, 2, every=4), "callum", "elspeth", "Carried stones for the wall", 120, by=Side.RECEIVER),
)

ONCE = (
    Help(75, "murdo", "lena", "Built up the wall of the hen run", 150),
    Help(59, "hector", "maggie", "How bees get through the winter", HOUR),
    Help(51, "petra", "elspeth", "Tuned the piano", 90, asked=True, travel=20, thanks="It forgives my playing now."),
    Help(38, "tomasz", "sunita", "Painted the children's room", 240, asked=True),
    Help(27, "hector", "joe", "Honey cake: the old way", 75),
    Help(16, "elspeth", "murdo", "Made the posters for the open day", HOUR),
    Help(10, "tomasz", "hector", "Painted the hives", 120, ending=Ending.RECORDED),
    Help(2, "joe", "lena", "Bread for the night shift", 30, ending=Ending.RECORDED),
    Help(-2, "callum", "petra", "Up the hill and down again, with Bramble", 120, offered=True, ending=Ending.ACCEPTED),
    Help(-4, "lena", "tomasz", "Driving to the language test", 90, asked=True, ending=Ending.PROPOSED, travel=40),
)
