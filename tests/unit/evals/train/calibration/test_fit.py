"""The fit of both probabilities: what it learns from decisions, and its scores."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from evals.train.calibration import fit as fitting
from evals.train.calibration.collect_readings import JudgedDecision, ReadingKind
from evals.train.calibration.fit import FUSED_WEIGHT, fit, uninformative_calibration
from rag.answering.calibration import FEATURES, Calibration


def decision(
    dataset: str,
    number: int,
    *,
    right: bool,
    relevance: float = 0.0,
    margin: float = 0.0,
    short: bool | None = None,
    kind: ReadingKind | None = None,
) -> JudgedDecision:
    """One question's; no feature but relevance and margin tells right from wrong."""
    values = {"relevance": relevance, "margin": margin}
    return JudgedDecision(
        dataset=dataset,
        question_id=f"{dataset}-{number}",
        kind=kind or (ReadingKind.ANSWERABLE if right else ReadingKind.UNANSWERABLE),
        features=tuple(values.get(name, 0.0) for name in FEATURES),
        evidence_right=right,
        short_answer_right=short,
    )


@pytest.fixture(scope="module")
def decisions() -> list[JudgedDecision]:
    """Two sets of 150; relevance tells right evidence, the margin alone right short answers.

    A third of the questions want no short answer.
    """
    rng = random.Random(3)
    made = []
    for name in ("one", "other"):
        for n in range(150):
            right, short = rng.random() < 0.5, rng.random() < 0.5
            made.append(
                decision(
                    name,
                    n,
                    right=right,
                    relevance=rng.gauss(3.0 if right else -3.0, 2.0),
                    margin=rng.gauss(2.0 if short else -2.0, 1.5),
                    short=None if n % 3 == 0 else short,
                )
            )
    return made


@pytest.fixture(scope="module")
def fitted(decisions: list[JudgedDecision]) -> dict[str, Any]:
    return fit(decisions)[0]


def features(**values: float) -> list[float]:
    return [values.get(name, 0.0) for name in FEATURES]


def test_each_probability_is_learnt_from_its_own_target(fitted: dict[str, Any]) -> None:
    """Relevance makes the evidence probable, the margin the short answer, and neither the other."""
    loaded = Calibration.load(fitted)
    low, high = (loaded.evidence_probability(features(relevance=x)) for x in (-3.0, 3.0))
    assert low < 0.2 < 0.8 < high
    low, high = (loaded.short_answer_probability(features(margin=x)) for x in (-2.0, 2.0))
    assert low < 0.2 < 0.8 < high
    evidence, short_answer = (
        dict(zip(FEATURES, fitted[name]["weight"], strict=True)) for name in ("evidence", "short_answer")
    )
    assert abs(evidence["margin"]) < 0.4 * evidence["relevance"]
    assert abs(short_answer["relevance"]) < 0.4 * short_answer["margin"]
    assert loaded.fused_weight == FUSED_WEIGHT


def test_questions_without_a_short_answer_count_for_the_evidence_alone(fitted: dict[str, Any]) -> None:
    """300 decisions, of which 200 have a short answer to judge."""
    scores = fitted["fitted"]
    assert (scores["evidence"]["decisions"], scores["short_answer"]["decisions"]) == (300, 200)


def test_both_targets_have_out_of_fold_figures(fitted: dict[str, Any]) -> None:
    """AUROC, calibration error, risk and coverage by threshold, and the share answered by set and kind."""
    for scores in fitted["fitted"].values():
        assert 0.9 < scores["auroc"] < 1.0
        assert 0.0 < scores["expected_calibration_error"] < 0.1
        coverages = [point["coverage"] for point in scores["risk_coverage"]]
        assert coverages == sorted(coverages, reverse=True)
        assert scores["risk_coverage"][-1]["risk"] < scores["risk_coverage"][0]["risk"]
    answered = fitted["fitted"]["evidence"]["answered"]
    assert answered["one, answerable"] > 0.8 > 0.3 > answered["one, not answered"]


def test_risks_never_grow_with_the_threshold(fitted: dict[str, Any]) -> None:
    """They begin at 0, where every decision counts, and end where no answer is left."""
    risks = fitted["risks"]
    assert risks[0][0] == 0.0
    for (lower, risk), (higher, next_risk) in pairwise(risks):
        assert lower < higher
        assert risk >= next_risk
    assert risks[-1][1] < 0.05 < risks[0][1]
    loaded = Calibration.load(fitted)
    assert 0.0 < loaded.threshold_for(0.05) <= loaded.threshold_for(0.02) <= 1.0


def test_kinds_and_sets_count_by_their_weight() -> None:
    """A large set counts no more than a small one: wrong are 0.3 of 0.9, whatever the numbers."""
    rng = random.Random(5)
    counts = (("large", True, 90), ("small", True, 15), ("large", False, 60), ("small", False, 30))
    uneven = [
        decision(name, n, right=right, relevance=rng.gauss(1.0 if right else -1.0, 1.0), short=right)
        for name, right, count in counts
        for n in range(count)
    ]
    assert fit(uneven)[0]["risks"][0] == (0.0, pytest.approx(0.3 / 0.9, abs=1e-4))


