"""The confidence's fit: what it learns from readings, and its scores."""

from __future__ import annotations

import random

import pytest

from evals.train.calibration.collect_readings import Reading, ReadingKind
from evals.train.calibration.fit import OMITTED_FEATURE, best_answers, fit
from rag.answering.calibration import FEATURES, Calibration
from rag.question.analysis import analyze_question
from rag.types import SpanAnswer
from tests.samples import candidate, document, find

ANALYSIS = analyze_question("Who called for a recount?", limit=100)


def reading(dataset: str, number: int, margin: float, *, right: bool) -> Reading:
    """One question whose best span has this margin; no other feature tells right from wrong."""
    retrieved = candidate(document("Captain Ada Moss called.", id=f"{dataset}{number}"), dense=0.5)
    span = SpanAnswer(
        candidate=retrieved,
        span=find(retrieved.document.text, "Ada Moss"),
        text="Ada Moss",
        score=margin,
        no_answer_score=0.0,
    )
    return Reading(
        dataset=dataset,
        question_id=f"{dataset}{number}",
        kind=ReadingKind.ANSWERABLE if right else ReadingKind.GOLD_REMOVED,
        analysis=ANALYSIS,
        candidates=(retrieved,),
        spans=(span,),
        right=(right,),
    )


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    """Two sets of a hundred; most right answers have greater margins than wrong ones."""
    rng = random.Random(3)
    return [
        reading(name, n, rng.gauss(3.0 if right else -3.0, 2.0), right=right)
        for name in ("one", "other")
        for n in range(100)
        for right in (rng.random() < 0.5,)
    ]


def test_a_greater_margin_is_a_greater_confidence(readings: list[Reading]) -> None:
    """What is fitted loads as a calibration."""
    fitted, picture = fit(readings)
    calibration = Calibration.load(fitted)
    two = [reading("one", number, margin, right=True) for number, margin in enumerate((-3.0, 3.0))]
    (low, high), _ = best_answers(two, 1.0)
    for pool_size in (1, 50):
        assert calibration.probability(low, pool_size) < 0.3 < 0.7 < calibration.probability(high, pool_size)
    assert picture.startswith("<svg")


def test_each_fit_omits_one_feature(readings: list[Reading]) -> None:
    """The rank's weight is 0 for large pools, the z-score's for small ones."""
    fitted, _ = fit(readings)
    for name, omitted in OMITTED_FEATURE.items():
        assert fitted[name]["weight"][FEATURES.index(omitted)] == 0.0
        assert fitted[name]["weight"][FEATURES.index("margin")] > 0.5


def test_each_set_is_scored_by_a_fit_to_the_others(readings: list[Reading]) -> None:
    """A set without a right answer, or without a wrong one, has no such score."""
    nothing_right = [reading("third", n, -3.0 + n / 10, right=False) for n in range(20)]
    fitted, _ = fit([*readings, *nothing_right])
    areas = fitted["fitted"]["auroc_elsewhere"]
    assert set(areas) == {"one", "other"}
    assert min(areas.values()) > 0.9
