"""The reader's evaluation: the metrics of all evaluations, whole-sentence passages, the best threshold."""

from __future__ import annotations

from evals.bench import answering
from evals.metrics.exact_match import exact_match
from evals.metrics.f1 import f1
from evals.run import scores
from evals.train import __main__ as training
from evals.train import evaluate_reader
from evals.train.evaluate_reader import EvaluatedReader, best_threshold, split_passages
from tests.unit.evals.train.model.tiny_model import READER


def test_the_scores_are_those_of_evaluations() -> None:
    """Training, the reader's card and benchmarks score an answer as the gate does."""
    for module in (training, evaluate_reader, answering, scores):
        assert (module.f1, module.exact_match) == (f1, exact_match)


def test_the_best_threshold_balances_both_error_rates() -> None:
    """A threshold that separates both classes has balanced accuracy 1 and is the lowest answerable margin."""
    assert best_threshold([2.0, 3.0], [0.0, 1.0]) == (2.0, 1.0)


def test_passages_are_whole_sentences_within_their_words() -> None:
    """Nothing is lost."""
    text = " ".join(f"Sentence number {n} is here." for n in range(40))
    passages = split_passages(text, 20)
    assert max(len(passage.split()) for passage in passages) <= 20
    assert " ".join(passages) == text


def test_a_served_answer_is_a_whole_name() -> None:
    """As the service reads: a passage, with span refinement."""
    text = (
        "Ships waited. It rained. Mayor Ann Lee asked for a recount on Monday. Nobody came. The fair closed."
    )
    reader = EvaluatedReader(READER / "reader.onnx", READER)
    [answer] = reader.served_answers([("Who asked for a recount?", text)])
    assert "Ann Lee" in answer
