import pytest

from timebank.audit.rules import address_of, keys_of, states_of
from timebank.exchanges.rules import State

#: key: its address
ADDRESSES = {
    "exchange:K7M3Q2XZ": ("exchange", "K7M3Q2XZ"),
    "reversal:K7M3Q2XZ": ("reversal", "K7M3Q2XZ"),
    "member:K7M3Q2XZ:welcome": ("welcome", "K7M3Q2XZ"),
    "member:K7M3Q2XZ:leaving": ("leaving", "K7M3Q2XZ"),
    "adjustment:K7M3Q2XZ": ("adjustment", "K7M3Q2XZ"),
    "history:7": ("history", "~7"),
    "history:Slip 12, page 3": ("history", "~Slip 12, page 3"),
    "history:12/7": None,
    "member:K7M3Q2XZ": None,
    "member:K7M3Q2XZ:nonsense": None,
    "exchange": None,
    "exchange:K7M3Q2XZ:2": None,
    "": None,
}


@pytest.mark.parametrize("key", ADDRESSES)
def test_the_address_of_an_entry_says_what_it_was(key):
    assert address_of(key) == ADDRESSES[key]


@pytest.mark.parametrize("key", [key for key, address in ADDRESSES.items() if address])
def test_an_address_leads_back_to_its_entry(key):
    assert key in keys_of(*ADDRESSES[key])


@pytest.mark.parametrize(
    ("word", "states"),
    [
        ("moved", (State.CONFIRMED, State.DECIDED)),
        ("waiting-hours", (State.RECORDED, State.DISPUTED)),
        ("reversed", (State.REVERSED,)),
        ("", ()),
        ("nonsense", ()),
    ],
)
def test_a_word_of_the_address_means_states(word, states):
    assert states_of(word) == states
