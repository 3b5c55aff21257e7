"""Answering requests for a code by e-mail or text: the page answered at once, and the same to everybody."""

from timebank.signing_in import forgotten
from timebank.worker.office import Office

#: So many in one transaction.
BATCH = 50


def answer_requests(office: Office) -> None:
    """Send codes to all who asked for one."""
    while True:
        with office.writing() as session:
            if forgotten.answer_requests(session, now=office.watch(), most=BATCH, ways=office.means.ways) < BATCH:
                return
