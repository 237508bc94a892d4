"""Near misses sifted by a reader: those it would answer from stay, what may answer after all doesn't."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pytest

from evals.train.batches import load_tokenizer
from evals.train.data import Example, Row
from evals.train.measure import onnx_logits
from evals.train.mix import Mixer
from evals.train.score import Reading, read
from evals.train.sieve import Sieve
from rag.types import Span
from tests.unit.test_train_data import Meaning

QUESTION = "When was the film first shown in the United Kingdom?"
HOME = "The film was first shown in the United Kingdom on 26 October 2015, and the crew was there."
ELSEWHERE = "The soundtrack of the film was sold in the United Kingdom on 23 October 2015."
SOONER = "Its cameraman had left the United Kingdom in July of another year."
PLAIN = "In the United Kingdom the film was seen before anywhere else: in the autumn of that year."
FAR = "Bees keep their hives at about thirty-five degrees."
READINGS = {
    HOME: Reading(text="26 October 2015", margin=5.0),
    ELSEWHERE: Reading(text="23 October 2015", margin=3.0),
    SOONER: Reading(text="July", margin=-1.0),
    PLAIN: Reading(text="the autumn", margin=9.0),
    FAR: Reading(text="Bees", margin=-18.0),
}


@pytest.fixture
def sieve() -> Sieve:
    return Sieve(lambda pairs: [READINGS[context] for _, context in pairs])


def asked(context: str = HOME, answer: str = "26 October 2015") -> Row:
    at = context.index(answer)
    span = Span(at, at + len(answer))
    return Row(pool="wiki", article="film", question=QUESTION, context=context, answer=span)


def beside(*contexts: str) -> list[Example]:
    return [Example(question=QUESTION, context=c, span=None, kind="elsewhere") for c in contexts]


def test_what_misleads_most_is_chosen(sieve: Sieve) -> None:
    """Of a question's texts the one it would rather answer from; for a question with none such, nothing."""
    sets: list[list[Example]] = [beside(FAR, SOONER, ELSEWHERE), beside(FAR), [], beside(SOONER)]
    chosen = sieve.hardest([(asked(), examples) for examples in sets])
    assert [example.context for example in chosen] == [ELSEWHERE, SOONER]


def test_what_may_answer_after_all_is_left_out(sieve: Sieve) -> None:
    """A text that the reader is as sure of as of an answer, and one where it finds a word of the answer."""
    assert sieve.hardest([(asked(), beside(PLAIN))]) == []
    row = asked("The film was first shown in the United Kingdom in mid-July.", "mid-July")
    assert sieve.hardest([(row, beside(SOONER))]) == []


@pytest.mark.parametrize(
    ("answer", "misses"), [("26 October 2015", True), ("October 23, 2015", False), ("the 23rd", True)]
)
def test_figures_tell_answers_apart(sieve: Sieve, answer: str, misses: bool) -> None:
    """Another day of the same month is a near miss; the same day, written otherwise, is the answer."""
    row = asked(HOME.replace("26 October 2015", answer), answer)
    assert bool(sieve.hardest([(row, beside(ELSEWHERE))])) == misses


def test_hard_examples_are_drawn_through_the_sieve(sieve: Sieve) -> None:
    """Of the article or near in meaning; without a reader they can't be had, nor where none misleads."""
    rows = {"squad": [asked(), asked(ELSEWHERE, "23 October 2015"), asked(FAR, "Bees")]}
    drawn = list(islice(Mixer(rows, seed=7, embedder=Meaning(), sieve=sieve).stream("hard:squad"), 4))
    assert [(example.context, example.span) for example in drawn] == [(ELSEWHERE, None)] * 4
    with pytest.raises(ValueError, match="reader to sift"):
        next(Mixer(rows, seed=7, embedder=Meaning()).stream("hard:squad"))
    with pytest.raises(ValueError, match="no example of 'hard:squad'"):
        next(Mixer(rows, seed=7, embedder=Meaning(), sieve=Sieve(unmoved)).stream("hard:squad"))


def unmoved(pairs: Sequence[tuple[str, str]]) -> list[Reading]:
    """A reader that answers nothing."""
    return [Reading(text="", margin=-9.0) for _ in pairs]


def test_the_shipped_reader_sifts() -> None:
    """It falls for nothing that has nothing to do with the question."""
    model = Path("rag/models/reader")
    logits, tokenizer = onnx_logits(model / "reader.onnx"), load_tokenizer(model, 224)
    sieve = Sieve(lambda pairs: read(pairs, tokenizer, logits))
    [chosen] = sieve.hardest([(asked(), beside(FAR, ELSEWHERE)), (asked(), beside(FAR))])
    assert chosen.context == ELSEWHERE