def test_a_question_with_and_without_its_gold_passages_is_in_one_fold(
    monkeypatch: pytest.MonkeyPatch, decisions: list[JudgedDecision]
) -> None:
    """No fit has seen a question that it predicts; each decision is predicted once."""
    seen: list[Any] = []
    predict = fitting._predicted_by_others

    def record(rows: Any, held_out: Any) -> Any:
        if len(rows.decisions) == len(both):
            seen.append((rows.decisions, held_out))
        return predict(rows, held_out)

    removed = [
        decision(d.dataset, int(d.question_id.rpartition("-")[2]), right=False, kind=ReadingKind.GOLD_REMOVED)
        for d in decisions
        if d.evidence_right
    ]
    both = [*decisions, *removed]
    monkeypatch.setattr(fitting, "_predicted_by_others", record)
    fit(both)
    folds = seen[: fitting.FOLDS]
    for judged, held_out in folds:
        names = np.array([d.question_id for d in judged])
        assert not {*names[held_out]} & {*names[~held_out]}
    assert (sum(held_out.astype(int) for _, held_out in folds) == 1).all()


def test_each_set_is_scored_by_a_fit_to_the_others(decisions: list[JudgedDecision]) -> None:
    """A set without a right answer, or without a wrong one, has no such score."""
    nothing_right = [decision("third", n, right=False, relevance=-3.0 + n / 10) for n in range(20)]
    fitted, _ = fit([*decisions, *nothing_right])
    areas = fitted["fitted"]["evidence"]["auroc_elsewhere"]
    assert set(areas) == {"one", "other"}
    assert min(areas.values()) > 0.9


def test_decisions_by_spans_are_fitted_by_themselves(decisions: list[JudgedDecision]) -> None:
    """There the margin tells what relevance tells in the others."""
    rng = random.Random(7)
    by_spans = []
    for n in range(200):
        right = rng.random() < 0.5
        made = decision("spans", n, right=right, margin=rng.gauss(3.0 if right else -3.0, 1.0))
        by_spans.append(replace(made, by_spans=True))
    loaded = Calibration.load(fit([*decisions, *by_spans])[0])
    low, high = (loaded.evidence_probability(features(margin=m), by_spans=True) for m in (-3.0, 3.0))
    assert low < 0.1 < 0.9 < high
    low, high = (loaded.evidence_probability(features(relevance=r)) for r in (-3.0, 3.0))
    assert low < 0.2 < 0.8 < high


def test_the_margin_counts_by_the_overlap() -> None:
    """Where it tells right from wrong only of questions in the passage's words, it counts only there."""
    rng = random.Random(9)
    overlap = FEATURES.index("overlap")
    made = []
    for n in range(400):
        right, shared = rng.random() < 0.5, float(n % 2)
        margin = rng.gauss(3.0 if right else -3.0, 1.0) if shared else rng.gauss(0.0, 3.0)
        one = decision("one", n, right=right, margin=margin, short=right)
        values = [shared if number == overlap else value for number, value in enumerate(one.features)]
        made.append(replace(one, features=tuple(values)))
    loaded = Calibration.load(fit(made)[0])
    low, high = (loaded.evidence_probability(features(margin=m, overlap=1.0)) for m in (-3.0, 3.0))
    assert low < 0.1 < 0.9 < high
    low, high = (loaded.evidence_probability(features(margin=m)) for m in (-3.0, 3.0))
    assert abs(high - low) < 0.3


def test_decisions_that_are_all_right_can_not_be_fitted() -> None:
    """Nothing tells what wrong ones look like."""
    right = [decision("one", n, right=True, relevance=float(n), short=True) for n in range(40)]
    with pytest.raises(ValueError, match="class"):
        fit(right)


def test_a_feature_that_never_varies_is_harmless(decisions: list[JudgedDecision]) -> None:
    """Most features here are 0 throughout: their scale is 1, their weight 0."""
    fitted, picture = fit(decisions)
    cosine = FEATURES.index("cosine")
    assert (fitted["scale"][cosine], fitted["evidence"]["weight"][cosine]) == (1.0, 0.0)
    assert picture.startswith("<svg")


def test_an_uninformative_calibration_gives_one_half() -> None:
    """To everything; no threshold keeps any risk."""
    loaded = Calibration.load(uninformative_calibration(0.7))
    assert loaded.evidence_probability(features(relevance=8.0)) == 0.5
    assert loaded.short_answer_probability(features(margin=-8.0)) == 0.5
    assert (loaded.fused_weight, loaded.threshold_for(1.0)) == (0.7, 1.0)
