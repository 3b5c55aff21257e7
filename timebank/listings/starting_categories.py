"""The categories that every bank starts with, in our own words; a coordinator changes them afterwards.

A key never changes, so that imports and the next version find a category under whatever name the bank gives it.
"""

from dataclasses import dataclass

from timebank.listings.rules import Risk

_AT_HOME = frozenset({Risk.HOME_VISIT})
_DRIVES = frozenset({Risk.DRIVING})
_KEYS = frozenset({Risk.HOME_VISIT, Risk.KEYS})
_MONEY = frozenset({Risk.MONEY})
_CARE = frozenset({Risk.HOME_VISIT, Risk.PERSONAL_CARE})
_TRADE = frozenset({Risk.HOME_VISIT, Risk.REGULATED_TRADE})
_TREATS = frozenset({Risk.PERSONAL_CARE, Risk.REGULATED_TRADE})
_ADVISES = frozenset({Risk.REGULATED_TRADE})
_NONE: frozenset[Risk] = frozenset()


@dataclass(frozen=True, slots=True)
class Starting:
    """A category of the starting list: its key ('getting-about/lifts'), its first name, and its risks."""

    key: str
    name: str
    risks: frozenset[Risk] = _NONE

    @property
    def parent_key(self) -> str | None:
        """Return the key of the parent category; None for a main category."""
        return self.key.rpartition("/")[0] or None


#: Where imports put what they cannot place.
OTHER_KEY = "something-else/other-help"

STARTING_CATEGORIES = (
    Starting("getting-about", "Getting about", _DRIVES),
    Starting("getting-about/lifts", "Lifts nearby", _DRIVES),
    Starting("getting-about/clinic", "To the doctor or hospital", _DRIVES),
    Starting("getting-about/longer-trips", "Longer trips by car", _DRIVES),
    Starting("getting-about/station", "To a station, bus or airport", _DRIVES),
    Starting("getting-about/worship-and-clubs", "To a club, church, mosque or temple", _DRIVES),
    Starting("getting-about/walking-along", "Somebody to walk along"),
    Starting("errands", "Shopping and errands"),
    Starting("errands/shopping", "Shopping", _MONEY),
    Starting("errands/prescriptions", "Fetching a prescription"),
    Starting("errands/post", "Post and parcels"),
    Starting("errands/carrying", "Carrying and moving things", _DRIVES),
    Starting("errands/waiting-in", "Waiting in for somebody", _KEYS),
    Starting("errands/library", "Library books"),
    Starting("company", "Company and talk"),
    Starting("company/visits", "A visit at home", _AT_HOME),
    Starting("company/phone-calls", "A chat on the phone"),
    Starting("company/letters", "Letters and messages"),
    Starting("company/eating-together", "Eating together"),
    Starting("company/outings", "Going out together"),
    Starting("company/groups", "Somebody to join a group with"),
    Starting("home", "In the house", _AT_HOME),
    Starting("home/cleaning", "Cleaning and tidying", _AT_HOME),
    Starting("home/laundry", "Washing and ironing", _AT_HOME),
    Starting("home/cooking", "Cooking and baking"),
    Starting("home/sewing", "Sewing and mending clothes"),
    Starting("home/clearing-out", "Sorting and clearing out", _AT_HOME),
    Starting("home/house-sitting", "Looking after a home", _KEYS),
    Starting("repairs", "Repairs and handiwork", _AT_HOME),
    Starting("repairs/small-jobs", "Small jobs in the house", _AT_HOME),
    Starting("repairs/painting", "Painting and wallpaper", _AT_HOME),
    Starting("repairs/woodwork", "Woodwork and building", _AT_HOME),
    Starting("repairs/electrics", "Electrics", _TRADE),
    Starting("repairs/water", "Taps, pipes and heating", _TRADE),
    Starting("repairs/cars-and-bikes", "Cars and bicycles"),
    Starting("outdoors", "Gardens and animals"),
    Starting("outdoors/gardening", "Gardening"),
    Starting("outdoors/growing", "Growing fruit and vegetables"),
    Starting("outdoors/heavy-work", "Hedges, snow and heavy work"),
    Starting("outdoors/dog-walking", "Walking a dog"),
    Starting("outdoors/feeding-pets", "Feeding and minding pets", _KEYS),
    Starting("outdoors/vet", "To the vet", _DRIVES),
    Starting("family", "Family and care", _CARE),
    Starting("family/minding-children", "Babysitting and minding children", _CARE),
    Starting("family/school-run", "To school and back", frozenset({Risk.PERSONAL_CARE})),
    Starting("family/new-parents", "A hand for new parents", _AT_HOME),
    Starting("family/carers-break", "A break for a family carer", _CARE),
    Starting("family/nights", "Sitting with somebody overnight", _CARE),
    Starting("family/hair-and-nails", "Hair, nails and shaving", frozenset({Risk.PERSONAL_CARE})),
    Starting("learning", "Learning and teaching"),
    Starting("learning/school-work", "Help with school work"),
    Starting("learning/languages", "Languages and interpreting"),
    Starting("learning/reading", "Reading and writing"),
    Starting("learning/skills", "Showing how something is done"),
    Starting("learning/courses", "Courses and workshops"),
    Starting("learning/work", "Finding work and mentoring"),
    Starting("paperwork", "Computers and paperwork"),
    Starting("paperwork/computers", "Phones, tablets and computers"),
    Starting("paperwork/websites", "Websites and design"),
    Starting("paperwork/forms", "Letters and forms"),
    Starting("paperwork/office-work", "Typing and office work"),
    Starting("paperwork/money", "Bills, budgets and accounts", _MONEY),
    Starting("paperwork/rights", "Rights and the law", _ADVISES),
    Starting("well-being", "Health and feeling well"),
    Starting("well-being/exercise", "Exercise and sport"),
    Starting("well-being/calm", "Yoga, breathing and calm"),
    Starting("well-being/listening", "Somebody who listens"),
    Starting("well-being/food", "Eating well"),
    Starting("well-being/massage", "Massage and other treatments", _TREATS),
    Starting("well-being/nursing", "Nursing and medical help", _TREATS),
    Starting("arts", "Music, arts and games"),
    Starting("arts/music", "Music"),
    Starting("arts/crafts", "Crafts and drawing"),
    Starting("arts/dancing", "Dancing"),
    Starting("arts/stage", "Theatre and shows"),
    Starting("arts/photos", "Photos and film"),
    Starting("arts/games", "Games, books and films together"),
    Starting("community", "For the community"),
    Starting("community/time-bank", "Helping to run the time bank"),
    Starting("community/events", "Helping at events"),
    Starting("community/tidying-up", "Tidying up and recycling"),
    Starting("community/raising-money", "Raising money", _MONEY),
    Starting("community/speaking-up", "Campaigns and speaking up"),
    Starting("community/projects", "Projects done together"),
    Starting("something-else", "Something else"),
    Starting("something-else/lending", "Lending and borrowing things"),
    Starting("something-else/giving-away", "Giving things away"),
    Starting("something-else/travel", "Travel and places to stay"),
    Starting(OTHER_KEY, "Other help"),
)
