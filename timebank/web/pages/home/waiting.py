"""Groups of open exchanges: those that wait for the reader, and those that wait for the other side."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from timebank.exchanges.queries import ExchangeRow, WaitingReversal
from timebank.exchanges.rules import Side, State


@dataclass(frozen=True, slots=True)
class Open:
    """What is not finished: mine to answer, agreed and to be recorded, and the others' to answer."""

    mine: list[ExchangeRow] = field(default_factory=list)
    agreed: list[ExchangeRow] = field(default_factory=list)
    theirs: list[ExchangeRow] = field(default_factory=list)


def part_open(rows: Sequence[ExchangeRow], account_id: int) -> Open:
    """Group an account's open exchanges by who has to act next."""
    parted = Open()
    for row in rows:
        side = Side.GIVER if row.giver_account_id == account_id else Side.RECEIVER
        spoke = {State.PROPOSED: row.proposed_side, State.RECORDED: row.recorded_side}.get(State(row.state))
        if row.state == State.ACCEPTED:
            parted.agreed.append(row)
        elif row.state == State.DISPUTED or spoke == side:
            parted.theirs.append(row)
        else:
            parted.mine.append(row)
    return parted


def reversals_for(rows: Sequence[WaitingReversal], account_id: int) -> list[WaitingReversal]:
    """Return the reversals that this account's holder has not agreed to yet."""
    return [
        row
        for row in rows
        if not (row.giver_agreed_by if row.giver_account_id == account_id else row.receiver_agreed_by)
    ]
