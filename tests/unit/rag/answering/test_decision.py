"""The chosen answer, its confidence, and the reason for none."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from rag.answering.calibration import FEATURES, Calibration, LogisticFit
from rag.answering.decision import Decider
from rag.errors import ModelError
from rag.question.analysis import analyze_question
from rag.settings import DecideSettings
from rag.types import Candidate, Reason, SpanAnswer
from tests.samples import candidate, document, find

TEXT = "Captain Ada Moss called for a recount from Ines Falk."


def calibration(**weights: float) -> Calibration:
    """Only the named features count, unscaled."""
    fit = LogisticFit(
        weight=tuple(weights.get(name, 0.0) for name in FEATURES), bias=weights.get("bias", 0.0)
    )
    return Calibration(
        mean=(0.0,) * len(FEATURES),
        scale=(1.0,) * len(FEATURES),
        large_pool=fit,
        small_pool=fit,
        retrieval_weight=weights.get("retrieval_weight", 1.0),
    )


def decider(**weights: float) -> Decider:
    return Decider(calibration(**{"margin": 1.0, **weights}), DecideSettings())


def span(read: Candidate, part: str, margin: float) -> SpanAnswer:
    return SpanAnswer(
        candidate=read,
        span=find(read.document.text, part),
        text=part,
        score=margin + 3.0,
        no_answer_score=3.0,
    )


WHO = analyze_question("Who called for a recount?", limit=100)


def test_the_span_with_the_largest_margin_wins() -> None:
    """Where retrieval scores are equal."""
    here = candidate(document(TEXT))
    decision = decider().decide(WHO, [here], [span(here, "Ines Falk", 2), span(here, "Ada Moss", 5)])
    assert decision.best is not None
    assert decision.best.text == "Ada Moss"
    assert decision.reason is None
    assert decision.confidence > 0.99


def test_retrieval_scores_count_in_the_ranking_of_answers() -> None:
    """A slightly better span of a far worse passage loses, unless retrieval has no weight."""
    near = candidate(document("Ann asked.", id="a"), fused=3.0)
    far = candidate(document("Bob asked.", id="b"), fused=-1.0)
    spans = [span(near, "Ann", 4.0), span(far, "Bob", 5.0)]
    with_retrieval = decider().decide(WHO, [near, far], spans).best
    without = decider(retrieval_weight=0.0).decide(WHO, [near, far], spans).best
    assert with_retrieval is not None
    assert without is not None
    assert (with_retrieval.text, without.text) == ("Ann", "Bob")


def test_the_order_of_spans_makes_no_difference() -> None:
    """Any shuffle gives the same decision, ties included."""
    here = candidate(document(TEXT))
    there = candidate(document(TEXT, id="d2"))
    spans = [span(c, part, 2.0) for c in (here, there) for part in ("Ada Moss", "Ines Falk", "recount")]
    first = decider().decide(WHO, [here, there], spans)
    for seed in range(5):
        shuffled = random.Random(seed).sample(spans, len(spans))
        again = decider().decide(WHO, [here, there], shuffled)
        assert again.best == first.best
        assert again.confidence == first.confidence


def test_no_candidates_means_nothing_relevant() -> None:
    """Nothing was retrieved: nothing to read."""
    assert decider().decide(WHO, [], []).reason is Reason.NOTHING_RELEVANT


def test_a_reader_that_prefers_no_answer_says_not_answered_here() -> None:
    """Below the threshold with a margin under zero; above zero it is a lack of confidence."""
    here = candidate(document(TEXT))
    low = decider().decide(WHO, [here], [span(here, "Ada Moss", -2)])
    unsure = decider(bias=-5.0).decide(WHO, [here], [span(here, "Ada Moss", 1)])
    assert low.reason is Reason.NOT_ANSWERED_HERE
    assert unsure.reason is Reason.NOT_CONFIDENT
    assert decider().decide(WHO, [here], []).reason is Reason.NOT_ANSWERED_HERE


def test_cosine_and_rank_are_gated_by_the_readers_uncertainty() -> None:
    """They count by half at a margin of 0, hardly at 7, fully at -9."""
    first = candidate(document("Ann asked.", id="a"), dense=0.8)
    second = candidate(document(TEXT, id="b"), dense=0.9)
    for margin, uncertainty in ((0.0, 0.5), (-9.0, 1.0), (7.0, 0.01)):
        features = decider().decide(WHO, [first, second], [span(second, "Ada Moss", margin)]).features
        assert features["cosine"] == pytest.approx(uncertainty * 0.4, abs=0.01)
        assert features["log_rank"] == pytest.approx(uncertainty * math.log(2), abs=0.01)


def test_a_passage_of_the_lexical_index_alone_has_the_lowest_cosine() -> None:
    """Its own cosine wasn't among the best, so that it can't be higher."""
    near, far = candidate(document("Ann.", id="a"), dense=0.7), candidate(document("Bob.", id="b"), dense=0.3)
    worded = candidate(document(TEXT, id="c"), dense=None)
    features = decider().decide(WHO, [near, far, worded], [span(worded, "Ada Moss", -40)]).features
    assert features["cosine"] == pytest.approx(0.3 - 0.5)


def test_cosines_of_another_embedder_are_not_used() -> None:
    """However high they are: every passage's cosine feature is the average."""
    here = candidate(document(TEXT), dense=0.9)
    fitted = replace(calibration(margin=1.0, cosine=5.0), mean=(0.0, 0.1, 0.0, 0.0, 0.0, 0.0))
    other = Decider(fitted, DecideSettings(), cosines=False)
    assert other.decide(WHO, [here], [span(here, "Ada Moss", 1)]).features["cosine"] == 0.1


