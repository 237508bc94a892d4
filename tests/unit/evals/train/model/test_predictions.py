"""What a reader reads, and how well margins tell answered from not."""

from __future__ import annotations

from pathlib import Path

from evals.bench import answering
from evals.metrics.exact_match import exact_match
from evals.metrics.f1 import f1
from evals.run import scores
from evals.train import __main__ as training
from evals.train import evaluate_reader
from evals.train.evaluate_reader import Subject, onnx_logits, passages
from evals.train.model.batches import load_tokenizer
from evals.train.model.predictions import best_threshold, read

MODEL = Path(__file__).parents[5] / "rag" / "models" / "reader"


def test_the_scores_are_those_of_evaluations() -> None:
    """Training, the reader's card and benchmarks score an answer as the gate does."""
    for module in (training, evaluate_reader, answering, scores):
        assert (module.f1, module.exact_match) == (f1, exact_match)


def test_the_best_threshold_balances_both_sides() -> None:
    """A cut that parts the two sides has balanced accuracy 1 and lies at the lowest answered margin."""
    assert best_threshold([2.0, 3.0], [0.0, 1.0]) == (2.0, 1.0)


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
