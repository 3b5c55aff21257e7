"""Benchmark of matching requests to offers by their words, on listings of real time banks.

    python -m benchmarks.matching --train FILE --test FILE [--json]
    python -m benchmarks.matching --folds FILE [--json]

Files are CSV with the columns timebank, listing_id, type (offer or request), description, category_ids (separated by
spaces; below 12 are groups, above kinds). A request counts if it has a kind, its bank has at least 20 offers, and one
of them shares a kind with it: these are the right answers. All offers of its bank are ranked, ties by their order in
the file. `--folds` trains on four fifths of the banks of a file and tests on the others, five times.

Each way of ranking prints hit@1, hit@5 with its interval (95 %, banks drawn again 2,000 times), and the mean reciprocal
rank; `no_result` is the share of requests of which no word is known. `text_own_vocabulary` reads no training file;
`categories_known` knows the kinds of the offers; `parent` the groups of the offers and of the request.
"""

import argparse
import csv
import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from timebank.words.learned_model import LearnedModel, train_on_listings
from timebank.words.likeness import chosen_likeness, group_likeness, likeness, meanings_of, narrowed, share_likeness
from timebank.words.ridge import one_thread
from timebank.words.vocabulary import read_vocabulary
from timebank.words.vocabulary_model import VocabularyModel, train_on_vocabulary

LOWEST_KIND = 12
FEWEST_OFFERS = 20
FOLDS = 5
_DRAWS = 2000
#: The groups of the kinds, by the ranges of their ids in the files; kinds above have none.
_GROUPS = ((12, 18, 1), (19, 25, 2), (26, 32, 3), (33, 39, 4), (40, 46, 5), (47, 53, 6), (54, 60, 7), (61, 67, 8),
           (68, 74, 9), (75, 81, 10), (82, 85, 11), (86, 86, 4))  # fmt: skip
PARENTS: Mapping[int, int] = {kind: group for low, high, group in _GROUPS for kind in range(low, high + 1)}


@dataclass(frozen=True)
class Line:
    """A listing of a file."""

    bank: str
    is_offer: bool
    text: str
    ids: frozenset[int]

    @property
    def kinds(self) -> frozenset[int]:
        """Return the ids of its kinds."""
        return frozenset(id_ for id_ in self.ids if id_ >= LOWEST_KIND)

    @property
    def groups(self) -> frozenset[int]:
        """Return the ids of its groups, chosen or above its kinds."""
        return frozenset(id_ for id_ in self.ids if id_ < LOWEST_KIND) | {
            PARENTS[id_] for id_ in self.kinds if id_ in PARENTS
        }


@dataclass
class Ranks:
    """The rank of the first right answer for each request, by way of ranking; banks are in the same order."""

    by_way: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    banks: list[str] = field(default_factory=list)
    unknown: list[bool] = field(default_factory=list)
    top3: list[bool] = field(default_factory=list)
    request_ms: list[float] = field(default_factory=list)
    train_seconds: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, dict[str, object]]:
        """Return all figures, rounded."""
        figures: dict[str, dict[str, object]] = {
            way: {**_hits(ranks), "interval": self._interval(ranks)} for way, ranks in self.by_way.items()
        }
        figures["text"] |= {"no_result": _round(self.unknown), "category_top3": _round(self.top3)}
        figures["seconds"] = {"train": _round(self.train_seconds), "request_ms": _round(self.request_ms)}
        figures["requests"] = {"number": len(self.banks), "banks": len(set(self.banks))}
        return figures

    def _interval(self, ranks: Sequence[int]) -> list[float]:
        """Return the 95 % interval of hit@5 over banks."""
        by_bank: dict[str, list[bool]] = defaultdict(list)
        for bank, rank in zip(self.banks, ranks, strict=True):
            by_bank[bank].append(rank <= 5)
        sums = np.array([[sum(hits), len(hits)] for hits in by_bank.values()])
        drawn = np.random.default_rng(1).integers(len(sums), size=(_DRAWS, len(sums)))
        shares = sums[drawn].sum(axis=1)
        return [round(float(value), 3) for value in np.percentile(shares[:, 0] / shares[:, 1], (2.5, 97.5))]


def _hits(ranks: Sequence[int]) -> dict[str, object]:
    array = np.array(ranks)
    return {
        "hit@1": _round(array <= 1),
        "hit@5": _round(array <= 5),
        "mrr": _round(1 / array),
    }


