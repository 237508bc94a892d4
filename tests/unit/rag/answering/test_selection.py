"""Which passage, which of its sentences and which short answer are best."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from rag.answering.selection import (
    best_span,
    prefer_by_margin,
    rank_readings,
    sentence_support,
    supported_sentences,
)
from rag.types import QuestionForm, Reading
from tests.samples import candidate, document
from tests.unit.rag.answering.samples import HEADER, PARAGRAPH, ROW, page, part_of, question, reading, span

TEXT = "Captain Ada Moss called for a recount. Ines Falk refused."
WHO = question("Who called for a recount?")
DAYS = question("How many days off after five years?")


def ranked(*readings: Reading, fused_weight: float = 0.0) -> list[str]:
    """The ids of the documents, best first."""
    return [r.candidate.document.id for r in rank_readings(WHO, readings, fused_weight=fused_weight)]


def test_the_most_relevant_passage_is_first() -> None:
    """Where retrieval's scores have no weight."""
    low, high = (reading(candidate(document(TEXT, id=name)), relevance=r) for name, r in (("a", 1), ("b", 2)))
    assert ranked(low, high) == ["b", "a"]


def test_retrievals_score_counts_beside_relevance() -> None:
    """A slightly more relevant passage of a far lower score is second, unless the score has no weight."""
    near = reading(candidate(document("Ann asked.", id="near"), fused=3.0), relevance=4.0)
    far = reading(candidate(document("Bob asked.", id="far"), fused=-1.0), relevance=5.0)
    assert ranked(near, far, fused_weight=0.5) == ["near", "far"]
    assert ranked(near, far, fused_weight=0.0) == ["far", "near"]


def test_ties_are_ranked_by_position_whatever_was_read_first() -> None:
    """By document, then by place in it."""
    text = "Ann asked. Bob asked. Cleo asked."
    parts = [
        candidate(document(text, id=name), part)
        for name in ("a", "b")
        for part in ("Ann asked.", "Bob asked.", "Cleo asked.")
    ]
    readings = [reading(part, relevance=2.0) for part in parts]
    for seed in range(5):
        shuffled = random.Random(seed).sample(readings, len(readings))
        assert [r.candidate for r in rank_readings(WHO, shuffled, fused_weight=1.0)] == parts


def closely(id: str, relevance: float, margin: float, *, is_close: bool = True) -> Reading:
    """A passage with one short answer, read closely."""
    read = candidate(document(TEXT, id=id))
    made = reading(read, relevance=relevance, spans=[span(read, "Captain Ada Moss", margin)])
    return replace(made, read_closely=is_close)


@pytest.mark.parametrize(
    ("second", "best"),
    [
        (closely("b", 4.0, 6.0), "b"),  # a logit less relevant, and far the higher margin
        (closely("b", 4.0, 0.0), "a"),
        (closely("b", 1.0, 6.0), "a"),
        (closely("b", 4.0, 6.0, is_close=False), "a"),
    ],
)
def test_of_two_passages_read_closely_the_margin_decides(second: Reading, best: str) -> None:
    """Where relevance is about the same; a margin of another reader doesn't compare."""
    third = closely("c", 0.0, 9.0)
    chosen = prefer_by_margin(WHO, [closely("a", 5.0, 1.0), second, third], fused_weight=0.0)
    assert [r.candidate.document.id for r in chosen] == [best, "b" if best == "a" else "a", "c"]


def test_the_margin_decides_for_facts_alone() -> None:
    """Steps, reasons and lists have no short answer."""
    readings = [closely("a", 5.0, 1.0), closely("b", 4.0, 6.0)]
    how_to = replace(WHO, form=QuestionForm.HOW_TO)
    assert prefer_by_margin(how_to, readings, fused_weight=0.0) == readings
    assert prefer_by_margin(WHO, readings[:1], fused_weight=0.0) == readings[:1]


def test_a_passage_whose_short_answer_is_of_another_type_ranks_lower() -> None:
    """Slightly: half a logit more of relevance is not enough for it, one more is."""

    def first(lead: float) -> str:
        typed, untyped = candidate(document(TEXT, id="typed")), candidate(document(TEXT, id="untyped"))
        return ranked(
            reading(typed, relevance=2.0, spans=[span(typed, "Ada Moss", 3.0)]),
            reading(untyped, relevance=2.0 + lead, spans=[span(untyped, "recount", 3.0)]),
        )[0]

    assert [first(0.4), first(0.6)] == ["typed", "untyped"]


