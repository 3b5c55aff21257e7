"""What has to be finished before somebody leaves: the room `leaving` asks this as it changes their standing."""

from sqlalchemy.orm import Session

from timebank.exchanges.errors import UnfinishedError
from timebank.exchanges.queries import list_open
from timebank.members.rules import Actor


def refuse_unfinished(session: Session, member: Actor) -> None:
    """Raise UnfinishedError where something that they asked, agreed, recorded or see differently is still open."""
    if list_open(session, member.bank_id, member.account_id):
        raise UnfinishedError
