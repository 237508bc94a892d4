"""Readings to a decision: the best passage, how sure, what competes with it, and the reason for none."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from rag.answering.calibration import sigmoid
from rag.types import Candidate, Certainty, QuestionForm, Reading, Reason
from tests.samples import candidate, document
from tests.unit.rag.answering.samples import calibration, decider, fit, question, reading, span

TEXT = "Captain Ada Moss called for a recount from Ines Falk."
WHO = question("Who called for a recount?")
DAYS = question("How many days off after five years?")


LARGE_POOL = [candidate(document("Nobody asked.", id=f"other{n}")) for n in range(40)]


def here() -> Candidate:
    return candidate(document(TEXT))


def test_the_best_passage_and_its_short_answer_are_decided_on() -> None:
    """With the probability of each: of the evidence by relevance, of the short answer by its margin."""
    one, two = here(), candidate(document("Bob asked.", id="b"))
    readings = [
        reading(two, relevance=1.0, spans=[span(two, "Bob", 6.0)]),
        reading(one, relevance=3.0, spans=[span(one, "Ada Moss", 2.0)]),
    ]
    decision = decider().decide(WHO, [one, two, *LARGE_POOL], readings)
    assert [r.candidate for r in decision.ranked] == [one, two]
    assert decision.reading is readings[1]
    assert not decision.by_spans
    assert decision.span is not None
    assert decision.span.text == "Ada Moss"
    assert decision.confidence == pytest.approx(sigmoid(3.0))
    assert decision.short_answer_confidence == pytest.approx(sigmoid(2.0))
    assert decision.reason is None


@pytest.mark.parametrize(
    ("form", "pool", "best"),
    [
        (QuestionForm.FACT, [], "b"),
        (QuestionForm.WHY, [], "b"),
        (QuestionForm.HOW_TO, [], "d1"),
        (QuestionForm.FACT, LARGE_POOL, "d1"),
    ],
)
def test_spans_decide_on_facts_and_reasons_in_a_small_pool(
    form: QuestionForm, pool: list[Candidate], best: str
) -> None:
    """The highest margin ranks first there, and its own fit tells the probability; else relevance does."""
    one, two = here(), candidate(document("Bob asked.", id="b"))
    readings = [
        reading(one, relevance=3.0, spans=[span(one, "Ada Moss", 2.0)]),
        reading(two, relevance=1.0, spans=[span(two, "Bob", 6.0)]),
    ]
    made = decider(calibration(span_evidence=fit(margin=0.5)))
    asked = replace(WHO, form=form)
    decision = made.decide(asked, [one, two, *pool], readings)
    by_spans = best == "b"
    assert decision.ranked[0].candidate.document.id == best
    assert decision.by_spans == by_spans
    assert decision.confidence == pytest.approx(sigmoid(3.0))
    assert made.passages_to_read_closely(asked, [one, two, *pool]) == 2


def test_the_weight_of_retrievals_score_is_the_calibrations() -> None:
    """A fitted weight of 1 makes a passage of a higher score the best."""
    near = candidate(document("Ann asked.", id="near"), fused=3.0)
    far = candidate(document("Bob asked.", id="far"), fused=-1.0)
    readings = [reading(near, relevance=2.0), reading(far, relevance=3.0)]
    best = [
        decider(calibration(fused_weight=weight)).decide(WHO, [near, far], readings).reading
        for weight in (0.0, 1.0)
    ]
    assert best == [readings[1], readings[0]]


def test_the_order_of_readings_makes_no_difference() -> None:
    """Any shuffle gives the same decision, ties included."""
    candidates = [candidate(document(TEXT, id=f"d{n}")) for n in range(4)]
    readings = [
        reading(c, relevance=2.0, spans=[span(c, part, 2.0) for part in ("Ada Moss", "Ines Falk")])
        for c in candidates
    ]
    first = decider().decide(WHO, candidates, readings)
    for seed in range(5):
        shuffled = random.Random(seed).sample(readings, len(readings))
        assert decider().decide(WHO, candidates, shuffled) == first


def certainty(relevance: float, *, risks: tuple[tuple[float, float], ...], **settings: float) -> object:
    only = here()
    made = decider(calibration(risks=risks), **settings)
    return made.decide(WHO, [only], [reading(only, relevance=relevance)]).certainty


RISKS = ((0.0, 0.3), (0.6, 0.1), (0.8, 0.04))


@pytest.mark.parametrize(
    ("relevance", "expected"),
    [(-1.0, None), (0.0, Certainty.LIKELY), (1.0, Certainty.LIKELY), (2.0, Certainty.SURE)],
)
def test_an_answer_is_sure_likely_or_none_by_threshold_and_risk(
    relevance: float, expected: Certainty | None
) -> None:
    """The threshold is 0.4; of answers above 0.8 at most 5 % were wrong."""
    assert certainty(relevance, risks=RISKS) is expected


def test_a_greater_accepted_risk_marks_more_answers_as_sure() -> None:
    """Up to all that are given; a smaller one marks fewer, or none."""
    at_one = [certainty(1.0, risks=RISKS, sure_risk=risk) for risk in (0.01, 0.05, 0.1, 1.0)]
    assert at_one == [Certainty.LIKELY, Certainty.LIKELY, Certainty.SURE, Certainty.SURE]
    assert certainty(-1.0, risks=RISKS, sure_risk=1.0) is None
    assert certainty(8.0, risks=(), sure_risk=0.05) is Certainty.LIKELY


def test_no_answer_below_the_threshold_is_sure() -> None:
    """Whatever its risk."""
    assert certainty(1.0, risks=((0.0, 0.0),), threshold=0.9) is None
    assert certainty(3.0, risks=((0.0, 0.0),), threshold=0.9) is Certainty.SURE


@pytest.mark.parametrize(
    ("share", "threshold"),
    [(0.0, 0.4), (1 / 3, 0.4), (5 / 12, 0.527), (0.5, 0.651), (1.0, 0.651)],
)
def test_a_small_collection_needs_more_confidence(share: float, threshold: float) -> None:
    """The odds of the threshold rise by the factor, from a third of the passages retrieved to a half."""
    only = candidate(document(TEXT))
    made = decider(threshold=0.4, small_collection_odds=2.8)
    decided = [
        made.decide(WHO, [only], [reading(only, relevance=relevance)], retrieved_share=share)
        for relevance in (0.0, 0.5, 1.0)
    ]
    assert [d.threshold for d in decided] == pytest.approx([threshold] * 3, abs=1e-3)
    assert [d.certainty is not None for d in decided] == [d.confidence >= threshold for d in decided]
    assert made.decide(WHO, [], [], retrieved_share=share).threshold == decided[0].threshold


def test_the_thresholds_0_and_1_are_the_same_everywhere() -> None:
    """All is answered, or nothing but what is certain."""
    for threshold in (0.0, 1.0):
        assert decider(threshold=threshold).decide(WHO, [], [], retrieved_share=1.0).threshold == threshold


def test_no_candidates_means_nothing_relevant() -> None:
    """Nothing was retrieved: nothing to read."""
    decision = decider().decide(WHO, [], [])
    assert (decision.reason, decision.reading, decision.confidence) == (Reason.NOTHING_RELEVANT, None, 0.0)


def test_an_irrelevant_passage_says_not_answered_here() -> None:
    """Below the threshold with a relevance under zero; above zero it is a lack of confidence."""
    only = here()
    unsure = decider(calibration(evidence=fit(relevance=1.0, bias=-5.0)))
    assert decider().decide(WHO, [only], [reading(only, relevance=-2.0)]).reason is Reason.NOT_ANSWERED_HERE
    assert unsure.decide(WHO, [only], [reading(only, relevance=1.0)]).reason is Reason.NOT_CONFIDENT
    assert decider().decide(WHO, [only], []).reason is Reason.NOT_ANSWERED_HERE


def test_a_passage_without_spans_is_decided_on_without_a_short_answer() -> None:
    """Its evidence may hold what was asked; a short answer has no probability."""
    only = here()
    decision = decider().decide(WHO, [only], [reading(only, relevance=4.0)])
    assert (decision.certainty, decision.span) == (Certainty.SURE, None)
    assert decision.short_answer_confidence == 0.0
    assert not decider().has_short_answer(decision)


@pytest.mark.parametrize(
    ("relevances", "second"),
    [((1.0, -0.5), "b"), ((1.0, -1.5), None), ((4.0, 3.9), None), ((1.0,), None)],
)
def test_only_a_likely_answer_has_a_second_passage(relevances: tuple[float, ...], second: str | None) -> None:
    """One about as relevant; of a sure answer, or far below the best, there is none."""
    candidates = [candidate(document(TEXT, id=name)) for name in "ab"]
    readings = [reading(c, relevance=r) for c, r in zip(candidates, relevances, strict=False)]
    decision = decider(calibration(risks=RISKS)).decide(WHO, candidates, readings)
    assert (decision.second and decision.second.candidate.document.id) == second


def test_a_clear_answer_needs_no_further_reading() -> None:
    """From a confidence of 0.9; a setting above 1 never ends reading early."""
    only = here()
    clear, unclear = (decider().decide(WHO, [only], [reading(only, relevance=r)]) for r in (3.0, 2.0))
    assert (decider().is_clear(clear), decider().is_clear(unclear)) == (True, False)
    assert not decider(clear=1.01).is_clear(clear)


def test_a_short_answer_is_shown_from_its_own_probability() -> None:
    """However relevant its passage is."""
    only = here()
    shown = [
        decider().has_short_answer(
            decider().decide(WHO, [only], [reading(only, relevance=8.0, spans=[span(only, "Ada Moss", m)])])
        )
        for m in (-0.5, 0.5)
    ]
    assert shown == [False, True]


def test_a_refined_span_is_taken_unless_it_loses_the_expected_type() -> None:
    """ "25 days" for "25" is taken, "two" (years) for "25" (days) is not."""
    row = candidate(document("two to five years | 25 days"))
    first = span(row, "25", 3)
    assert decider().choose_better_typed(DAYS, span(row, "25 days", 3), first).text == "25 days"
    assert decider().choose_better_typed(DAYS, span(row, "two", 3), first) is first
    both_untyped = span(row, "two to", 3)
    assert decider().choose_better_typed(DAYS, both_untyped, span(row, "two", 3)) is both_untyped


def answers(*parts: tuple[str, str, str, float]) -> tuple[list[Candidate], list[Reading]]:
    """Candidates and readings of (document id, text, short answer, margin); relevance falls in order."""
    candidates, readings = [], []
    for number, (name, text, part, margin) in enumerate(parts):
        read = candidate(document(text, id=name))
        candidates.append(read)
        readings.append(reading(read, relevance=6.0 - number, spans=[span(read, part, margin)]))
    return candidates, readings


STAFF_DAYS = question("How many days do staff get?")


def test_other_documents_that_give_another_number_compete() -> None:
    """Each other value once, only from documents that don't give the best answer too, only if probable."""
    candidates, readings = answers(
        ("a", "Staff get 25 days.", "25 days", 6.0),
        ("b", "Staff get 30 days.", "30 days", 5.0),
        ("c", "All get 30 days off.", "30 days", 4.0),
        ("d", "Staff got 25 days, they say.", "25 days", 3.0),
        ("e", "Staff get 28 days.", "28 days", -4.0),
    )
    again = candidate(document("Staff got 25 days, they say. Before it was 21 days.", id="d"))
    readings.append(reading(again, relevance=0.5, spans=[span(again, "21 days", 3.0)]))
    decision = decider().decide(STAFF_DAYS, candidates, readings)
    assert decision.span is not None
    assert decision.span.text == "25 days"
    assert [(other.text, other.candidate.document.id) for other in decision.competing] == [("30 days", "b")]


