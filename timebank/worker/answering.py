"""Answering requests for a code by e-mail: the page answered at once, and the same to everybody."""

from timebank.signing_in import mailed_codes
from timebank.worker.office import Office

#: So many in one transaction.
BATCH = 50


def answer_requests(office: Office) -> None:
    """Mail codes to all who asked for one."""
    while True:
        with office.writing() as session:
            if mailed_codes.answer_requests(session, now=office.watch(), most=BATCH) < BATCH:
                return
