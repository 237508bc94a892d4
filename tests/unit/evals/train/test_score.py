"""Scores of a reader: SQuAD's F1 and exact match, and how well margins tell answered from not."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.train.batches import load_tokenizer
from evals.train.evaluate_reader import Subject, onnx_logits, passages
from evals.train.score import auroc, best_threshold, exact, interval, read, token_f1

MODEL = Path(__file__).parents[4] / "rag" / "models" / "reader"


def test_normal_form_forgives_articles_case_and_punctuation() -> None:
    """ "The Rink!" is exactly "rink"."""
    assert exact("The Rink!", ["rink"]) == 1.0
    assert exact("rinks", ["rink"]) == 0.0


def test_f1_counts_shared_words_with_the_best_reference() -> None:
    """Two of three words said, two of two meant: F1 0.8."""
    assert token_f1("big old rink", ["pond", "old rink"]) == pytest.approx(0.8)
    assert token_f1("pond", ["rink"]) == 0.0


def test_auroc_counts_ties_half() -> None:
    """Of four pairs two are right, one tied, one wrong: 2.5 of 4."""
    assert auroc([1.0, 3.0], [1.0, 2.0]) == pytest.approx(0.625)


def test_the_best_threshold_balances_both_sides() -> None:
    """A cut that parts the two sides has balanced accuracy 1 and lies at the lowest answered margin."""
    assert best_threshold([2.0, 3.0], [0.0, 1.0]) == (2.0, 1.0)


def test_an_interval_holds_its_mean_and_comes_again() -> None:
    """The bootstrap is seeded."""
    low, high = interval([0.0, 1.0] * 50)
    assert 0.38 < low < 0.5 < high < 0.62
    assert (low, high) == interval([0.0, 1.0] * 50)


def test_passages_are_whole_sentences_within_their_words() -> None:
    """No passage is longer than asked unless one sentence is, and nothing is lost."""
    text = " ".join(f"Sentence number {n} is here." for n in range(40))
    parts = passages(text, 20)
    assert max(len(part.split()) for part in parts) <= 20
    assert " ".join(parts) == text


def test_the_shipped_reader_reads() -> None:
    """It finds a plain answer as a slice of the text, and is surer of it than beside another text."""
    tokenizer = load_tokenizer(MODEL, 384)
    question = "When was the ice rink in Windsor built?"
    texts = ("The ice rink in Windsor was built in 1897.", "The club served warm soup in the breaks.")
    found = read([(question, text) for text in texts], tokenizer, onnx_logits(MODEL / "reader.onnx"), batch=1)
    assert found[0].text == "1897"
    assert found[0].margin > found[1].margin


def test_a_served_answer_is_the_whole_name() -> None:
    """As the service reads: from a passage, looked at once more, a name not cut in two."""
    text = (
        "Ships waited. It rained. Mayor Ann Lee asked for an apology on Monday. Nobody came. The fair closed."
    )
    subject = Subject(MODEL / "reader.onnx", MODEL)
    [answer] = subject.served([("Who asked for an apology?", text)])
    assert "Ann Lee" in answer
