"""The confidence's fit: what it learns from readings, and what it says of itself."""

from __future__ import annotations

import random

import pytest

from evals.train.calibrate import LEFT_OUT, best_of, fit
from evals.train.calibration.collect_readings import Kind, Sample
from rag.answering.decision import FEATURES, Calibration
from rag.question.analysis import analyze_question
from rag.types import SpanAnswer
from tests.samples import candidate, document, find

ANALYSIS = analyze_question("Who called for an apology?", limit=100)


def sample(dataset: str, number: int, margin: float, *, right: bool) -> Sample:
    """One question whose best span has this margin."""
    # A cosine of 0.5 says nothing: the margin alone does.
    found = candidate(document("Sheriff Grady Judd called.", id=f"{dataset}{number}"), dense=0.5)
    span = SpanAnswer(
        candidate=found,
        span=find(found.document.text, "Grady Judd"),
        text="Grady Judd",
        score=margin,
        no_answer_score=0.0,
    )
    return Sample(
        dataset=dataset,
        question_id=f"{dataset}{number}",
        kind=Kind.ANSWERABLE if right else Kind.GOLD_REMOVED,
        analysis=ANALYSIS,
        candidates=(found,),
        spans=(span,),
        right=(right,),
    )


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    """Two sets of a hundred, whose right answers have the greater margins, but for some of them."""
    rng = random.Random(3)
    return [
        sample(name, n, rng.gauss(3.0 if right else -3.0, 2.0), right=right)
        for name in ("one", "other")
        for n in range(100)
        for right in (rng.random() < 0.5,)
    ]


def test_a_fit_is_a_calibration_that_believes_in_margins(samples: list[Sample]) -> None:
    """What is written can be read, and a greater margin is a greater confidence."""
    fitted, picture = fit(samples)
    calibration = Calibration.load(fitted)
    two = [sample("one", number, margin, right=True) for number, margin in enumerate((-3.0, 3.0))]
    (low, high), _ = best_of(two, 1.0)
    for retrieved in (1, 50):
        assert calibration.probability(low, retrieved) < 0.3 < 0.7 < calibration.probability(high, retrieved)
    assert picture.startswith("<svg")


def test_each_fit_leaves_one_feature_out(samples: list[Sample]) -> None:
    """How a passage stands among many, or its rank among a few, has no say in the other's fit."""
    fitted, _ = fit(samples)
    for name, absent in LEFT_OUT.items():
        assert fitted[name]["weight"][FEATURES.index(absent)] == 0.0
        assert fitted[name]["weight"][FEATURES.index("margin")] > 0.5


def test_it_tells_how_well_each_set_is_foretold_by_the_others(samples: list[Sample]) -> None:
    """Of a set without a right answer, or without a wrong one, nothing can be told."""
    nothing_right = [sample("third", n, -3.0 + n / 10, right=False) for n in range(20)]
    fitted, _ = fit([*samples, *nothing_right])
    told = fitted["fitted"]["auroc_elsewhere"]
    assert set(told) == {"one", "other"}
    assert min(told.values()) > 0.9
