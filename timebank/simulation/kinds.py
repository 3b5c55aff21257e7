"""The kinds of help of a simulated bank, the most common first, with titles of offers and requests in our own words."""

from collections.abc import Sequence
from typing import NamedTuple


class KindOfHelp(NamedTuple):
    """A kind by the key of its category, with titles of two offers and of three requests."""

    key: str
    offers: Sequence[str]
    requests: Sequence[str]


def _kind(key: str, *titles: str) -> KindOfHelp:
    return KindOfHelp(key, titles[:2], titles[2:])


KINDS = (
    _kind("getting-about/lifts", "Lifts in my car", "I drive people about town",
          "A lift to the shops", "A lift into town and back", "Somebody to drive me to a friend"),
    _kind("getting-about/clinic", "Driving to the doctor", "Lifts to hospital",
          "A lift to the clinic", "A lift to an eye appointment", "Somebody to take me to the dentist"),
    _kind("outdoors/gardening", "Weeding and planting", "A hand in your garden",
          "My flower beds need weeding", "Help to prune roses", "Somebody to mow the lawn"),
    _kind("repairs/small-jobs", "Small repairs in the house", "I put up shelves and pictures",
          "A shelf to put up", "A door handle that is loose", "Curtain rails to hang"),
    _kind("paperwork/computers", "Help with computers", "I explain phones and tablets",
          "My laptop is slow", "Learning to use a smartphone", "Setting up e-mail on a tablet"),
    _kind("errands/shopping", "Grocery shopping for you", "I do your weekly shop",
          "Somebody to fetch groceries", "Help to carry shopping home", "Shopping while I am ill"),
    _kind("company/visits", "Visiting for a chat", "Company over a cup of tea",
          "A visit for my mother", "Somebody to talk to at home", "Company on Sunday afternoons"),
    _kind("home/cooking", "Home cooking", "Baking bread and cakes",
          "A birthday cake", "Meals after an operation", "Learning to cook soup"),
    _kind("outdoors/dog-walking", "Walking your dog", "Dog walks in the morning",
          "Somebody to walk my dog", "A walk for our terrier", "Dog walking while I am away"),
    _kind("home/sewing", "Sewing and mending", "I take up hems",
          "Trousers to shorten", "A zip to replace", "Curtains to sew"),
    _kind("home/cleaning", "Cleaning and tidying", "Window cleaning",
          "Help with spring cleaning", "Windows to wash", "Cleaning the kitchen"),
    _kind("family/minding-children", "Babysitting", "Minding children after school",
          "A babysitter for an evening", "Somebody to mind two children", "Childcare on a Saturday"),
    _kind("learning/languages", "Spanish conversation", "English lessons",
          "Practising French", "Help with English grammar", "Translating a letter from Polish"),
    _kind("paperwork/forms", "Help with forms", "Writing letters",
          "A form that I do not understand", "Help to fill in an application", "A letter to the council"),
    _kind("arts/music", "Guitar lessons", "Piano for beginners",
          "Learning the ukulele", "Somebody to sing with", "Piano lessons for my son"),
    _kind("outdoors/feeding-pets", "Feeding pets while you are away", "Cat sitting",
          "Somebody to feed the cat", "Our hens need feeding", "Watching the rabbits for a week"),
    _kind("errands/carrying", "Moving heavy things", "A van and two strong arms",
          "A sofa to carry upstairs", "Help to move house", "Boxes to take to the attic"),
    _kind("repairs/cars-and-bikes", "Bicycle repair", "I mend punctures",
          "A flat tyre on my bike", "Bicycle brakes to adjust", "An oil change for the car"),
    _kind("home/clearing-out", "Clearing out the attic", "Sorting cupboards",
          "Help to declutter a room", "A garage to clear out", "Sorting my late aunt's things"),
    _kind("well-being/exercise", "Walking partner", "Gentle exercise together",
          "Somebody to go running with", "Swimming partner", "A tennis partner"),
    _kind("arts/crafts", "Knitting and crochet", "Drawing lessons",
          "Learning to knit socks", "A card to be made by hand", "Help with watercolours"),
    _kind("well-being/calm", "Yoga for beginners", "Meditation",
          "Learning to meditate", "Yoga at home", "Breathing exercises"),
    _kind("learning/school-work", "Help with homework", "Maths tutoring",
          "Maths help for a teenager", "Homework help after school", "Revising for an exam"),
    _kind("community/events", "Helping at events", "Setting up tables and chairs",
          "Helpers for the spring party", "Somebody to run a stall", "Setting up for the potluck"),
)  # fmt: skip


def weight_of(kind: int) -> float:
    """Return how often a kind is asked for and can be done, by its place among KINDS from 0."""
    return 1 / (kind + 5)
