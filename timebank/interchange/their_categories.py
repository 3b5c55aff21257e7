"""Mapping of the category numbers of Timebanks to keys of our starting categories.

Numbers that are not in it were defined by a single bank and cannot be mapped.
"""

from timebank.listings.starting_categories import OTHER_KEY

_IN_ORDER = (
    # 1 to 11: their main ones
    "getting-about home company community well-being arts learning arts repairs paperwork something-else "
    # 12 to 18
    "errands/shopping getting-about/lifts getting-about/longer-trips getting-about/clinic getting-about/station "
    "getting-about/worship-and-clubs getting-about "
    # 19 to 25
    "family/minding-children home/cooking family/hair-and-nails home/cleaning outdoors/feeding-pets "
    "family/carers-break home "
    # 26 to 32
    "company/groups company/eating-together company/letters company/visits errands/prescriptions "
    "company/phone-calls company "
    # 33 to 39
    "community/tidying-up community community/raising-money community/time-bank community/projects "
    "community/speaking-up community "
    # 40 to 46
    "well-being/massage well-being/listening well-being/food well-being/exercise well-being/nursing well-being/calm "
    "well-being "
    # 47 to 53
    "arts/games arts/dancing company/outings arts/games well-being/exercise something-else/travel arts "
    # 54 to 60
    "community/speaking-up learning/courses paperwork/computers learning/languages paperwork/money "
    "learning/school-work learning "
    # 61 to 67
    "learning/courses arts/crafts arts/stage learning/skills arts/photos arts/stage arts "
    # 68 to 74
    "repairs/cars-and-bikes repairs/woodwork repairs/electrics outdoors/gardening repairs/painting repairs/water "
    "repairs "
    # 75 to 81
    "paperwork/office-work paperwork/computers paperwork/money paperwork/rights paperwork/websites paperwork paperwork "
    # 82 to 90
    "something-else/other-help something-else something-else something-else/giving-away community/projects home/sewing "
    "home/sewing company/groups family/nights"
)
CATEGORY_KEYS = {**dict(enumerate(_IN_ORDER.split(), start=1)), 95: "community/time-bank"}


def choose(numbers: tuple[int, ...], most: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (keys kept, keys left out) for a listing's numbers, which may be empty or unknown.

    A main category is dropped beside one of its subcategories, and 'other' beside any other. Subcategories come first.
    """
    keys = list(dict.fromkeys(CATEGORY_KEYS.get(number, OTHER_KEY) for number in numbers)) or [OTHER_KEY]
    mains = {key.partition("/")[0] for key in keys if "/" in key and key != OTHER_KEY}
    specific = [key for key in keys if key not in mains and key != OTHER_KEY] or [OTHER_KEY]
    specific.sort(key=lambda key: "/" not in key)
    return tuple(specific[:most]), tuple(specific[most:])
