"""Phone numbers: what is stored of them, and what is refused."""

import pytest

from timebank.phones import PhoneExtensionError, PhoneNotUnderstoodError, is_phone, plain_phone, read_phone


@pytest.mark.parametrize("typed", ["01632 960121", "(01632) 960-121", "+44 1632 960121", "٠١٦٣٢٩٦٠١٢١"])
def test_a_number_is_one_number_however_it_is_typed(typed):
    assert read_phone(typed, "GB") == "+441632960121"


@pytest.mark.parametrize("typed", ["01632 960121 ext 5", "01632 960121 x12", "01632960121#7", "01632960121;ext=3"])
def test_an_extension_is_refused_and_not_dropped(typed):
    with pytest.raises(PhoneExtensionError):
        read_phone(typed, "GB")
    assert plain_phone(typed, "GB") is None
    assert is_phone(typed, "GB")


@pytest.mark.parametrize("typed", ["", "12", "ask Bill", "01632 960121 or 01632 960122", "9" * 40])
def test_what_is_no_possible_number_is_refused(typed):
    with pytest.raises(PhoneNotUnderstoodError):
        read_phone(typed, "GB")
    assert not is_phone(typed, "GB")
