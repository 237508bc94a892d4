"""Groups of one article: questions that one of its texts answers, and near misses that none does.

A collection of one page holds every name that a question may mention, so that only what is said of whom
tells an answer from a near miss. Each question stands beside its own text and those of the same article that
share its words; of the near misses (``evals.train.data.unanswerable``) "none of them" is right.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from evals.train.data.augmentation import augment_question
from evals.train.data.examples import Example, sample_window, sentence_spans
from evals.train.data.lexical_overlap import LexicalIndex, contains_answer, content_words
from evals.train.data.mixture import MixtureSampler, hold_out_articles
from evals.train.data.questions import SQUAD, AnnotatedQuestion, read_sources
from evals.train.data.sampling_weights import Method, Stream
from evals.train.evidence.groups import Group, LabelledPassage, LabelledUnit
from evals.train.evidence.single import passage_of

DATASET = "near_misses"
COUNT = 8_000
WEIGHT = 0.7  # of a group beside one of the service's own retrieval
_TITLED = 0.6  # share of groups whose texts are shown with their article's title, where it has one
_NEIGHBOURS = 3
_CANDIDATES = 10  # texts of the article that are nearest to the question
# Parts of their sum; streams of absent sources are left out.
_SAMPLING_WEIGHTS: Mapping[Stream, float] = {
    (Method.ANSWERABLE, SQUAD): 30,
    (Method.ANSWERABLE, "new_wiki"): 9,
    (Method.ANSWERABLE, "qamr"): 6,
    (Method.ANSWERABLE, "squad2"): 3,
    (Method.HUMAN_UNANSWERABLE, "squad2"): 10,
    (Method.ENTITY_SUBSTITUTION, SQUAD): 12,
    (Method.ENTITY_SUBSTITUTION, "new_wiki"): 3,
    (Method.ENTITY_SWAP, SQUAD): 8,
    (Method.ENTITY_SWAP, "new_wiki"): 2,
    (Method.ENTITY_SWAP, "qamr"): 4,
    (Method.ANSWER_REMOVAL, SQUAD): 8,
    (Method.ANSWER_REMOVAL, "new_wiki"): 2,
    (Method.ABSENT_ATTRIBUTE, SQUAD): 2,
    (Method.ABSENT_ATTRIBUTE, "qamr"): 1,
}


def near_miss_groups(
    folder: Path, squad: Path | None = None, *, seed: int, count: int = COUNT
) -> Iterator[Group]:
    """About ``count`` groups (rounded by stream) of the training articles that aren't held out, shuffled.

    Args:
        folder: that of the span reader's training files.
        squad: SQuAD 1.1's training set.

    Raises:
        OSError, ValueError: a file can't be read, or is another than it should be.
    """
    sources, _ = hold_out_articles(read_sources(folder, squad))
    sampler = MixtureSampler(sources, seed=seed)
    articles = _Articles.of(sources)
    rng = random.Random(f"{seed} near misses")  # noqa: S311 (reproducible, not secret)
    weights = {stream: weight for stream, weight in _SAMPLING_WEIGHTS.items() if stream[1] in sources}
    total = sum(weights.values())
    drawn = [
        (method, question, example)
        for (method, source), weight in weights.items()
        for question, example in islice(
            sampler.with_questions(method, source), round(count * weight / total)
        )
    ]
    rng.shuffle(drawn)
    for number, (method, question, example) in enumerate(drawn):
        others = () if method is Method.ABSENT_ATTRIBUTE else articles.neighbours(question, example, rng)
        yield _group(number, example, others, rng)


def _group(number: int, example: Example, others: Sequence[str], rng: random.Random) -> Group:
    line = f"{example.title}\n" if example.title and rng.random() < _TITLED else ""
    own = replace(passage_of(example), same_page=True)
    passages = [_under(line, own), *(_under(line, _silent(text)) for text in others)]
    return Group(
        id=str(number),
        dataset=DATASET,
        kind=str(example.kind),
        question=augment_question(example.question, rng),
        answerable=example.span is not None,
        weight=WEIGHT,
        passages=tuple(passages),
    )


def _silent(text: str) -> LabelledPassage:
    units = tuple(LabelledUnit(s.start, s.end, supports=False) for s in sentence_spans(text))
    return LabelledPassage(text=text, units=units, relevant=False, same_page=True)


def _under(line: str, passage: LabelledPassage) -> LabelledPassage:
    """A passage below its first line, offsets moved."""
    shift = len(line)
    return replace(
        passage,
        text=line + passage.text,
        units=tuple(LabelledUnit(u.start + shift, u.end + shift, u.supports) for u in passage.units),
        answers=tuple((start + shift, end + shift) for start, end in passage.answers),
    )


@dataclass(frozen=True, slots=True)
class _Articles:
    """The texts of each article by their words."""

    indexes: Mapping[str, LexicalIndex]

    @classmethod
    def of(cls, sources: Mapping[str, Sequence[AnnotatedQuestion]]) -> _Articles:
        texts: dict[str, list[str]] = {}
        for question in (q for source in sources.values() for q in source):
            texts.setdefault(question.article, []).append(question.context)
        return cls({article: LexicalIndex.build(contexts) for article, contexts in texts.items()})

    def neighbours(
        self, question: AnnotatedQuestion, example: Example, rng: random.Random
    ) -> tuple[str, ...]:
        """Windows of the article's other texts that share the question's words, and don't answer it.

        One that has the answer's words, or all content words of the question, may answer it.
        """
        words = content_words(example.question)
        windows = []
        for text in self.indexes[question.article].search(example.question, _CANDIDATES):
            if text == question.context or len(windows) == _NEIGHBOURS:
                continue
            near = max(sentence_spans(text), key=lambda s: len(words & content_words(s.slice(text))))
            window = sample_window(text, near, rng).slice(text)
            holds_answer = bool(question.answer) and contains_answer(window, question.answer_text)
            if not holds_answer and words - content_words(window):
                windows.append(window)
        return tuple(windows)
