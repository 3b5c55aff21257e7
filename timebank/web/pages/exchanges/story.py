"""An exchange as one reader sees it: their side, its history, and what they may do."""

from flask import g

from timebank import clock
from timebank.actors import Actor, may_approve, may_broker
from timebank.exchanges import rules
from timebank.exchanges.by_time import silence_counts_on
from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import find_newest_reversal, list_steps
from timebank.exchanges.rules import Side
from timebank.exchanges.thanks import list_thanks
from timebank.holders.queries import list_names
from timebank.members.queries import find_contact, list_membership_names
from timebank.web.extensions import db
from timebank.web.pages.exchanges.forms import ThanksForm


def tell(exchange: Exchange, actor: Actor) -> dict[str, object]:
    """Return the values for templates: sides with names and codes, steps, the reader's side and permissions."""
    session = db.session()
    standing = exchange.snapshot()
    names = list_names(session, g.bank.id, [exchange.giver_account_id, exchange.receiver_account_id])
    giver, receiver = names[exchange.giver_account_id], names[exchange.receiver_account_id]
    side = standing.side_of(actor.account_id)
    steps = list_steps(session, g.bank.id, exchange.id)
    hands = {step.done_by for step in steps if step.on_behalf_of and step.done_by}
    named = [step.done_by for step in steps] + [step.on_behalf_of for step in steps]
    other_account_id = exchange.receiver_account_id if side is Side.GIVER else exchange.giver_account_id
    reach = side is not None and rules.have_agreed(standing)
    thanks_by_side = list_thanks(session, exchange)
    reversal = find_newest_reversal(session, g.bank.id, exchange.id)
    return {
        "sees_words": side is not None or may_broker(actor) or may_approve(actor),
        "exchange": exchange,
        "giver": giver,
        "receiver": receiver,
        "side": side,
        "other": {Side.GIVER: receiver, Side.RECEIVER: giver, None: None}[side],
        "steps": steps,
        "actors": list_membership_names(session, g.bank.id, named),
        "contact": find_contact(session, g.bank.id, other_account_id) if reach else None,
        "thanks": thanks_by_side,
        "thanks_form": ThanksForm(),
        "reversal": reversal,
        "silence_counts_on": silence_counts_on(session, g.bank, exchange, clock.now()),
        "agreeable": rules.agreeable_minutes(standing, actor),
        "may": {
            "accept": rules.may_accept(standing, actor),
            "cancel": rules.may_cancel(standing, actor),
            "record": rules.may_record(standing, actor),
            "confirm": rules.may_confirm(standing, actor),
            "act": side is None and may_broker(actor) and exchange.is_open,
            "decide": rules.may_decide(standing, actor, hands=hands),
            "thank": side is not None and side not in thanks_by_side and rules.may_thank(standing, actor),
            "propose_reversal": rules.may_propose_reversal(standing, actor)
            and (reversal is None or reversal.closed_at is not None),
        },
    }
