"""The order of training: how much of what, drawn with a seed, each pass over a source with new windows.

A list is its seed's and its length's alone, and any prefix of it has the same mix: training may stop
where time does.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice, repeat

from evals.train.data import unanswerable as negatives
from evals.train.data.examples import Example, Row, positive
from evals.train.data.hard_negatives import NearIndex
from evals.train.data.lexical_overlap import OverlapIndex
from rag.english.function_words import ARTICLES
from rag.english.verbs import BE, DO, HAVE
from rag.ports.embedder import Embedder
from rag.storage.index_rows import context_prefix
from rag.types import Span

# Parts of a hundred, by maker and source.
SHARES: Mapping[str, float] = {
    "span:new_wiki": 20,
    "span:pairs": 17,
    "span:qamr": 12,
    "span:reddit": 5,
    "span:amazon_reviews": 5,
    "span:policyqa": 1.5,
    "span:squad2": 3,
    "asked:squad2": 4.5,
    "elsewhere:new_wiki": 7,
    "elsewhere:qamr": 4,
    "elsewhere:reddit": 1.5,
    "elsewhere:amazon_reviews": 1.5,
    "elsewhere:policyqa": 0.5,
    "exchanged:new_wiki": 4,
    "exchanged:qamr": 2,
    "exchanged:squad2": 1,
    "removed:new_wiki": 3,
    "removed:reddit": 0.5,
    "removed:amazon_reviews": 0.5,
    "removed:pairs": 3,
    "silent:new_wiki": 1,
    "silent:qamr": 2.5,
}
# The same where SQuAD 1.1's training set is at hand: most of it, the rest for other kinds of text and for
# questions that people wrote to have no answer. Its sentence pairs are of the same articles.
SQUAD_SHARES: Mapping[str, float] = {
    "span:squad": 38,
    "span:new_wiki": 8,
    "span:qamr": 6,
    "span:reddit": 3,
    "span:amazon_reviews": 3,
    "span:policyqa": 2,
    "span:squad2": 3,
    "asked:squad2": 4,
    "elsewhere:squad": 2,
    "near:squad": 7,
    "beside:squad": 8,
    "elsewhere:new_wiki": 1,
    "near:new_wiki": 0.6,
    "elsewhere:qamr": 0.5,
    "elsewhere:reddit": 0.5,
    "elsewhere:amazon_reviews": 0.5,
    "elsewhere:policyqa": 0.5,
    "exchanged:squad": 5,
    "exchanged:squad2": 0.5,
    "removed:squad": 4,
    "silent:squad": 1,
    "silent:qamr": 1.5,
}
# Endings of the articles that are never learnt from, so that progress can be seen.
_WATCHED = {
    "new_wiki": ("5", "28"),
    "squad2": ("15", "25", "35", "45", "55", "65", "75", "85", "95"),
    "squad": (":77", ":177", ":277", ":377"),
}
_TITLED = 0.5
_NAMED = 0.2
_BARE = 0.15
_KEY_WORDS = 0.06
_SLIPS = 0.06
_CHATTY = 0.08
_FILLERS = ARTICLES | (BE - {"being"}) | DO | HAVE | frozenset("at for in it its of on to what which".split())
_TALK = (
    "hi, {}",
    "hello! {}",
    "ok so {}",
    "question: {}",
    "can you tell me: {}",
    "please tell me, {}",
    "I'd like to know: {}",
    "not sure who to ask, but {}",
    "{} thanks",
    "{} asking for a colleague",
)
_MISSES = 200_000
_LONGEST = 170  # words; a longer text has no sentence ends, and would be cut anywhere
Maker = Callable[[Row, random.Random], Example | None]


class Mixer:
    """Draws examples from rows. ``embedder`` is needed where the shares ask for "near" ones.

    >>> examples = Mixer(rows, seed=7).draw(96_000)  # doctest: +SKIP
    """

    def __init__(
        self,
        rows: Mapping[str, Sequence[Row]],
        *,
        seed: int,
        longest: int | None = None,
        shares: Mapping[str, float] = SHARES,
        embedder: Embedder | None = None,
    ) -> None:
        self._rows = rows
        self._seed = seed
        self._longest = longest or _LONGEST
        self._shares = shares
        self._indexes = overlap_indexes(rows)
        self._embedder = embedder
        self._near: dict[str, NearIndex] = {}  # by pool
        self._titles = {row.context: row.title for members in rows.values() for row in members if row.title}
        self._names = {name: _question_names(members) for name, members in rows.items()}

    def draw(self, count: int) -> list[Example]:
        """The first ``count`` examples of the seed's order (rounded by share, then shuffled).

        Raises:
            ValueError: where a share can't be met: its rows give no example, or there is no embedder.
        """
        rng = random.Random(self._seed)  # noqa: S311 (reproducible, not secret)
        present = {name: share for name, share in self._shares.items() if name.split(":")[1] in self._rows}
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
                if example and example.context.count(" ") > self._longest:
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
            return lambda row, rng: negatives.elsewhere(row, self._indexes[row.pool], self._titles, rng)
        if kind == "near":
            return lambda row, rng: negatives.elsewhere(row, self._nearest(row.pool), self._titles, rng)
        if kind == "beside":
            # Near misses under the right title.
            articles = _indexes_by(lambda row: row.article, self._rows[source])
            return lambda row, rng: negatives.elsewhere(row, articles[row.article], self._titles, rng)
        if kind == "exchanged":
            return lambda row, rng: negatives.exchanged(row, _near(names, row, rng), rng)
        return {"removed": negatives.removed, "silent": negatives.silent}[kind]

    def _nearest(self, pool: str) -> NearIndex:
        """Made when first asked for: it embeds every text of the pool."""
        if pool not in self._near:
            if self._embedder is None:
                raise ValueError("texts near in meaning need an embedder")
            self._near[pool] = NearIndex(self._indexes[pool], self._embedder)
        return self._near[pool]


def passes(examples: Sequence[Example], count: int, *, seed: int) -> list[Example]:
    """``count`` examples: all of them in their order, then again and again in others."""
    rng = random.Random(f"{seed} passes")  # noqa: S311 (reproducible, not secret)
    more = (example for again in repeat(examples) for example in rng.sample(again, len(again)))
    return list(islice(chain(examples, more), count if examples else 0))


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


def overlap_indexes(rows: Mapping[str, Sequence[Row]]) -> dict[str, OverlapIndex]:
    """The texts of each pool, to be found by words; not those of the pairs, which overlap each other."""
    members = (row for source in rows.values() for row in source if row.pool != "pairs")
    return _indexes_by(lambda row: row.pool, members)


def _indexes_by(key: Callable[[Row], str], rows: Iterable[Row]) -> dict[str, OverlapIndex]:
    texts: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        texts[key(row)].append(row.context)
    return {name: OverlapIndex.of(contexts) for name, contexts in texts.items()}


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
    """The title before the text half of the time, where one is known, and the question as users type it.

    The service shows none, but its texts begin with all sorts of lines. A text without a title gets its most
    frequent name for one now and then; one with it, the name for a section's heading.
    """
    example = replace(example, question=typed(example.question, rng))
    title, name = example.title, next(iter(negatives.names_in(example.context)), "")
    if rng.random() >= (_TITLED if title else _NAMED):
        return example
    path = [name] if title and name and rng.random() < _NAMED else []
    shown = context_prefix((title or name, *path)) if title or name else ""
    span = example.span and example.span.shift(len(shown))
    return replace(example, context=shown + example.context, span=span)


def typed(question: str, rng: random.Random) -> str:
    """A question as it is mostly, else without its mark, as key words only, with a slip, or in small talk."""
    chance = rng.random()
    if chance < _BARE:
        return question.rstrip(" ?")
    if chance < _BARE + _KEY_WORDS:
        kept = [word for word in question.rstrip(" ?").split() if word.lower() not in _FILLERS]
        return " ".join(kept) if len(kept) > 2 else question
    if chance < _BARE + _KEY_WORDS + _SLIPS:
        words = question.split()
        long = [i for i, word in enumerate(words) if word.isalpha() and len(word) > 4]
        if long:
            at = rng.choice(long)
            words[at] = _slip(words[at], rng)
            return " ".join(words)
    if chance > 1 - _CHATTY:
        return rng.choice(_TALK).format(question)
    return question


def _slip(word: str, rng: random.Random) -> str:
    """A letter left out, doubled, or exchanged with the next."""
    at = rng.randrange(1, len(word) - 1)
    inside = rng.choice(("", word[at] * 2, word[at + 1] + word[at]))
    return word[:at] + inside + word[at + (2 if len(inside) == 2 and inside[0] != inside[1] else 1) :]
