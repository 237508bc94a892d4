"""Which groups a training step sees, and which of a group's passages."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from evals.train.evidence.groups import Group, LabelledPassage

_PASSAGES = 8  # of a retrieved group
_RELEVANT = 2  # of these at most
_NEGATIVES = 3  # beside the one text of a published example
_RANK_OFFSET = 3  # a negative is drawn with probability 1 / (rank + this)
_SAME_PAGE = 2.0  # how much likelier, where it is of the question's own page
_WITHOUT_HEADINGS = 0.08  # share of retrieved groups that are shown without titles and headings


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """How many groups of each source a step holds."""

    retrieved: int = 5  # questions over a collection, with retrieved passages
    published: int = 3  # published examples, with lexically near texts of the same source
    yes_no: int = 2  # published examples that ask for yes or no, beside those
    single: int = 6  # one text with a question that it answers or not


class GroupStream:
    """Groups of one source without end, shuffled anew for each pass; the order is the seed's alone."""

    def __init__(self, groups: Sequence[Group], *, seed: int, name: str) -> None:
        self._groups = groups
        self._seed = f"{seed} {name}"

    def __iter__(self) -> Iterator[Group]:
        epoch = 0
        while self._groups:
            order = list(self._groups)
            random.Random(f"{self._seed} {epoch}").shuffle(order)  # noqa: S311 (reproducible, not secret)
            yield from order
            epoch += 1


def sample_retrieved(group: Group, rng: random.Random) -> Group:
    """At most two relevant passages and hard negatives: by rank, those of the same page twice as likely."""
    relevant = [p for p in group.passages if p.relevant]
    rng.shuffle(relevant)
    relevant = relevant[:_RELEVANT]
    others = [p for p in group.passages if not p.relevant and p.rank is not None]
    negatives: list[LabelledPassage] = []
    while others and len(negatives) < _PASSAGES - len(relevant):
        weights = [(_SAME_PAGE if p.same_page else 1.0) / ((p.rank or 0) + _RANK_OFFSET) for p in others]
        negatives.append(others.pop(rng.choices(range(len(others)), weights)[0]))
    passages = [*relevant, *negatives]
    if rng.random() < _WITHOUT_HEADINGS:
        passages = [passage.without_heading_line() for passage in passages]
    return replace(group, passages=tuple(passages))


def sample_published(group: Group, rng: random.Random) -> Group:
    """The example's own text and some that are lexically near."""
    own, others = group.passages[0], group.passages[1:]
    return replace(group, passages=(own, *rng.sample(others, min(_NEGATIVES, len(others)))))
