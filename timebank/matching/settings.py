"""What a bank sets about matching: what each reason counts, and how often and in which order it asks. Pure."""

from dataclasses import dataclass, fields

from timebank.matching.errors import MatchingSettingError

#: The most that each setting may be; all are whole numbers from 0, those in MORE_THAN_NONE from 1.
MOST = {
    "kind": 100,
    "main_kind": 100,
    "near": 100,
    "free": 100,
    "below_zero": 50,
    "asked": 50,
    "asked_weeks": 52,
    "rest_days": 60,
    "answer_days": 14,
}
MORE_THAN_NONE = frozenset({"asked_weeks", "answer_days"})


@dataclass(frozen=True, slots=True)
class MatchingSettings:
    """What a bank sets about matching. What a reason counts is in hundredths; the words of an offer count up to 100.

    `kind` is for the same kinds, `main_kind` for the same main one, `near` for the same area, `free` for being free
    when it suits, `below_zero` for ten hours below zero. `asked` is taken off for each invitation of the last
    `asked_weeks`.

    Whoever left an invitation unanswered rests for `rest_days`, and twice as long after two in a row. An invitation can
    be answered for `answer_days`. With `in_turn` a broker's list is asked one after the other, else all at once.
    """

    kind: int = 50
    main_kind: int = 10
    near: int = 15
    free: int = 5
    below_zero: int = 10
    asked: int = 5
    asked_weeks: int = 12
    rest_days: int = 7
    answer_days: int = 3
    in_turn: bool = True


USUAL = MatchingSettings()
NUMBERS = tuple(field.name for field in fields(MatchingSettings) if field.name != "in_turn")


def check_settings(settings: MatchingSettings) -> None:
    """Raise MatchingSettingError for the first setting that is out of range."""
    for name in NUMBERS:
        least = 1 if name in MORE_THAN_NONE else 0
        if not least <= getattr(settings, name) <= MOST[name]:
            raise MatchingSettingError(name=name, least=least, most=MOST[name])
