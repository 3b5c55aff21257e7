"""Announcements, choices of notices and messages of Glen Isla."""

from datetime import time

from timebank.demo.telling import Announced, HowTold, Telling, Wrote
from timebank.notices.kinds import Topic
from timebank.notices.rules import Choice, Often, Way

#: The hall is being painted. Wilma is rung, Archie gets letters and Alasdair texts, Sam reads news as they come, Ada
#: each day, and Nell none. Ada and Grace settle when Biscuit is walked; Eilidh asks a broker about money.
TELLING = Telling(
    announced=(
        Announced(
            20, "rosa", "Cups for the soup lunch are still wanted. Bring any that you can spare to the library.", 7
        ),
        Announced(
            1,
            "mary",
            "The village hall is being painted. Soup lunch is in the church hall on Thursday, at noon as ever.",
            6,
        ),
    ),
    chosen=(
        HowTold(40, "wilma", Topic.ABOUT_YOU, Choice(Way.PHONE, Often.AT_ONCE)),
        HowTold(39, "alasdair", Topic.ABOUT_YOU, Choice(Way.TEXT, Often.AT_ONCE)),
        HowTold(38, "archie", Topic.ABOUT_YOU, Choice(Way.LETTER, Often.AT_ONCE)),
        HowTold(37, "archie", Topic.ROUND_THE_BANK, Choice(Way.LETTER, Often.MONTHLY)),
        HowTold(31, "sam", Topic.ROUND_THE_BANK, Choice(Way.EMAIL, Often.AS_THINGS_COME)),
        HowTold(12, "nell", Topic.ROUND_THE_BANK, Choice(Way.NONE, Often.AT_ONCE)),
        HowTold(9, "ada", Topic.ROUND_THE_BANK, Choice(Way.EMAIL, Often.DAILY)),
    ),
    written=(
        Wrote(
            3,
            time(18, 20),
            "ada",
            "grace",
            "I could take Biscuit to town with me on Saturday. Is half past nine too early for the two of you?",
            about="Somebody to walk Biscuit on Saturdays",
        ),
        Wrote(
            2,
            time(8, 45),
            "grace",
            "ada",
            "He is at the door from seven. Half past nine is lovely. The lead with the red handle is the good one.",
        ),
        Wrote(
            2,
            time(9, 5),
            "ada",
            "grace",
            "Then half past nine it is. What does he do when he meets another dog?",
        ),
        Wrote(1, time(19, 10), "grace", "ada", "He sings. Keep walking and say his name."),
        Wrote(
            4,
            time(20, 15),
            "hamish",
            "eilidh",
            "I can put up your mother's rail. The wood is fifteen pounds. Call it thirty for wood and work, in cash?",
            reports="He is kind, but I thought that work is hours and not money.",
        ),
    ),
)
