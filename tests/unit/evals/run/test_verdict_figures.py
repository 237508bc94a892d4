from __future__ import annotations

from collections.abc import Mapping

import pytest

from evals.run.runner import run
from evals.run.summary import summarise
from rag.types import AnswerUnit, Certainty, Outcome
from tests.unit.evals.forms import CASES, DOGS, GATE, GOOD, ITEMS, abstention, answer, scripted

SURE, LIKELY = Certainty.SURE, Certainty.LIKELY
MIXED: Mapping[str, Outcome | Exception] = {
    "list": answer("Bring", *ITEMS[:2], certainty=LIKELY, confidence=0.6),
    "yes_no": answer(
        "Yes", DOGS, unit=AnswerUnit.YES_NO, certainty=SURE, confidence=0.9, short_answer_confidence=0.8
    ),
    "why": abstention(GATE),
    "fact": answer("nine", GATE, certainty=SURE, confidence=0.7, short_answer_confidence=0.7),
    "parking": answer("two", GATE, certainty=LIKELY, confidence=0.5),
}


def figures(script: Mapping[str, Outcome | Exception]) -> dict[str, tuple[float | None, int]]:
    return {name: (f.value, f.n) for name, f in summarise(run(CASES, scripted(script))).items()}


def test_the_shares_of_verdicts_are_of_the_answerable() -> None:
    """Right, partly, wrong and abstained add up; what an abstention shows is shown."""
    found = figures(MIXED)
    shares = ("answered_right", "partly_right", "answered_wrong", "unanswered")
    assert {name: found[name] for name in shares} == dict.fromkeys(shares, (0.25, 4))
    assert found["shown"] == (0.75, 4)
    assert found["abstained"] == (0.0, 1)
    # Half of the list, the sentence on dogs, nothing of the abstention, the sentence on the gate.
    assert found["evidence_coverage"] == (0.625, 4)


def test_a_question_that_broke_stays_in_every_share() -> None:
    """It is neither right nor wrong, and shows nothing."""
    found = figures({**GOOD, "list": RuntimeError("boom")})
    assert (found["answered_right"], found["answered_wrong"], found["shown"]) == (
        (0.75, 4),
        (0.0, 4),
        (0.75, 4),
    )
    assert found["evidence_coverage"] == (0.75, 4)


def test_risk_is_over_the_answers_given() -> None:
    """Of four two mislead: yes for no, and an answer where there is none. Of the two sure ones one does."""
    found = figures(MIXED)
    assert (found["risk"], found["risk_sure"]) == ((0.5, 4), (0.5, 2))
    assert figures(GOOD)["risk"] == (0.0, 4)


def test_without_a_sure_answer_its_risk_is_not_measured() -> None:
    """None over n=0, so that a bound on it fails."""
    likely = {name: answer("a", GATE, certainty=LIKELY) for name in GOOD}
    assert figures(likely)["risk_sure"] == (None, 0)


def test_coverage_is_told_by_certainty() -> None:
    """The share of the answerable questions that are answered and so marked."""
    found = figures(MIXED)
    assert (found["coverage_sure"], found["coverage_likely"]) == ((0.5, 4), (0.25, 4))


def test_confidence_is_calibrated_against_the_evidence() -> None:
    """The evidence holds in two of four answers (yes for no cites it too), in bins of one answer each."""
    gaps = (0.6 - 0, 1 - 0.9, 1 - 0.7, 0.5 - 0)
    value, n = figures(MIXED)["ece_evidence"]
    assert n == 4
    assert value == pytest.approx(sum(gaps) / 4)


def test_the_short_answers_confidence_is_calibrated_against_the_short_answer() -> None:
    """Yes is wrong, nine is right; answers without a short one are left out."""
    value, n = figures(MIXED)["ece_short_answer"]
    assert n == 2
    assert value == pytest.approx((0.8 + 0.3) / 2)
    assert figures(GOOD)["ece_short_answer"] == (None, 0)
