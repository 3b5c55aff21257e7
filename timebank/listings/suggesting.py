"""Which kinds of help a few words are likely to be, so that people need not look through the list."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from timebank.listings.meanings import Models, find_models
from timebank.listings.tree import Branch, Tree

MOST_SUGGESTED = 3
#: A kind scores at least this, and this share of the best one.
_LEAST_SCORE, _LEAST_SHARE = 0.2, 0.4


def suggest_kinds(session: Session, bank_id: int, tree: Tree, text: str) -> Sequence[Branch]:
    """Return at most three kinds of the bank that the text is likely to be, the likeliest first; none of main kinds."""
    kinds = [branch for branch in tree.by_id.values() if branch.parent_id and tree.may_be_chosen(branch.id)]
    models = find_models(session, bank_id)
    if not kinds or not models.knows(text):
        return []
    scores = _scores(models, kinds, text)
    best = sorted(kinds, key=lambda branch: -scores[branch.id])[:MOST_SUGGESTED]
    least = max(_LEAST_SCORE, _LEAST_SHARE * scores[best[0].id])
    return [branch for branch in best if scores[branch.id] >= least]


def _scores(models: Models, kinds: Sequence[Branch], text: str) -> dict[int, float]:
    """Return {category id: how likely it is}: by the vocabulary or the kind's own name, and by what was learned."""
    column = models.vocabulary.column_of
    own_kinds = [branch for branch in kinds if branch.key not in column]
    own = models.vocabulary.vectors([text, *(branch.name for branch in own_kinds)])
    by_name = own[1:] @ own[0]
    scores = {branch.id: float(own[0][column[branch.key]]) for branch in kinds if branch.key in column}
    scores |= {branch.id: float(score) for branch, score in zip(own_kinds, by_name, strict=True)}
    if models.learned is not None:
        shares = models.learned.shares(models.learned.vectors([text]))[0]
        for branch in kinds:
            if branch.key in models.learned.column_of:
                scores[branch.id] += float(shares[models.learned.column_of[branch.key]])
    return scores