def _round(values: Sequence[float] | Sequence[bool] | np.ndarray) -> float:
    return round(float(np.mean(values)), 3)


def read_lines(path: Path) -> list[Line]:
    """Return the listings of a file, in order."""
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Line(
                row["timebank"],
                row["type"] == "offer",
                row["description"],
                frozenset(int(id_) for id_ in row["category_ids"].split()),
            )
            for row in csv.DictReader(file)
        ]


def train(lines: Sequence[Line], model: VocabularyModel, ranks: Ranks) -> LearnedModel[int]:
    """Return what is learned from listings, and note how long it took."""
    start = time.perf_counter()
    learned = train_on_listings(model, [line.text for line in lines], [line.kinds for line in lines], PARENTS)
    ranks.train_seconds.append(time.perf_counter() - start)
    return learned


def rank_all(lines: Sequence[Line], model: VocabularyModel, learned: LearnedModel[int], ranks: Ranks) -> None:
    """Rank the offers of each bank for each of its requests, in every way."""
    by_bank: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_bank[line.bank].append(line)
    for bank, of_bank in sorted(by_bank.items()):
        offers = [line for line in of_bank if line.is_offer]
        if len(offers) >= FEWEST_OFFERS:
            _rank_bank(bank, [line for line in of_bank if not line.is_offer], offers, model, learned, ranks)


def _rank_bank(
    bank: str,
    requests: Sequence[Line],
    offers: Sequence[Line],
    model: VocabularyModel,
    learned: LearnedModel[int],
    ranks: Ranks,
) -> None:
    of_offers = meanings_of([line.text for line in offers], model, learned)
    offers_shares = learned.shares(learned.vectors([line.text for line in offers]))
    groups, label_groups = [offer.groups for offer in offers], [PARENTS.get(label) for label in learned.labels]
    in_groups = narrowed(offers_shares, label_groups, groups)
    kinds = [[learned.column_of[id_] for id_ in line.kinds if id_ in learned.column_of] for line in offers]
    for line in requests:
        right = np.array([bool(line.kinds & offer.kinds) for offer in offers])
        if not right.any():
            continue
        start = time.perf_counter()
        of_line = meanings_of([line.text], model, learned)
        ranks.request_ms.append((time.perf_counter() - start) * 1000)
        shares = learned.shares(learned.vectors([line.text]))
        text = likeness(of_line, of_offers)[0]
        within = narrowed(shares, label_groups, [line.groups])
        scores = {
            "text": text,
            "text_own_vocabulary": (of_line.own @ of_offers.own.T)[0],
            "categories_known": text + chosen_likeness(shares, kinds)[0],
            "parent": text
            + chosen_likeness(within, kinds)[0]
            + group_likeness([line.groups], groups)[0]
            + share_likeness(within, in_groups)[0],
        }
        for way, score in scores.items():
            ranks.by_way[way].append(1 + int(np.argmax(right[np.argsort(-score, kind="stable")])))
        ranks.banks.append(bank)
        ranks.unknown.append(not of_line.own.any())
        best = [learned.labels[column] for column in np.argsort(-shares[0], kind="stable")[:3]]
        ranks.top3.append(bool(line.kinds & set(best)))


def cross_validate(lines: Sequence[Line], model: VocabularyModel, ranks: Ranks) -> None:
    """Test each fifth of the banks, trained on the others."""
    banks = sorted({line.bank for line in lines})
    for fold in range(FOLDS):
        tested = set(banks[fold::FOLDS])
        learned = train([line for line in lines if line.bank not in tested], model, ranks)
        rank_all([line for line in lines if line.bank in tested], model, learned, ranks)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path)
    parser.add_argument("--test", type=Path)
    parser.add_argument("--folds", type=Path)
    parser.add_argument("--json", action="store_true", help="print nothing but the figures as JSON")
    options = parser.parse_args()
    if (options.folds is None) == (options.train is None or options.test is None):
        parser.error("name --train and --test, or --folds")
    ranks = Ranks()
    with one_thread():
        model = train_on_vocabulary(read_vocabulary())
        if options.folds:
            cross_validate(read_lines(options.folds), model, ranks)
        else:
            rank_all(read_lines(options.test), model, train(read_lines(options.train), model, ranks), ranks)
    figures = ranks.figures()
    if options.json:
        print(json.dumps(figures))
        return
    for way, values in figures.items():
        print(f"{way:20}", "  ".join(f"{name} {value}" for name, value in values.items()))


if __name__ == "__main__":
    main()