def test_a_document_does_not_contradict_itself() -> None:
    """Two values of one document speak of two things: no conflict."""
    doc = document("Staff get 25 days. Managers get 30 days.")
    one, two = candidate(doc, "Staff get 25 days."), candidate(doc, "Managers get 30 days.")
    readings = [
        reading(one, relevance=5.0, spans=[span(one, "25 days", 5.0)]),
        reading(two, relevance=4.0, spans=[span(two, "30 days", 4.0)]),
    ]
    assert decider().decide(STAFF_DAYS, [one, two], readings).competing == ()


def test_an_answer_of_another_type_does_not_compete() -> None:
    """A name is no number of days."""
    candidates, readings = answers(
        ("a", "Staff get 25 days.", "25 days", 6.0),
        ("b", "Ask 30 Elm Street.", "Elm Street", 5.0),
    )
    assert decider().decide(STAFF_DAYS, candidates, readings).competing == ()


def test_competing_answers_are_bounded_and_can_be_switched_off() -> None:
    """Three at most; none at a conflict confidence above 1."""
    candidates, readings = answers(
        *((f"d{n}", f"Staff get {20 + n} days.", f"{20 + n} days", 6.0) for n in range(6))
    )
    competing = decider().decide(STAFF_DAYS, candidates, readings).competing
    assert [other.text for other in competing] == ["21 days", "22 days", "23 days"]
    assert decider(conflict_confidence=1.01).decide(STAFF_DAYS, candidates, readings).competing == ()


def test_where_the_best_passage_has_no_short_answer_nothing_competes() -> None:
    """There is nothing to contradict."""
    candidates, readings = answers(("b", "Staff get 30 days.", "30 days", 5.0))
    only = here()
    decision = decider().decide(STAFF_DAYS, [only, *candidates], [reading(only, relevance=8.0), *readings])
    assert decision.competing == ()


def test_features_are_those_of_the_best_passage_by_name() -> None:
    """Beside the others that were read."""
    one, two = here(), candidate(document("Bob asked.", id="b"))
    decision = decider().decide(WHO, [one, two], [reading(one, relevance=3.0), reading(two, relevance=3.0)])
    assert decision.features["relevance"] == 3.0
    assert decision.features["share"] == pytest.approx(-0.693, abs=1e-3)
