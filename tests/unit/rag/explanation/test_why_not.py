"""Traces by hand: how far an expected passage came, and the stage at which a case was lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evals.diagnose.stage import Stage, diagnose
from rag.explanation.stages import explain_stages
from rag.explanation.why_not import why_not
from rag.types import (
    Answer,
    AnswerUnit,
    Certainty,
    DecideStep,
    Outcome,
    ReadSpan,
    ReadStep,
    RetrievedPassage,
    RetrieveStep,
    Span,
    Statement,
    StatementRole,
    Trace,
)
from tests.unit.evals import forms
from tests.unit.evals.fakes import TEXT, WHERE, abstention, answer, cite, corpus

LONDON = "She lived in London."
FIRST = RetrievedPassage(
    passage_id="p1", document_id="ada", span=Span(0, 37), fused=2.0, dense=0.9, lexical=None
)
HELD = RetrievedPassage(
    passage_id="p2", document_id="ada", span=Span(38, 58), fused=1.0, dense=0.5, lexical=3.0
)
WRONG = ReadSpan(passage_id="p1", span=Span(0, 12), text="Ada Lovelace", margin=4.0)
RIGHT = ReadSpan(passage_id="p2", span=Span(51, 57), text="London", margin=1.5)


def traced(
    outcome: Outcome, passages: list[RetrievedPassage], read: list[ReadSpan], chosen: ReadSpan | None
) -> Outcome:
    steps = (
        RetrieveStep(ms=1, passages=tuple(passages)),
        ReadStep(ms=1, passages_read=2, spans=len(read), best=tuple(read)),
        DecideStep(
            ms=1,
            confidence=outcome.confidence,
            threshold=0.5,
            features={"margin": 1.5},
            passages_read=2,
            chosen=chosen,
        ),
    )
    return replace(outcome, trace=Trace(steps=steps))


LOSSES: dict[str, tuple[Outcome, Stage]] = {
    "not found": (traced(abstention(), [FIRST], [WRONG], WRONG), Stage.RETRIEVE),
    "not read": (traced(abstention(), [FIRST, HELD], [WRONG], WRONG), Stage.UNREAD),
    "read wrongly": (
        traced(abstention(), [FIRST, HELD], [replace(RIGHT, text="lived")], replace(RIGHT, text="lived")),
        Stage.READ,
    ),
    "another preferred": (
        traced(answer("Ada Lovelace", cite(TEXT[:37])), [FIRST, HELD], [WRONG, RIGHT], WRONG),
        Stage.RANK,
    ),
    "not trusted": (traced(abstention(0.3), [FIRST, HELD], [WRONG, RIGHT], RIGHT), Stage.TRUST),
    "not cited": (
        traced(answer("London", cite(TEXT[:37])), [FIRST, HELD], [WRONG, RIGHT], RIGHT),
        Stage.CITE,
    ),
}
ANSWERED = traced(answer("London", cite(LONDON)), [FIRST, HELD], [WRONG, RIGHT], RIGHT)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_case_is_attributed_to_the_first_stage_that_lost_it(loss: str) -> None:
    """From retrieval to citing, each with a line that says what happened."""
    outcome, stage = LOSSES[loss]
    right = isinstance(outcome, Answer) and outcome.text == "London"
    diagnosis = diagnose(WHERE, outcome, right=right, corpus=corpus())
    assert diagnosis.stage == stage
    assert diagnosis.why


def test_a_case_whose_quote_no_document_holds_was_lost_at_ingest() -> None:
    """Whatever the trace has."""
    from evals.cases.evidence import Evidence

    not_stored = replace(WHERE, must_cite=((Evidence(quote="She lived in Paris."),),))
    assert diagnose(not_stored, LOSSES["not found"][0], right=False, corpus=corpus()).stage == Stage.INGEST


def test_without_a_trace_the_stage_is_not_guessed() -> None:
    """A service may send no trace."""
    assert diagnose(WHERE, abstention(), right=False, corpus=corpus()).stage == Stage.UNKNOWN


@pytest.mark.parametrize(
    ("loss", "stage", "line"),
    [
        ("not found", "retrieve", "retrieved: no, it is not among the 1 passages found"),
        ("not read", "unread", "retrieved: rank 2 (rank 2 by meaning, rank 1 by words), of 2"),
        ("another preferred", "rank", "chosen: no, “Ada Lovelace” from another passage, 4.0 above"),
        ("not trusted", "trust", "trusted: no, it is right with 30%, where 50% is needed"),
        ("not cited", "cite", "cited: no, but “Ada Lovelace wrote the first program.”"),
        ("answered", "", "answered: “London”, from this passage"),
    ],
)
def test_an_expected_passage_is_followed_to_where_it_was_lost(loss: str, stage: str, line: str) -> None:
    """The line of that stage says it in words, with ranks and scores."""
    reason = why_not(LONDON, ANSWERED if loss == "answered" else LOSSES[loss][0], corpus())
    assert reason.stage == stage
    assert any(other.startswith(line) for other in reason.lines), reason.lines
    assert reason.lines[0] == "ingested: yes, in ada.txt at 38-58"


def test_for_text_that_no_document_holds_the_nearest_sentence_is_shown() -> None:
    """So that a mistake in the expected text is visible."""
    reason = why_not("She lived in London town.", LOSSES["not found"][0], corpus())
    assert reason.stage == "ingest"
    assert "ada.txt says “She lived in London.”" in reason.lines[1]
    assert "nor anything near" in why_not("The moon is far.", LOSSES["not found"][0], corpus()).lines[1]


def test_an_expected_text_over_two_passages_is_reported_as_split() -> None:
    """No single passage holds all of it."""
    reason = why_not(TEXT, LOSSES["not trusted"][0], corpus())
    assert any(line.startswith("split: no one passage holds all of it") for line in reason.lines)


def test_an_explanation_has_every_stage() -> None:
    """Retrieved, read, decided: in words, with scores."""
    explanation = "\n".join(explain_stages(LOSSES["not trusted"][0], corpus()))
    parts = ("Found 2 passages", "meaning 0.90", "words 3.0", "“London”, 1.5 above", "margin 1.50", "30%")
    assert [part for part in (*parts, "not confident") if part not in explanation] == []


LISTED = forms.ITEMS[-1]
LIST_TEXT = forms.LIST_PASSAGE.span.slice(forms.TEXT)
FOUND = (forms.OTHER_PASSAGE, forms.LIST_PASSAGE)
CUT = replace(
    forms.answer("a", *forms.ITEMS[:2], item_count=4),
    statements=tuple(
        Statement(text=item, citations=(n,), role=StatementRole.ITEM)
        for n, item in enumerate(forms.ITEMS[:2])
    ),
)


@pytest.mark.parametrize(
    ("expected", "outcome", "relevance", "stage", "line"),
    [
        (
            LISTED,
            forms.abstention(),
            {"other": 2.0, "list": -1.25},
            "rank",
            "read: rank 2 of 2 by relevance (1.2 below “none of them”)",
        ),
        (
            LISTED,
            forms.abstention(),
            {"other": 2.0, "list": -1.25},
            "rank",
            "chosen: no, another passage was",
        ),
        (LISTED, forms.abstention(), {"list": 2.0}, "trust", "trusted: no, it is right with 20%"),
        (
            LISTED,
            forms.answer("Bring", "Bring to the desk"),
            {"list": 2.0},
            "read",
            "chosen: no, but “Bring to the desk” of its passage",
        ),
        (LIST_TEXT, CUT, {"list": 2.0}, "cut", "shown: 2 of 4, and not all of this"),
        (forms.ITEMS[0], CUT, {"list": 2.0}, "", "answered: “a”, from this passage"),
        (
            LISTED,
            forms.answer("a", *forms.ITEMS, certainty=Certainty.LIKELY),
            {"other": 2.0, "list": 1.0},
            "",
            "trusted: likely, it is right with 90%",
        ),
    ],
)
def test_the_rank_by_relevance_and_the_unit_are_told(
    expected: str, outcome: Outcome, relevance: dict[str, float], stage: str, line: str
) -> None:
    """Another passage first, another unit of the right one, a cut list, and an answer told as likely."""
    reason = why_not(expected, forms.traced(outcome, FOUND, relevance=relevance), forms.corpus())
    assert reason.stage == stage
    assert any(other.startswith(line) for other in reason.lines), reason.lines


def test_an_explanation_has_relevance_unit_and_certainty() -> None:
    """Of each passage read, in reading order; of an answer its unit, its items, what was not found."""
    outcome = replace(
        CUT,
        unit=AnswerUnit.LIST,
        certainty=Certainty.LIKELY,
        short_answer_confidence=0.75,
        unanswered=("who",),
    )
    traced_outcome = forms.traced(outcome, FOUND, relevance={"list": 2.0, "other": -0.5})
    lines = explain_stages(traced_outcome, forms.corpus())
    for line in (
        "Read 2 of them, each for the words that answer best:",
        "passage 2: relevance 2.0 above “none of them”",
        "passage 1: relevance 0.5 below “none of them”",
        "Answered in the unit “list”, 2 of 4 items shown, marked as likely.",
        "The short answer is right with 75%.",
        "Not found: who",
    ):
        assert line in lines, lines
