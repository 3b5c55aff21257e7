"""How long an announcement stands, and who may write one. Pure."""

from timebank.actors import Actor, may_broker

MOST_DAYS, USUAL_DAYS = 14, 7
MOST_LETTERS = 400
#: So many stand at the same time.
MOST_CURRENT = 5


def may_announce(actor: Actor) -> bool:
    """Return whether the actor looks after the bank, and nobody acts for them."""
    return may_broker(actor) and actor.hand is None
