"""What each test file costs, over set-up, call and teardown in all workers: `--file-durations N` prints the longest.

Seconds of processor are those of the worker and of programs that it waited for, such as `timebank` run as a process.
The servers of PostgreSQL and Chromium are not among them, so the seconds by the clock stand beside.
"""

import os
from collections import defaultdict
from collections.abc import Generator
from dataclasses import dataclass

import pytest

_MARK = pytest.StashKey[float]()


@dataclass
class Cost:
    """The number of tests of a file, and their seconds."""

    tests: int = 0
    processor: float = 0
    clock: float = 0


class Measuring:
    """Measures tests where they run, and adds up their costs where the run is reported."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.costs = defaultdict[str, Cost](Cost)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        item.stash[_MARK] = _processor_seconds()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        now = _processor_seconds()
        report.processor_seconds = now - item.stash[_MARK]
        item.stash[_MARK] = now
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        cost = self.costs[report.nodeid.partition("::")[0]]
        cost.tests += report.when == "call"
        cost.processor += getattr(report, "processor_seconds", 0)
        cost.clock += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        longest = sorted(self.costs.items(), key=lambda item: item[1].processor, reverse=True)
        terminalreporter.section(f"{self.most} longest test files")
        terminalreporter.write_line(f"{'processor':>10}{'clock':>10}{'tests':>7}")
        for path, cost in longest[: self.most]:
            terminalreporter.write_line(f"{cost.processor:8.1f} s{cost.clock:8.1f} s{cost.tests:7}  {path}")
        processor, clock = (sum(getattr(cost, name) for cost in self.costs.values()) for name in ("processor", "clock"))
        count = sum(cost.tests for cost in self.costs.values())
        terminalreporter.write_line(f"{processor:8.1f} s{clock:8.1f} s{count:7}  all")


def _processor_seconds() -> float:
    return sum(os.times()[:4])


def pytest_addoption(parser: pytest.Parser) -> None:
    help_text = "print the N test files that took most of the processor"
    parser.addoption("--file-durations", type=int, default=0, metavar="N", help=help_text)


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("file_durations"):
        config.pluginmanager.register(Measuring(config.getoption("file_durations")), "measuring")
