"""The order of training: how much of what, drawn with a seed, each pass over a source with new windows.

A list is its seed's and its length's alone, and any prefix of it has the same mix: training may stop
where time does.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from evals.train import negatives
from evals.train.data import Example, Row, positive
from evals.train.overlap import OverlapIndex
from rag.types import Span

# Parts of a hundred, by maker and source.
SHARES: Mapping[str, float] = {
    "span:new_wiki": 20,
    "span:reddit": 9,
    "span:amazon_reviews": 9,
    "span:qamr": 12,
    "span:policyqa": 2.5,
    "span:squad2": 3,
    "span:pairs": 7,
    "asked:squad2": 4.5,
    "elsewhere:new_wiki": 6,
    "elsewhere:qamr": 4,
    "elsewhere:reddit": 1.5,
    "elsewhere:amazon_reviews": 1.5,
    "elsewhere:policyqa": 0.5,
    "exchanged:new_wiki": 4,
    "exchanged:qamr": 2,
    "exchanged:squad2": 1,
    "removed:new_wiki": 3,
    "removed:reddit": 1.5,
    "removed:amazon_reviews": 1.5,
    "removed:pairs": 4,
    "silent:new_wiki": 1,
    "silent:qamr": 2.5,
}
# Endings of the articles that are never learnt from, so that progress can be seen.
_WATCHED = {"new_wiki": ("5", "28"), "squad2": ("15", "25", "35", "45", "55", "65", "75", "85", "95")}
_TITLED = 0.2
_BARE = 0.15
_MISSES = 200_000
_LONGEST = 170  # words; a longer text has no sentence ends, and would be cut anywhere
Maker = Callable[[Row, random.Random], Example | None]


class Mixer:
    """Draws examples from rows.

    >>> examples = Mixer(rows, seed=7).draw(96_000)  # doctest: +SKIP
    """

    def __init__(self, rows: Mapping[str, Sequence[Row]], *, seed: int) -> None:
        self._rows = rows
        self._seed = seed
        self._indexes = _indexes(rows)
        self._names = {name: _question_names(members) for name, members in rows.items()}

    def draw(self, count: int) -> list[Example]:
        """The first ``count`` examples of the seed's order (rounded by share, then shuffled).

        Raises:
            ValueError: where a share can't be met: its rows give no example.
        """
        rng = random.Random(self._seed)  # noqa: S311 (reproducible, not secret)
        present = {name: share for name, share in SHARES.items() if name.split(":")[1] in self._rows}
        total = sum(present.values())
        examples: list[Example] = []
        for name, share in present.items():
            stream = self.stream(name)
            examples += [dress(next(stream), rng) for _ in range(round(count * share / total))]
        rng.shuffle(examples)
        return examples

    def stream(self, name: str) -> Iterator[Example]:
        """Examples without end: pass after pass over the source, in a new order each."""
        rng = random.Random(f"{self._seed} {name}")  # noqa: S311
        kind, source = name.split(":")
        make = self._maker(kind, source)
        rows = [row for row in self._rows[source] if (row.answer is None) == (kind == "asked")]
        misses = 0
        while rows:
            for row in rng.sample(rows, len(rows)):
                example = make(row, rng)
                if example and example.context.count(" ") > _LONGEST:
                    example = None
                misses = 0 if example else misses + 1
                if example:
                    yield example
                elif misses > _MISSES:
                    raise ValueError(f"no example of '{name}' among {len(rows)} rows")
        raise ValueError(f"no rows for '{name}'")

    def _maker(self, kind: str, source: str) -> Maker:
        names = self._names[source]
        if kind == "span":
            return positive
        if kind == "asked":
            return _asked
        if kind == "elsewhere":
            return lambda row, rng: negatives.elsewhere(row, self._indexes[row.pool], rng)
        if kind == "exchanged":
            return lambda row, rng: negatives.exchanged(row, _near(names, row, rng), rng)
        return {"removed": negatives.removed, "silent": negatives.silent}[kind]


def hold_out(rows: Mapping[str, Sequence[Row]]) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
    """Rows to learn from and rows to watch progress by: some whole articles of two sources."""
    learn: dict[str, list[Row]] = {}
    watch: dict[str, list[Row]] = {}
    for source, members in rows.items():
        for row in members:
            kept = source in _WATCHED and row.article.endswith(_WATCHED[source])
            (watch if kept else learn).setdefault(source, []).append(row)
    return learn, watch


def watched(rows: Mapping[str, Sequence[Row]], *, seed: int, each: int) -> list[Example]:
    """Held-out examples: ``each`` of people's answered, people's unanswered and made unanswered ones."""
    mixer = Mixer(rows, seed=seed)
    names = ("span:new_wiki", "span:squad2", "asked:squad2", "elsewhere:new_wiki")
    counts = (each, each // 2, each // 2, each // 2)
    return [
        example
        for name, count in zip(names, counts, strict=True)
        for example in islice(mixer.stream(name), count)
    ]


def _asked(row: Row, rng: random.Random) -> Example:
    """A question that people wrote to have no answer, beside a window of its text."""
    at = rng.randrange(len(row.context))
    return replace(positive(replace(row, answer=Span(at, at + 1)), rng), span=None, kind="asked")


def _indexes(rows: Mapping[str, Sequence[Row]]) -> dict[str, OverlapIndex]:
    texts: dict[str, list[str]] = defaultdict(list)
    for source in rows.values():
        for row in source:
            texts[row.pool].append(row.context)
    return {pool: OverlapIndex.of(contexts) for pool, contexts in texts.items() if pool != "pairs"}


def _question_names(rows: Sequence[Row]) -> dict[str, list[str]]:
    """The names in each article's questions; under "" all of the source."""
    names: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        for name in negatives.names_in(row.question):
            names[row.article].append(name)
            names[""].append(name)
    return names


def _near(names: Mapping[str, Sequence[str]], row: Row, rng: random.Random) -> Sequence[str]:
    """Names of the row's own article more often than not, where it has some."""
    own = names.get(row.article, ())
    return own if len(set(own)) > 3 and rng.random() < 0.6 else names.get("", ())


def dress(example: Example, rng: random.Random) -> Example:
    """Now and then a heading line before the text, or a question without its mark, as users write."""
    if rng.random() < _BARE:
        example = replace(example, question=example.question.rstrip(" ?"))
    heading = next(iter(negatives.names_in(example.context)), "")
    if not heading or rng.random() >= _TITLED:
        return example
    shift = len(heading) + 1
    span = example.span and Span(example.span.start + shift, example.span.end + shift)
    return replace(example, context=f"{heading}\n{example.context}", span=span)
