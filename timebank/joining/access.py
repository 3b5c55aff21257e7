"""Who may see an application: fetch and authorize in one call, for pages and programs alike."""

from sqlalchemy.orm import Session

from timebank.actors import Actor, may_broker
from timebank.errors import NotVisibleError
from timebank.joining.models import Application
from timebank.joining.queries import find_application


def get_visible(session: Session, actor: Actor, code: str) -> Application:
    """Return the application, for brokers. Raises NotVisibleError."""
    application = find_application(session, actor.bank_id, code) if may_broker(actor) else None
    if application is None:
        raise NotVisibleError(code)
    return application
