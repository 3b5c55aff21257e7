"""Making the digests of all banks in which it is day."""

from timebank.banks.queries import find_bank, list_banks
from timebank.digests.making import forget_old, is_anybody_due, make_batch
from timebank.digests.news import read_news
from timebank.notices.rules import is_quiet
from timebank.worker.each_bank import in_each
from timebank.worker.office import Office


def make_digests(office: Office) -> int:
    """Make the digests that are due, for `send_what_is_due` to send or for brokers to post; return how many.

    Without e-mail none that would go by it: nobody would get them, and what is in them is not shown a second time.
    """
    with office.reading() as session:
        slugs = [slug for slug, _name in list_banks(session)]
    return sum(in_each(slugs, lambda slug: _make_of(office, slug)))


def _make_of(office: Office, slug: str) -> int:
    now, made, after, has_mail = office.watch(), 0, 0, office.means.has_mail
    with office.reading() as session:
        bank = find_bank(session, slug)
        if bank is None or is_quiet(now, bank.time_zone) or not is_anybody_due(session, bank, now, has_mail=has_mail):
            return 0
        news = read_news(session, bank, now)
        session.expunge(bank)
    while True:
        with office.writing() as session:
            batch = make_batch(session, bank, news, now, after, has_mail=has_mail)
        made += batch.made
        if batch.next is None:
            break
        after = batch.next
    with office.writing() as session:
        forget_old(session, bank.id, now)
    return made
