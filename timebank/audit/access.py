"""Who may see an entry of the books: fetch and authorize in one call, for pages and programs alike."""

from sqlalchemy.orm import Session

from timebank.actors import Actor, may_audit, may_see_all_exchanges
from timebank.audit.rules import keys_of
from timebank.bookkeeping.audit_queries import EntryRow, find_entry
from timebank.errors import NotPermittedError, NotVisibleError


def get_visible_entry(session: Session, actor: Actor, word: str, code: str) -> EntryRow:
    """Return the entry under a word and code of a URL, for whose hours moved in it and for those who audit the books.

    Raises NotVisibleError, or NotPermittedError for a broker, who knows of it but does not audit.
    """
    entry = find_entry(session, actor.bank_id, keys_of(word, code))
    if entry is None:
        raise NotVisibleError(code)
    sides = {account_id for line in entry.lines for account_id in line[:2]}
    if actor.account_id not in sides and not may_audit(actor):
        raise NotPermittedError(code) if may_see_all_exchanges(actor) else NotVisibleError(code)
    return entry
