"""The people of Glen Isla. All are fictional: e-mail domains are reserved (RFC 2606), phones are for drama."""

from dataclasses import dataclass

from timebank.actors import How, Role

_MEMBER = frozenset({Role.MEMBER})
_BROKER = _MEMBER | {Role.BROKER}
_COORDINATOR = _BROKER | {Role.COORDINATOR}


@dataclass(frozen=True, slots=True)
class Instruction:
    """How a member who never signs in instructs a broker, and the evidence that the broker records."""

    broker: str
    how: How
    evidence: str


@dataclass(frozen=True, slots=True)
class Villager:
    """A person of the demo; the same key in two banks is the same person.

    `part` describes, on the command line, the accounts that are good to try; `joined` is in days ago. `instruction` is
    set for people who never sign in.
    """

    key: str
    name: str
    email: str | None
    about: str
    part: str = ""
    roles: frozenset[Role] = _MEMBER
    phone: str | None = None
    joined: int = 94
    instruction: Instruction | None = None
    postal_address: str = ""


COORDINATOR_KEY = "mary"

CAST = (
    Villager(
        "mary",
        "Mary Duncan",
        "mary@example.org",
        "I look after the time bank on weekdays. In the evenings I look after my leeks.",
        "coordinator",
        _COORDINATOR,
    ),
    Villager(
        "morag",
        "Morag Petrie",
        "morag@example.org",
        "I share the office with Mary, two days a week. I have four brothers, so nothing frightens me.",
        "coordinator as well: a second approver",
        _COORDINATOR,
    ),
    Villager("rosa", "Rosa Lindsay", "rosa@example.org", "Ring me any morning.", "broker", _BROKER),
    Villager(
        "iain",
        "Iain Geddes",
        "iain@example.org",
        "I was the postman here for 31 years and know every gate that sticks. Find me at the desk in the library.",
        roles=_BROKER,
    ),
    Villager(
        "ada", "Ada Lamont", "ada@example.org", "I like dogs, gardens and long talks.", "member, gives and receives"
    ),
    Villager(
        "grace",
        "Grace Okafor",
        "grace@example.org",
        "Biscuit, my terrier, needs a walk now and then. I write a good letter.",
        "member, with something to confirm",
    ),
    Villager("sam", "Sam Reid", "sam@example.org", "I mend lamps and clocks."),
    Villager(
        "linus",
        "Linus Baxter",
        "linus@example.org",
        "I iron, and I do not mind ironing.",
        "member, with a disagreement about hours",
    ),
    Villager(
        "tom",
        "Tom Ferrier",
        "tom@example.org",
        "I kept the school running for twenty years. Now I look twice at what others look at once.",
        "trustee: approves corrections",
        frozenset({Role.TRUSTEE}),
    ),
    Villager(
        "audrey",
        "Audrey Keir",
        "audrey@example.org",
        "I read the books of three clubs and this bank, with a pot of tea beside me.",
        "auditor: reads the books",
        frozenset({Role.AUDITOR}),
    ),
    Villager(
        "hamish",
        "Hamish Strachan",
        "hamish@example.org",
        "I am 71 and was a joiner all my life. Doors, shelves, a wobbly chair: bring it round, my bench is still up.",
        phone="+441632960104",
    ),
    Villager(
        "priya",
        "Priya Nair",
        "priya@example.org",
        "A GP at the health centre, and some of my hours are given there. In my own time I practise English with "
        "whoever would like to, and I cannot sew on a button.",
    ),
    Villager(
        "callum",
        "Callum Wishart",
        "callum@example.org",
        "Physiotherapist. The exercises I give at work; stacking logs and walking the hills I give at weekends.",
        "member of both banks",
    ),
    Villager(
        "eilidh",
        "Eilidh Mackie",
        "eilidh@example.org",
        "I am 19, I look after my mum and go to college on Thursdays. I read aloud well. I do voices.",
    ),
    Villager(
        "fergus",
        "Fergus Doig",
        "fergus@example.org",
        "Treasurer of the bowling club, and happy to sort out your accounts too. I use a wheelchair: tell me about the "
        "steps and I will tell you about the ramp.",
    ),
    Villager(
        "oksana",
        "Oksana Melnyk",
        "oksana@example.org",
        "I came from Poltava and speak Ukrainian, Polish and some English. I bake, I sing alto, I was an accountant.",
        joined=86,
    ),
    Villager(
        "rania",
        "Rania Haddad",
        "rania@example.org",
        "My language is Arabic and I learn English. I cook for many or for two. I have two sons at the school.",
        phone="+447700900118",
        joined=72,
        instruction=Instruction("iain", How.IN_PERSON, "At the desk; her friend Leyla put it into English."),
    ),
    Villager(
        "rui",
        "Rui Conceição",
        "rui@example.org",
        "From Setúbal, at the fruit farm since spring. I fix bicycles. I would like to talk English that is not work.",
        joined=80,
    ),
    Villager(
        "archie",
        "Archie Cargill",
        None,
        "I am 86 and have the telephone, which I answer. I kept sheep and bees and have stories about both.",
        phone="+441632960133",
        instruction=Instruction("rosa", How.PHONE, "He rang the office, and it was read back to him."),
        postal_address="Easter Bog Cottage\nUpper Glen\nGlen Isla\nby Alyth\nPH0 0ZZ",
    ),
    Villager(
        "jean",
        "Jean Milne",
        "milnes@example.org",
        "Bill and I share one e-mail, so say which of us you mean. I was a ward sister and like to sit and listen.",
        phone="+441632960121",
    ),
    Villager(
        "bill",
        "Bill Milne",
        "milnes@example.org",
        "Jean reads the e-mail and tells me. I prune fruit trees and play dominoes to win.",
        phone="+441632960121",
    ),
    Villager(
        "wilma",
        "Wilma Ogilvie",
        "wilma@example.org",
        "I drove the number 57 bus for 26 years. I like driving people where they need to be. I want for nothing.",
        "member, gives much and takes nothing",
        phone="+441632960146",
    ),
    Villager(
        "agnes",
        "Agnes Farquhar",
        "agnes@example.org",
        "A new hip in autumn, so I took a lot of lifts. I knit socks that last, and the needles are out again.",
        "member, at the limit",
        phone="+441632960152",
    ),
    Villager(
        "kirsty",
        "Kirsty Rennie",
        "kirsty@example.org",
        "Twins, born in summer. Before that I taught swimming, and one day I shall again. Thank you, all of you.",
    ),
    Villager(
        "mei",
        "Mei Chan",
        "mei@example.org",
        "I am 45 and cook at the Lantern. On Sundays we are closed, and I cook all the same.",
    ),
    Villager(
        "zofia",
        "Zofia Dąbrowska",
        "zofia@example.org",
        "I turn collars, shorten curtains and mind children, not all at once. I sing soprano, loudly.",
    ),
    Villager(
        "finlay",
        "Finlay Kerr",
        "finlay@example.org",
        "22, and good with phones and tablets. I go slowly and write it down for you. I would like to learn the trees.",
    ),
    Villager(
        "catriona",
        "Catriona Lyall",
        "catriona@example.org",
        "I lead the Monday choir. Nobody has ever been sent away for singing flat.",
    ),
    Villager(
        "alasdair",
        "Alasdair Thom",
        "alasdair@example.org",
        "I farm less than I did and talk more than I did, since Effie died. Hedges, logs, a trailer.",
        phone="+447700900160",
    ),
    Villager(
        "nell",
        "Nell Crombie",
        None,
        "I am 74 and see little now, but I hear everything. I make tablet, the sweet kind, and keep people company.",
        phone="+441632960171",
        instruction=Instruction("rosa", How.PHONE, "She rang as always on the stroke of ten."),
    ),
    Villager(
        "devinder",
        "Devinder Gill",
        "devinder@example.org",
        "I keep the shop at the bridge. Forms, tills and taxes hold no fear for me. Gardens do.",
    ),
    Villager(
        "douglas",
        "Douglas Imrie",
        "douglas@example.org",
        "I worked on the rigs and came home in spring. I am still finding out what I am good for.",
    ),
    Villager("hazel", "Hazel Proudfoot", "hazel@example.org", "I paint birds. I would not mind company while I do."),
    Villager(
        "gavin",
        "Gavin Soutar",
        "gavin@example.org",
        "I play the accordion and carry things. We may be moving north for work.",
    ),
    Villager("ross", "Ross Meikle", "ross@example.org", "I have a van, and most weekends free.", joined=88),
    Villager(
        "moira",
        "Moira Sim",
        "moira@example.org",
        "I cut hair for forty years and I am not tired of heads yet.",
        joined=9,
    ),
)
