"""Answers of an examination, and when all of them together are well. Pure functions of values."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from timebank.spelling import tidy

#: Letters of a text from elsewhere, such as a record of the DNS, that an answer repeats.
_MOST_QUOTED = 120
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


class Condition(StrEnum):
    """How something is. A warning is no failure; what was not checked says nothing."""

    WELL = "well"
    WARNING = "warning"
    WRONG = "wrong"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The answer about one subject: one or two sentences in one line, with what to do where it is not well."""

    condition: Condition
    subject: str
    words: str


def well(subject: str, words: str) -> Diagnosis:
    """Return that a subject is as it should be."""
    return _diagnosis(Condition.WELL, subject, words)


def warning(subject: str, words: str) -> Diagnosis:
    """Return that a subject works and should be mended all the same."""
    return _diagnosis(Condition.WARNING, subject, words)


def wrong(subject: str, words: str) -> Diagnosis:
    """Return that a subject is wrong."""
    return _diagnosis(Condition.WRONG, subject, words)


def not_checked(subject: str, words: str) -> Diagnosis:
    """Return why a subject could not be checked."""
    return _diagnosis(Condition.NOT_CHECKED, subject, words)


def _diagnosis(condition: Condition, subject: str, words: str) -> Diagnosis:
    """Return the answer without signs that could do something to a terminal, whatever a record or a server has."""
    return Diagnosis(condition, tidy(subject), tidy(words))


def quote(text: str) -> str:
    """Return a text from elsewhere in quotes, as far as it can be seen and is not too long."""
    clean = tidy(text)
    return f"'{clean[:_MOST_QUOTED]}…'" if len(clean) > _MOST_QUOTED else f"'{clean}'"


def is_well(diagnoses: Iterable[Diagnosis]) -> bool:
    """Return whether nothing is wrong; warnings do not count."""
    return all(diagnosis.condition is not Condition.WRONG for diagnosis in diagnoses)


def summary(diagnoses: Iterable[Diagnosis]) -> str:
    """Return in one line how many of them are wrong, warnings, well and not checked."""
    numbers = Counter(diagnosis.condition for diagnosis in diagnoses)
    return ", ".join(
        f"{numbers[condition]} {words}"
        for condition, words in (
            (Condition.WRONG, "wrong"),
            (Condition.WARNING, "warning" if numbers[Condition.WARNING] == 1 else "warnings"),
            (Condition.WELL, "well"),
            (Condition.NOT_CHECKED, "not checked"),
        )
    )


def in_words(age: timedelta) -> str:
    """Return a length of time in its largest unit, such as '3 days'; less than a second is '0 seconds'."""
    seconds = max(int(age.total_seconds()), 0)
    for length, unit in _UNITS:
        if seconds >= length or length == 1:
            number = seconds // length
            return f"{number} {unit}{'' if number == 1 else 's'}"
    raise AssertionError
