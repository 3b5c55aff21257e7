"""Registry of the pages that show a subject. A page package registers its own when it is imported."""

from flask import url_for

from timebank.references import Ref, Subject, parse

_ENDPOINTS: dict[Subject, str] = {}


def register_page(subject: Subject, endpoint: str) -> None:
    """Register the view that shows a row of this kind under its `code`. Raises ValueError if the kind has a page."""
    if subject in _ENDPOINTS:
        raise ValueError(subject)
    _ENDPOINTS[subject] = endpoint


def list_pages() -> dict[Subject, str]:
    """Return {kind of subject: endpoint}."""
    return dict(_ENDPOINTS)


def url_of(ref: Ref | None) -> str | None:
    """Return the URL of the page that shows what a reference points to; None where there is no such page."""
    endpoint = _ENDPOINTS.get(ref.subject) if ref is not None and ref.code else None
    return url_for(endpoint, code=ref.code) if ref is not None and endpoint is not None else None


def url_of_text(reference: str) -> str | None:
    """Return the same for a reference as rows keep it, such as `exchange:K7M3Q2XZ`."""
    return url_of(parse(reference))
