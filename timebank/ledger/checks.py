"""A check is a question with a name about what must always be true, a figure, and the rows where it is not.

Each room asks its own; the audit gathers them. Sum zero alone proves little: two changed postings pass it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a check ended. A warning is a set-up to mend; the books themselves are as they must be."""

    RIGHT = "right"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One row that is not as it must be: its table, what names it there, and what is wrong with it."""

    table: str
    row: str
    problem: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer to one check: its name, what was counted (figure and unit), and the rows found wrong.

    `finding_count` counts every wrong row, `findings` shows the first of them.
    """

    name: str
    figure: int
    unit: str
    findings: tuple[Finding, ...] = ()
    finding_count: int = 0
    warns_only: bool = False

    @property
    def verdict(self) -> Verdict:
        """Right where nothing was found."""
        if not self.findings:
            return Verdict.RIGHT
        return Verdict.WARNING if self.warns_only else Verdict.WRONG
