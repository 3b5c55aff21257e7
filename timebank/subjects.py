"""Registry of the kinds of subjects. A room registers how the names of its rows are queried.

So the to-do list and the audit name what they are about without importing those rooms: members and exchanges today;
a subject without a registered name is shown by its code.
"""

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy.orm import Session

from timebank.references import Ref, Subject

#: Takes a session, a bank's id and codes; returns {code: name} in one query, without codes that no row has.
ListNames = Callable[[Session, int, Sequence[str]], dict[str, str]]

_NAMES: dict[Subject, ListNames] = {}


def register(subject: Subject, list_names_of_codes: ListNames) -> None:
    """Register how rows of this kind are named. Raises ValueError if the kind has been registered already."""
    if subject in _NAMES:
        raise ValueError(subject)
    _NAMES[subject] = list_names_of_codes


def list_names(session: Session, bank_id: int, refs: Iterable[Ref]) -> dict[Ref, str]:
    """Return {reference: name} with one query for each kind; references without a registered name are left out."""
    codes: dict[Subject, list[str]] = {}
    for ref in refs:
        codes.setdefault(ref.subject, []).append(ref.code)
    return {
        Ref(subject, code): name
        for subject, list_names_of_codes in _NAMES.items()
        if subject in codes
        for code, name in list_names_of_codes(session, bank_id, codes[subject]).items()
    }