def test_the_short_answer_with_the_largest_margin_is_best() -> None:
    """Of those in supported sentences; ties by position."""
    here = candidate(document(TEXT))
    spans = [span(here, "Ines Falk", 2.0), span(here, "Ada Moss", 5.0)]
    best = best_span(WHO, reading(here, spans=spans))
    assert best is not None
    assert best.text == "Ada Moss"
    tied = best_span(WHO, reading(here, spans=[span(here, "Ines Falk", 2.0), span(here, "Ada Moss", 2.0)]))
    assert tied is not None
    assert tied.text == "Ada Moss"
    assert best_span(WHO, reading(here)) is None


def test_a_short_answer_in_a_sentence_without_support_is_not_taken() -> None:
    """However large its margin; unless no other one has support."""
    here = candidate(document(TEXT))
    spans = [span(here, "Ada Moss", 8.0), span(here, "Ines Falk", 1.0)]
    best = best_span(WHO, reading(here, spans=spans, support=(-3.0, 2.0)))
    assert best is not None
    assert best.text == "Ines Falk"
    alone = best_span(WHO, reading(here, spans=spans, support=(-3.0, -4.0)))
    assert alone is not None
    assert alone.text == "Ada Moss"


def test_a_short_answer_in_a_context_span_needs_no_supported_sentence() -> None:
    """A header or lead-in sentence outside the passage has no support of its own."""
    here = candidate(document(TEXT), "Ines Falk refused.")
    best = best_span(WHO, reading(here, spans=[span(here, "Ada Moss", 1.0)], support=(-3.0,)))
    assert best is not None
    assert best.text == "Ada Moss"


def test_a_number_of_another_unit_ranks_below_one_of_the_unit_asked() -> None:
    """Six logits more are not enough for it; for one of another type alone three are."""
    here = candidate(document("two to five years | 25 days"))
    best = best_span(DAYS, reading(here, spans=[span(here, "two", 9.0), span(here, "25", 3.0)]))
    assert best is not None
    assert best.text == "25"
    there = candidate(document(TEXT))
    other_type = best_span(WHO, reading(there, spans=[span(there, "recount", 6.0), span(there, "Moss", 3.0)]))
    assert other_type is not None
    assert other_type.text == "recount"


PRICES = page(
    (PARAGRAPH, "Prices of rooms by night."),
    (HEADER, "Room | Price"),
    (ROW, "Oak room | 20"),
    (ROW, "Elm room | 30"),
    (ROW, "Ash room | 40"),
)


@pytest.mark.parametrize(("key", "row"), [("oak", 2), ("elm", 3), ("ash", 4)])
def test_the_row_with_the_questions_key_wins_over_its_neighbour(key: str, row: int) -> None:
    """Though the neighbour has a logit more; "room", which all rows have, tells none from another."""
    here = part_of(PRICES)
    support = [-1.0, -1.0, 1.0, 1.0, 1.0]
    support[2 + (row - 1) % 3] = 2.0  # another row than the one asked for
    analysis = question(f"What does the {key} room cost?")
    adjusted = sentence_support(analysis, reading(here, support=support))
    assert max(range(5), key=adjusted.__getitem__) == row
    assert [n for n in range(5) if adjusted[n] != support[n]] == [row]


def test_sentences_and_a_single_row_keep_their_support() -> None:
    """The key tells rows apart, nothing else."""
    prose = part_of(page((PARAGRAPH, "The oak room is quiet. It costs 20.")))
    single = part_of(page((HEADER, "Room | Price"), (ROW, "Oak room | 20")))
    analysis = question("What does the oak room cost?")
    for here in (prose, single):
        read = reading(here, support=(1.0, 2.0))
        assert sentence_support(analysis, read) == [1.0, 2.0]


def test_the_best_sentence_is_cited_with_those_near_it() -> None:
    """In the order of the text: within one and a half logits, whatever their sign, or as far as is said."""
    assert supported_sentences([0.5, 3.0, 1.5, -1.0], limit=3) == [1, 2]
    assert supported_sentences([3.0, -1.0, 2.9], limit=3) == [0, 2]
    assert supported_sentences([-3.0, -2.0, -4.0], limit=3) == [0, 1]
    assert supported_sentences([4.0, 0.5, 3.5], limit=3, within=5.0) == [0, 1, 2]


def test_the_sentences_cited_are_bounded() -> None:
    """The best ones; ties by position."""
    assert supported_sentences([1.0, 2.0, 2.0, 2.0, 2.0], limit=3) == [1, 2, 3]
    assert supported_sentences([2.0] * 9, limit=1) == [0]
