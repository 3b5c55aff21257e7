"""Whether who proposed something may still propose it: what somebody asked for ends with the role by which they did."""

from sqlalchemy.orm import Session

from timebank.actors import may_coordinate
from timebank.approvals.errors import ProposerGoneError
from timebank.members.queries import find_actor_by_id


def check_proposer(session: Session, bank_id: int, membership_id: int) -> None:
    """Raise ProposerGoneError unless the proposer is an active coordinator at this moment. The bank is locked."""
    proposer = find_actor_by_id(session, bank_id, membership_id)
    if proposer is None or not may_coordinate(proposer):
        raise ProposerGoneError
