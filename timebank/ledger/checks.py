"""A check verifies one named rule that must always hold, and returns how many rows it read and which of them break it.

Each package has its own checks and `audit` runs all of them. That balances sum to zero proves little by itself: two
changed postings can still sum to zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

#: A result lists so many findings and counts the others.
MOST_FINDINGS = 20


class Verdict(StrEnum):
    """How a check ended. WARNING is a wrong set-up of the database; the books themselves are right."""

    RIGHT = "right"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that breaks the rule: its table, its key there, and what is wrong with it."""

    table: str
    row: str
    problem: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check: its name, what it counted (figure and unit), and the rows that break the rule.

    `finding_count` counts all such rows, `findings` holds the first of them.
    """

    name: str
    figure: int
    unit: str
    findings: tuple[Finding, ...] = ()
    finding_count: int = 0
    warns_only: bool = False

    @property
    def verdict(self) -> Verdict:
        """RIGHT without findings."""
        if not self.findings:
            return Verdict.RIGHT
        return Verdict.WARNING if self.warns_only else Verdict.WRONG


def check_result(
    name: str, figure: int, unit: str, findings: Sequence[Finding], *, warns_only: bool = False
) -> CheckResult:
    """Return the result of a check: the first `MOST_FINDINGS` of its findings, and the number of all of them."""
    return CheckResult(name, figure, unit, tuple(findings[:MOST_FINDINGS]), len(findings), warns_only=warns_only)
