"""The main menu: what the reader's roles let them open, and nothing else."""

from dataclasses import dataclass

from flask import Flask, g, request, url_for
from flask_babel import gettext as _

from timebank import actors as rules
from timebank.messages.rules import may_write


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A label and a URL."""

    label: str
    url: str
    is_current: bool


def menu() -> list[MenuItem]:
    """Return the items of the reader's menu, in order."""
    actor = g.get("actor")
    if actor is None:
        return []
    if not actor.is_active:
        return [_item("statement.my_hours", _("My hours"))] if rules.may_read_own_hours(actor) else []
    items = []
    if rules.may_exchange(actor):
        items += [("home.home", _("Home")), ("statement.my_hours", _("My hours"))]
    items.append(("exchanges.exchanges", _("Exchanges")))
    if rules.may_exchange(actor) or rules.may_see_all_exchanges(actor):
        items.append(("listings.listings", _("Offers and requests")))
    if may_write(actor):
        items.append(("messages.talks", _("Messages")))
    if rules.may_see_all_exchanges(actor):
        items.append(("desk.desk", _("Desk")))
    if rules.may_broker(actor):
        items += [("tasks.tasks", _("To do")), ("members.members", _("Members"))]
    if rules.may_audit(actor):
        items.append(("audit.books", _("Audit")))
    items.append(("members.profile", _("About me")))
    return [_item(endpoint, label) for endpoint, label in items]


def _item(endpoint: str, label: str) -> MenuItem:
    return MenuItem(label, url_for(endpoint), request.endpoint == endpoint)


def set_up(app: Flask) -> None:
    """Give every template the menu, the bank and the reader."""

    @app.context_processor
    def _frame() -> dict[str, object]:
        return {
            "menu": menu if g.get("bank") is not None else list,
            "bank": g.get("bank"),
            "actor": g.get("actor"),
            "is_demo": app.config["DEMO"],
        }
