"""What a sentence offers is accepted: whoever types the example of a refusal is understood."""

import pytest
from phonenumbers import SUPPORTED_REGIONS

from timebank.errors import TimebankError
from timebank.ledger.hours import HoursNotUnderstoodError, HoursUnclearError, read_hours, read_limit
from timebank.phones import PhoneNotUnderstoodError, read_phone
from timebank.web.sentences import say

#: Every number without a unit up to more than a day of minutes, and decimals with both signs.
TYPED = [
    *map(str, range(1_500)),
    *(f"{hours}{sign}{part}" for hours in range(30) for sign in ".," for part in ("0", "5", "001")),
]


def offered(error: TimebankError) -> str:
    """The example of a sentence."""
    return say(error).rpartition("such as ")[2].rstrip(".")


@pytest.fixture(autouse=True)
def in_a_request(app):
    with app.test_request_context():
        yield


def unclear(read, typed):
    """The refusal of a number without a unit; None where it is taken, or refused for another reason."""
    try:
        read(typed)
    except HoursUnclearError as error:
        return error
    except TimebankError:
        return None
    return None


@pytest.mark.parametrize("read", [read_hours, read_limit])
def test_the_hours_that_are_offered_for_a_number_without_a_unit_are_understood(read):
    refusals = {typed: error for typed in TYPED if (error := unclear(read, typed)) is not None}
    assert len(refusals) > 1_000
    for typed, error in refusals.items():
        assert offered(error).startswith(typed)
        assert read(offered(error)) > 0


@pytest.mark.parametrize("number", ["1.5", "2,5"])
def test_a_decimal_is_offered_as_hours(number):
    with pytest.raises(HoursUnclearError) as refused:
        read_hours(number)
    assert say(refused.value) == f"Type it with a word, such as {number} hours."


def test_the_examples_of_a_length_are_understood():
    examples = offered(HoursNotUnderstoodError()).replace(" or ", ", ").split(", ")
    assert [read_hours(example) for example in examples] == [45, 90, 120]


@pytest.mark.parametrize("country", sorted(SUPPORTED_REGIONS))
def test_the_phone_number_that_is_offered_is_one_of_the_banks_country(country):
    with pytest.raises(PhoneNotUnderstoodError) as refused:
        read_phone("1", country)
    assert read_phone(offered(refused.value), country).startswith("+")
