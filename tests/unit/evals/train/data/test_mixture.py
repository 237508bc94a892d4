"""The mixture: the same seed draws the same examples, held-out articles are whole, negatives lack answers."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest

from evals.train.data.examples import Example, ExampleKind
from evals.train.data.lexical_overlap import contains_answer
from evals.train.data.mixture import MixtureSampler, hold_out_articles, repeat_epochs
from evals.train.data.questions import AnnotatedQuestion
from evals.train.data.sampling_weights import Method
from rag.types import Span
from tests.unit.evals.train.data.sample_questions import OTHER, TEXT, annotated, numbered_questions
from tests.unit.evals.train.data.test_hard_negatives import IceEmbedder


def test_the_same_seed_draws_the_same_examples() -> None:
    """Another seed draws others."""
    streams = [
        MixtureSampler(numbered_questions(), seed=seed).stream(Method.ANSWERABLE, "new_wiki")
        for seed in (7, 7, 8)
    ]
    first, again, other = (list(islice(stream, 90)) for stream in streams)
    assert first == again
    assert first != other


def test_a_stream_without_questions_is_refused() -> None:
    """With a plain message instead of a search without end."""
    stream = MixtureSampler(numbered_questions(), seed=7).stream(Method.HUMAN_UNANSWERABLE, "new_wiki")
    with pytest.raises(ValueError, match="no questions for 'asked:new_wiki'"):
        next(stream)


def test_retrieved_negatives_lack_the_answer() -> None:
    """They need an embedder."""
    questions = [*numbered_questions()["new_wiki"], annotated("Who sold the machine?", "a farmer", OTHER)]
    sources = {"new_wiki": questions}
    sampler = MixtureSampler(sources, seed=7, embedder=IceEmbedder())
    for example in islice(sampler.stream(Method.RETRIEVED_NEGATIVE, "new_wiki"), 20):
        assert example.span is None
        answer = "a farmer" if "machine" in example.question else "1904"
        assert not contains_answer(example.context, answer)
    with pytest.raises(ValueError, match="embedder"):
        next(MixtureSampler(sources, seed=7).stream(Method.RETRIEVED_NEGATIVE, "new_wiki"))


def test_same_article_negatives_are_of_the_questions_article() -> None:
    """A more similar text of another article is none."""
    own = annotated("When did the Aberdeen Pavilion open?", "1904", TEXT)
    questions = [
        own,
        replace(own, question="Who sold the machine?", context=OTHER, answer=Span(0, 3)),
        replace(own, article="other", context="The Aberdeen Pavilion opened to visitors, they say."),
    ]
    stream = MixtureSampler({"squad": questions}, seed=7).stream(Method.SAME_ARTICLE_NEGATIVE, "squad")
    examples = [example for example in islice(stream, 20) if example.question == own.question]
    assert examples
    assert all(example.span is None and example.context in OTHER for example in examples)


def test_held_out_articles_are_whole() -> None:
    """No article has both training and held-out questions."""
    questions = [
        AnnotatedQuestion(
            domain="wiki", article=f"new_wiki:{n % 40}", question="Q?", context=TEXT, answer=Span(0, 3)
        )
        for n in range(200)
    ]
    training, held_out = hold_out_articles({"new_wiki": questions})
    assert {q.article for q in training["new_wiki"]}.isdisjoint({q.article for q in held_out["new_wiki"]})
    assert len(training["new_wiki"]) + len(held_out["new_wiki"]) == 200
    assert held_out["new_wiki"]


def test_a_later_epoch_has_every_example_in_another_order() -> None:
    """The first epoch keeps the order."""
    examples = [
        Example(question=str(n), context="x", span=None, kind=ExampleKind.HARD_NEGATIVE) for n in range(8)
    ]
    repeated = [example.question for example in repeat_epochs(examples, 20, seed=3)]
    assert repeated[:8] == [str(n) for n in range(8)]
    assert sorted(repeated[8:16]) == repeated[:8] != repeated[8:16]
    assert len(repeated) == 20
    assert repeated == [example.question for example in repeat_epochs(examples, 20, seed=3)]
    assert repeat_epochs([], 20, seed=3) == []