def test_names_that_no_candidate_mentions_are_unknown_names() -> None:
    """Falk is in a passage, the FBI in none."""
    here, there = candidate(document(TEXT)), candidate(document("Falk wrote back.", id="b"))
    analysis = analyze_question("What did the FBI tell Falk's staff?", limit=100)
    features = decider().decide(analysis, [here, there], [span(here, "a recount", 3)]).features
    assert analysis.names == ("fbi", "falk's")
    assert features["unknown_names"] == 0.5


def test_an_answer_of_another_type_has_the_type_match_minus_one() -> None:
    """A rank is no age."""
    here = candidate(document(TEXT))
    analysis = analyze_question("How old is Ada Moss?", limit=100)
    assert decider().decide(analysis, [here], [span(here, "Captain", 3)]).features["type_match"] == -1.0


def test_the_same_answer_in_another_passage_agrees() -> None:
    """Case, articles and punctuation don't make another answer."""
    here, there = candidate(document(TEXT)), candidate(document("An recount, the sheriff said.", id="b"))
    spans = [span(here, "a recount", 5), span(there, "An recount,", 4)]
    analysis = analyze_question("What did he call for?", limit=100)
    assert [s.text for s in decider().decide(analysis, [here, there], spans).agreeing] == ["An recount,"]


DAYS = analyze_question("How many days off after five years?", limit=100)


def test_a_number_of_another_unit_ranks_below_one_of_the_unit_asked() -> None:
    """However much larger its margin is."""
    here = candidate(document("two to five years | 25 days"))
    decision = decider().decide(DAYS, [here], [span(here, "two", 9), span(here, "25", 3)])
    assert decision.best is not None
    assert decision.best.text == "25"


def test_a_refined_span_is_taken_unless_it_loses_the_expected_type() -> None:
    """ "25 days" for "25" is taken, "two" (years) for "25" (days) is not."""
    here = candidate(document("two to five years | 25 days"))
    first = span(here, "25", 3)
    assert decider().choose_better_typed(DAYS, span(here, "25 days", 3), first).text == "25 days"
    assert decider().choose_better_typed(DAYS, span(here, "two", 3), first) is first


