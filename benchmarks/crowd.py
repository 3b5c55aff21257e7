"""Set-up of a bank with a thousand active members without limits."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Actor, Doing, Role, Unattended
from timebank.banks.actions import open_bank
from timebank.config import Settings
from timebank.db import opened
from timebank.members.actions import NewMember, admit
from timebank.members.newcomers import take_in
from timebank.members.queries import find_actor_by_account, find_actor_by_code

MEMBERS = 1_000
COORDINATES = frozenset({Role.MEMBER, Role.COORDINATOR})


@dataclass(frozen=True, slots=True)
class Crowd:
    """A bank's id and its members as actors."""

    bank_id: int
    members: tuple[Actor, ...]


def settle(settings: Settings) -> Crowd:
    """Open a bank and admit its members through the application's actions."""
    with (
        opened(settings.database_url) as engine,
        Session(engine, info=settings.session_info, expire_on_commit=False) as session,
    ):
        now = clock.now()
        bank = open_bank(session, slug="bench", name="Bench", now=now, welcome_minutes=0)
        session.commit()
        newcomer = NewMember("Kay Keeper", email="kay@example.org", roles=COORDINATES)
        keeper = admit(session, bank, newcomer, Unattended(bank.id, now))
        coordinator = find_actor_by_code(session, bank.id, keeper.code)
        if coordinator is None:
            raise LookupError(keeper.code)
        names = [(f"Member {number}", None) for number in range(MEMBERS)]
        accounts = take_in(session, bank, names, Doing(coordinator, now), floor=None, reason="bench")
        members = [find_actor_by_account(session, bank.id, account_id) for account_id in accounts]
        session.commit()
        return Crowd(bank.id, tuple(member for member in members if member is not None))
