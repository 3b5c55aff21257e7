"""Gives some tests of a run to one worker, since what they begin with takes long to make.

xdist's own marker for it has no effect: xdist 3.8 writes the name of a group into a field of the item that pytest 9.2
does not read. So a group is a path here. xdist begins with the largest group.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

#: Files and folders, each of which one worker runs.
GROUPS = ("tests/browser/", "tests/demo/", "tests/web/test_large_bank.py", "tests/wheel/")


def group_of(node_id: str) -> str:
    """Return the group of a test, or its own id where it has none."""
    return next((group for group in GROUPS if node_id.startswith(group)), node_id)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "LoadScopeScheduling | None":
    """Return xdist's scheduler for `--dist loadgroup`, with these groups."""
    if config.getoption("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return Scheduling(config, log)
