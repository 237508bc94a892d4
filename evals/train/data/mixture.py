"""The mixture of training examples: how much of which kind from which source, drawn with a seed.

Each pass over a source takes new windows. Examples depend on the seed and their number alone, and every
prefix of them has the same mixture, so that training may stop at any time.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice, repeat

from evals.train.data.augmentation import augment
from evals.train.data.examples import Example, ExampleKind, answerable_example
from evals.train.data.hard_negatives import HybridIndex
from evals.train.data.lexical_overlap import LexicalIndex
from evals.train.data.questions import SQUAD, AnnotatedQuestion
from evals.train.data.sampling_weights import (
    SAMPLING_WEIGHTS,
    SQUAD_SAMPLING_WEIGHTS,
    Method,
    Stream,
)
from evals.train.data.unanswerable import (
    ask_absent_attribute,
    capitalized_names,
    hard_negative,
    remove_answer,
    substitute_entity,
)
from rag.ports.embedder import Embedder
from rag.settings import Settings
from rag.types import Span
from rag.wiring import open_embedder

# Suffixes of the names of articles that are held out, by source.
_HELD_OUT = {
    "new_wiki": ("5", "28"),
    "squad2": ("15", "25", "35", "45", "55", "65", "75", "85", "95"),
    SQUAD: (":77", ":177", ":277", ":377"),
}
_OWN_ARTICLE = 0.6  # probability that a substitute name is of the question's article
_MAX_MISSES = 200_000  # questions in a row that gave no example
_MAX_WORDS = 170  # a longer context has no sentence ends, and would be cut anywhere
_Maker = Callable[[AnnotatedQuestion, random.Random], Example | None]
_Questions = Mapping[str, Sequence[AnnotatedQuestion]]  # by source


class MixtureSampler:
    """Draws examples of questions by sampling weights.

    Args:
        sources: questions by source name; streams of absent sources are left out.
        max_words: of a context.
        embedder: needed where ``RETRIEVED_NEGATIVE`` has a weight.

    >>> examples = MixtureSampler(sources, seed=7).draw(96_000)  # doctest: +SKIP
    """

    def __init__(
        self,
        sources: _Questions,
        *,
        seed: int,
        max_words: int | None = None,
        weights: Mapping[Stream, float] = SAMPLING_WEIGHTS,
        embedder: Embedder | None = None,
    ) -> None:
        self._sources = sources
        self._seed = seed
        self._max_words = max_words or _MAX_WORDS
        self._weights = weights
        self._lexical_indexes = indexes_by_domain(sources)
        self._embedder = embedder
        self._hybrid_indexes: dict[str, HybridIndex] = {}  # by domain
        self._titles = {q.context: q.title for questions in sources.values() for q in questions if q.title}
        self._names = {source: _question_names(questions) for source, questions in sources.items()}

    def draw(self, count: int) -> list[Example]:
        """About ``count`` examples (rounded by stream), shuffled.

        Raises:
            ValueError: a stream has no questions or gives no examples, or there is no embedder for it.
        """
        rng = random.Random(self._seed)  # noqa: S311 (reproducible, not secret)
        weights = {stream: weight for stream, weight in self._weights.items() if stream[1] in self._sources}
        total = sum(weights.values())
        examples: list[Example] = []
        for (method, source), weight in weights.items():
            stream = self.stream(method, source)
            examples += [augment(next(stream), rng) for _ in range(round(count * weight / total))]
        rng.shuffle(examples)
        return examples

    def stream(self, method: Method, source: str) -> Iterator[Example]:
        """Examples without end: pass after pass over the source, each in a new order.

        Raises:
            ValueError: on the first example, see ``draw``.
        """
        rng = random.Random(f"{self._seed} {method}:{source}")  # noqa: S311
        make = self._maker(method, source)
        unanswerable = method is Method.HUMAN_UNANSWERABLE
        questions = [q for q in self._sources[source] if (q.answer is None) == unanswerable]
        misses = 0
        while questions:
            for question in rng.sample(questions, len(questions)):
                example = make(question, rng)
                if example and example.context.count(" ") > self._max_words:
                    example = None
                misses = 0 if example else misses + 1
                if example:
                    yield example
                elif misses > _MAX_MISSES:
                    raise ValueError(f"no example of '{method}:{source}' among {len(questions)} questions")
        raise ValueError(f"no questions for '{method}:{source}'")

    def _maker(self, method: Method, source: str) -> _Maker:
        titles = self._titles
        if method is Method.LEXICAL_NEGATIVE:
            return lambda q, rng: hard_negative(q, self._lexical_indexes[q.domain], titles, rng)
        if method is Method.RETRIEVED_NEGATIVE:
            return lambda q, rng: hard_negative(q, self._hybrid_index(q.domain), titles, rng)
        if method is Method.SAME_ARTICLE_NEGATIVE:
            articles = _indexes_by(lambda q: q.article, self._sources[source])
            return lambda q, rng: hard_negative(q, articles[q.article], titles, rng)
        if method is Method.ENTITY_SUBSTITUTION:
            names = self._names[source]
            return lambda q, rng: substitute_entity(q, _substitute_names(names, q, rng), rng)
        makers: Mapping[Method, _Maker] = {
            Method.ANSWERABLE: answerable_example,
            Method.HUMAN_UNANSWERABLE: _human_unanswerable,
            Method.ANSWER_REMOVAL: remove_answer,
            Method.ABSENT_ATTRIBUTE: ask_absent_attribute,
        }
        return makers[method]

    def _hybrid_index(self, domain: str) -> HybridIndex:
        """Built on first use: it embeds every text of the domain."""
        if domain not in self._hybrid_indexes:
            if self._embedder is None:
                raise ValueError("retrieved negatives need an embedder")
            self._hybrid_indexes[domain] = HybridIndex(self._lexical_indexes[domain], self._embedder)
        return self._hybrid_indexes[domain]


def draw_mixture(
    sources: _Questions, count: int, *, seed: int, max_words: int | None = None
) -> list[Example]:
    """About ``count`` examples of the mixture for these sources: with SQuAD 1.1 among them or without.

    Raises:
        ValueError: see ``MixtureSampler.draw``.
    """
    has_squad = SQUAD in sources
    sampler = MixtureSampler(
        sources,
        seed=seed,
        max_words=max_words,
        weights=SQUAD_SAMPLING_WEIGHTS if has_squad else SAMPLING_WEIGHTS,
        embedder=open_embedder(Settings()) if has_squad else None,
    )
    return sampler.draw(count)


def repeat_epochs(examples: Sequence[Example], count: int, *, seed: int) -> list[Example]:
    """``count`` examples: all of them in their order, then epoch after epoch in new orders."""
    rng = random.Random(f"{seed} passes")  # noqa: S311 (reproducible, not secret)
    later = (example for epoch in repeat(examples) for example in rng.sample(epoch, len(epoch)))
    return list(islice(chain(examples, later), count if examples else 0))


def hold_out_articles(
    sources: _Questions,
) -> tuple[dict[str, list[AnnotatedQuestion]], dict[str, list[AnnotatedQuestion]]]:
    """Training questions and held-out ones: whole articles of three sources."""
    training: dict[str, list[AnnotatedQuestion]] = {}
    held_out: dict[str, list[AnnotatedQuestion]] = {}
    for source, questions in sources.items():
        for question in questions:
            is_held_out = source in _HELD_OUT and question.article.endswith(_HELD_OUT[source])
            (held_out if is_held_out else training).setdefault(source, []).append(question)
    return training, held_out


def validation_examples(sources: _Questions, *, seed: int, count: int) -> list[Example]:
    """Of held-out questions: ``count`` answerable, ``count / 2`` human-written unanswerable and ``count / 2``
    hard negatives.
    """
    sampler = MixtureSampler(sources, seed=seed)
    streams = (
        (Method.ANSWERABLE, "new_wiki", count),
        (Method.ANSWERABLE, "squad2", count // 2),
        (Method.HUMAN_UNANSWERABLE, "squad2", count // 2),
        (Method.LEXICAL_NEGATIVE, "new_wiki", count // 2),
    )
    return [
        example
        for method, source, number in streams
        for example in islice(sampler.stream(method, source), number)
    ]


def _human_unanswerable(question: AnnotatedQuestion, rng: random.Random) -> Example:
    """A question that people wrote to be unanswerable, beside a random window of its context."""
    position = rng.randrange(len(question.context))
    anchored = replace(question, answer=Span(position, position + 1))
    return replace(answerable_example(anchored, rng), span=None, kind=ExampleKind.HUMAN_UNANSWERABLE)


def indexes_by_domain(sources: _Questions) -> dict[str, LexicalIndex]:
    """The texts of each domain; without those of the sentence pairs, which overlap each other."""
    questions = (q for source in sources.values() for q in source if q.domain != "pairs")
    return _indexes_by(lambda q: q.domain, questions)


def _indexes_by(
    key: Callable[[AnnotatedQuestion], str], questions: Iterable[AnnotatedQuestion]
) -> dict[str, LexicalIndex]:
    texts: dict[str, list[str]] = defaultdict(list)
    for question in questions:
        texts[key(question)].append(question.context)
    return {name: LexicalIndex.build(contexts) for name, contexts in texts.items()}


def _question_names(questions: Sequence[AnnotatedQuestion]) -> dict[str, list[str]]:
    """The names in each article's questions; under "" those of the whole source."""
    names: dict[str, list[str]] = defaultdict(list)
    for question in questions:
        for name in capitalized_names(question.question):
            names[question.article].append(name)
            names[""].append(name)
    return names


def _substitute_names(
    names: Mapping[str, Sequence[str]], question: AnnotatedQuestion, rng: random.Random
) -> Sequence[str]:
    """Names of the question's own article more often than not, where it has more than three."""
    own = names.get(question.article, ())
    return own if len(set(own)) > 3 and rng.random() < _OWN_ARTICLE else names.get("", ())
