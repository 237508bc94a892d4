"""The features of a passage among the candidates."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from rag.answering.calibration import FEATURES
from rag.answering.features import (
    PoolStatistics,
    features_of,
    has_expected_type,
    has_other_unit,
    large_pool_weight,
    relevance_share,
)
from rag.question.analysis import QuestionAnalysis
from rag.types import Candidate, Reading, SpanAnswer
from tests.samples import candidate, document
from tests.unit.rag.answering.samples import question, reading, span

TEXT = "Captain Ada Moss called for a recount from Ines Falk."
WHO = question("Who called for a recount?")


def features(
    read: Reading,
    candidates: Sequence[Candidate] | None = None,
    short_answer: SpanAnswer | None = None,
    *,
    analysis: QuestionAnalysis = WHO,
    share: float = 0.0,
    default_cosine: float | None = None,
) -> dict[str, float]:
    """By name; the passage is the only candidate unless others are given."""
    pool = PoolStatistics.of(analysis, candidates or [read.candidate])
    values = features_of(analysis, pool, read, short_answer, share=share, default_cosine=default_cosine)
    return dict(zip(FEATURES, values, strict=True))


def test_logits_are_those_of_the_passage_its_best_sentence_and_its_short_answer() -> None:
    """Beyond eight, more says nothing."""
    here = candidate(document("Ann asked. Bob left."))
    named = features(reading(here, relevance=3.0, support=(-1.0, 2.0)), None, span(here, "Ann", 4.0))
    assert (named["relevance"], named["support"], named["margin"]) == (3.0, 2.0, 4.0)
    extreme = features(
        reading(here, relevance=90.0, support=(-40.0, -30.0)), None, span(here, "Ann", 70.0), share=-99.0
    )
    assert [extreme[name] for name in ("relevance", "share", "support", "margin")] == [8.0, -8.0, -8.0, 12.0]


def test_without_a_short_answer_the_margin_is_the_lowest() -> None:
    """And its type can't be told."""
    named = features(reading(candidate(document(TEXT))))
    assert (named["margin"], named["type_match"]) == (-12.0, 0.0)


def test_the_share_of_equally_relevant_passages_is_equal() -> None:
    """Its logarithm: 0 alone, log 1/2 of two; a passage ten logits below has nearly none."""
    here, there = candidate(document("Ann.", id="a")), candidate(document("Bob.", id="b"))
    one, equal = reading(here, relevance=3.0), reading(there, relevance=3.0)
    assert relevance_share(one, [one]) == 0.0
    assert relevance_share(one, [one, equal]) == pytest.approx(math.log(0.5))
    far = reading(there, relevance=-7.0)
    assert relevance_share(far, [one, far]) == pytest.approx(-10.0, abs=1e-3)
    assert relevance_share(one, [one, far]) == pytest.approx(0.0, abs=1e-3)


def test_the_share_of_absurd_logits_is_no_overflow() -> None:
    """It is relative to the highest."""
    here, there = candidate(document("Ann.", id="a")), candidate(document("Bob.", id="b"))
    readings = [reading(here, relevance=5e3), reading(there, relevance=-5e3)]
    assert [relevance_share(r, readings) for r in readings] == [0.0, -1e4]


def test_a_passage_of_the_lexical_index_alone_has_the_lowest_cosine() -> None:
    """Its own cosine wasn't among the best, so that it can't be higher."""
    near, far = candidate(document("Ann.", id="a"), dense=0.7), candidate(document("Bob.", id="b"), dense=0.3)
    worded = candidate(document(TEXT, id="c"), dense=None)
    pool = [near, far, worded]
    assert features(reading(worded), pool)["cosine"] == pytest.approx(0.3 - 0.5)
    assert features(reading(near), pool)["cosine"] == pytest.approx(0.7 - 0.5)


def test_cosines_of_another_embedder_are_not_used() -> None:
    """A default stands for them, however high they are."""
    here = candidate(document(TEXT), dense=0.9)
    assert features(reading(here), default_cosine=0.1)["cosine"] == 0.1


def test_names_that_no_candidate_mentions_are_unknown_names() -> None:
    """Falk is in a passage, the FBI in none."""
    here, there = candidate(document(TEXT)), candidate(document("Falk wrote back.", id="b"))
    analysis = question("What did the FBI tell Falk's staff?")
    assert analysis.names == ("fbi", "falk's")
    assert features(reading(here), [here, there], analysis=analysis)["unknown_names"] == 0.5


def test_a_name_in_a_title_is_known() -> None:
    """A handbook's pages needn't repeat whose it is."""
    here = candidate(document(TEXT, title="FBI and Falk"))
    analysis = question("What did the FBI tell Falk's staff?")
    assert features(reading(here), analysis=analysis)["unknown_names"] == 0.0
    assert features(reading(here), analysis=question("what is asked?"))["unknown_names"] == 0.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [("How old is Ada Moss?", -1.0), ("Who asked?", 1.0), ("What did she want?", 0.0)],
)
def test_the_type_match_says_whether_an_answer_has_the_expected_form(text: str, expected: float) -> None:
    """A rank is no age, but may be a person's name; of "what" nothing is expected."""
    here = candidate(document(TEXT))
    named = features(reading(here), None, span(here, "Captain", 3.0), analysis=question(text))
    assert named["type_match"] == expected


def test_a_number_of_another_unit_is_of_another_type() -> None:
    """ "two" of "two to five years" is no number of days; "25 days" is."""
    days = question("How many days off after five years?")
    here = candidate(document("two to five years | 25 days"))
    two, number = span(here, "two", 9.0), span(here, "25", 3.0)
    assert (has_other_unit(days, two), has_expected_type(days, two)) == (True, False)
    assert (has_other_unit(days, number), has_expected_type(days, number)) == (False, True)


def test_a_pool_counts_as_large_from_forty_candidates() -> None:
    """As small up to 25; in between by degrees."""
    weights = [large_pool_weight(size) for size in (1, 25, 28, 34, 40, 200)]
    assert weights == pytest.approx([0.0, 0.0, 0.2, 0.6, 1.0, 1.0])


def pool_of(size: int, here: Candidate) -> list[Candidate]:
    """A candidate first, before others with nearly equal cosines."""
    others = [candidate(document("Ann asked.", id=f"o{n}"), dense=0.2 + n % 2 / 100) for n in range(size - 1)]
    return [here, *others]


def test_the_z_score_counts_in_a_large_pool_alone() -> None:
    """It is that of the passage among the candidates, less 7."""
    here = candidate(document(TEXT), dense=0.6)
    assert features(reading(here), pool_of(41, here))["z_score"] == pytest.approx(math.sqrt(40) - 7, abs=0.1)
    assert features(reading(here), pool_of(10, here))["z_score"] == 0.0


def test_candidates_with_equal_scores_have_no_z_score() -> None:
    """None stands out."""
    pool = [candidate(document(TEXT, id=f"o{n}"), dense=0.6) for n in range(41)]
    assert features(reading(pool[0]), pool)["z_score"] == pytest.approx(-7, abs=0.01)


def test_the_rank_counts_in_a_small_pool_alone() -> None:
    """log(1 + rank): 0 for the first, log 2 for the second."""
    first, second = candidate(document("Ann.", id="a")), candidate(document("Bob.", id="b"))
    ranks = [features(reading(read), [first, second])["log_rank"] for read in (first, second)]
    assert ranks == [0.0, pytest.approx(math.log(2))]
    large = pool_of(41, first)
    assert features(reading(large[3]), large)["log_rank"] == 0.0
