"""Each group is a file or folder of tests that stands where the list says."""

from pathlib import Path

import pytest

from tests.grouping import GROUPS, group_of

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_names_tests_that_exist(group):
    assert (ROOT / group).exists()


def test_every_test_of_a_group_goes_to_the_same_worker():
    assert group_of("tests/browser/test_axe.py::test_axe_finds_nothing[a]") == group_of("tests/browser/test_days.py::t")
    assert group_of("tests/wheel/test_wheel.py::test_a") != group_of("tests/demo/test_people.py::test_a")


def test_a_test_of_no_group_goes_to_any_worker():
    assert group_of("tests/test_db.py::test_a") == "tests/test_db.py::test_a"