def test_the_z_score_is_gated_by_the_readers_uncertainty() -> None:
    """It is that of the passage among the candidates, less 7; 0 where all have the same scores."""
    others = [candidate(document("Ann asked.", id=f"o{n}"), dense=0.2 + n % 2 / 100) for n in range(40)]
    here = candidate(document(TEXT), dense=0.6)

    def z_score(candidates: list[Candidate], margin: float) -> float:
        return decider().decide(WHO, candidates, [span(here, "Ada Moss", margin)]).features["z_score"]

    assert z_score([here, *others], -90) == pytest.approx(math.sqrt(40) - 7, abs=0.1)
    assert z_score([here, *others], 0) == pytest.approx((math.sqrt(40) - 7) / 2, abs=0.1)
    assert z_score([here, *others[:9]], -90) == pytest.approx(3 - 7, abs=0.1)
    assert z_score([here, candidate(document("Bob asked.", id="b"), dense=0.6)], -90) == pytest.approx(
        -7, abs=0.01
    )


def test_in_a_small_pool_the_z_score_does_not_count() -> None:
    """Up to 25 candidates the fit for small pools, from 40 on that for large ones, interpolated between."""
    one = LogisticFit(weight=(0.0,) * len(FEATURES), bias=0.0)
    both = replace(calibration(), large_pool=replace(one, bias=50.0), small_pool=replace(one, bias=-50.0))
    sure = [both.probability([0.0] * len(FEATURES), retrieved) for retrieved in (1, 25, 28, 34, 40, 200)]
    assert sure == pytest.approx([0.0, 0.0, 0.2, 0.6, 1.0, 1.0])


@pytest.mark.parametrize("features", [["margin"], list(FEATURES)])
def test_a_calibration_of_other_features_is_refused(features: list[str]) -> None:
    """Weights without their features would be noise; so would one fit where there are two."""
    with pytest.raises(ModelError, match="fit it again"):
        Calibration.load({"features": features, "mean": [0], "scale": [1], "weight": [1], "bias": 0})


def test_probabilities_stay_inside_their_bounds() -> None:
    """An absurd margin is no overflow."""
    for retrieved in (1, 50):
        low, high = (
            calibration(margin=1.0).probability([margin] + [0.0] * (len(FEATURES) - 1), retrieved)
            for margin in (-1e9, 1e9)
        )
        assert 0.0 <= low < high <= 1.0


def test_other_documents_that_give_another_number_compete() -> None:
    """Each other value once, only from documents that don't give the best answer too, only if sure."""
    pages = [
        candidate(document(text, id=name))
        for name, text in (
            ("a", "Staff get 25 days."),
            ("b", "Staff get 30 days."),
            ("c", "All get 30 days off."),
            ("d", "Staff got 21 days, now 25 days."),
            ("e", "Staff get 28 days."),
        )
    ]
    parts = (("25 days", 6.0), ("30 days", 5.0), ("30 days", 4.0), ("25 days", 3.0), ("28 days", -4.0))
    spans = [span(page, part, margin) for page, (part, margin) in zip(pages, parts, strict=True)]
    spans.append(span(pages[3], "21 days", 2.0))
    analysis = analyze_question("How many days do staff get?", limit=100)
    decision = decider().decide(analysis, pages, spans)
    assert decision.best is not None
    assert decision.best.text == "25 days"
    assert [(other.text, other.candidate.document.id) for other in decision.competing] == [("30 days", "b")]


def test_a_document_does_not_contradict_itself() -> None:
    """Two values of one document speak of two things: no conflict."""
    here = candidate(document("Staff get 25 days. Managers get 30 days."))
    analysis = analyze_question("How many days?", limit=100)
    assert (
        decider().decide(analysis, [here], [span(here, "25 days", 5.0), span(here, "30 days", 4.0)]).competing
        == ()
    )
