"""Traces by hand: how far an expected passage came, and which stage a case is put down to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evals.diagnose.stage import Stage, diagnose
from rag.explanation.stages import explain_stages
from rag.explanation.why_not import why_not
from rag.types import (
    Answer,
    DecideStep,
    Outcome,
    ReadSpan,
    ReadStep,
    RetrievedPassage,
    RetrieveStep,
    Span,
    Trace,
)
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


WAYS: dict[str, tuple[Outcome, Stage]] = {
    "not found": (traced(abstention(), [FIRST], [WRONG], WRONG), Stage.RETRIEVE),
    "not read": (traced(abstention(), [FIRST, HELD], [WRONG], WRONG), Stage.RETRIEVE),
    "read wrongly": (
        traced(abstention(), [FIRST, HELD], [replace(RIGHT, text="lived")], replace(RIGHT, text="lived")),
        Stage.READ,
    ),
    "another preferred": (
        traced(answer("Ada Lovelace", cite(TEXT[:37])), [FIRST, HELD], [WRONG, RIGHT], WRONG),
        Stage.READ,
    ),
    "not trusted": (traced(abstention(0.3), [FIRST, HELD], [WRONG, RIGHT], RIGHT), Stage.TRUST),
    "not cited": (
        traced(answer("London", cite(TEXT[:37])), [FIRST, HELD], [WRONG, RIGHT], RIGHT),
        Stage.CITE,
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_case_is_put_down_to_the_first_stage_that_lost_it(way: str) -> None:
    """From retrieval to citing, each with a line that says what happened."""
    outcome, stage = WAYS[way]
    right = isinstance(outcome, Answer) and outcome.text == "London"
    found = diagnose(WHERE, outcome, right=right, corpus=corpus())
    assert found.stage == stage
    assert found.why


def test_a_case_whose_quote_is_stored_nowhere_was_not_ingested() -> None:
    """Whatever else went wrong after that."""
    from evals.cases.evidence import Evidence

    gone = replace(WHERE, must_cite=((Evidence(quote="She lived in Paris."),),))
    assert diagnose(gone, WAYS["not found"][0], right=False, corpus=corpus()).stage == Stage.INGEST


def test_without_a_trace_the_stage_is_not_guessed() -> None:
    """A service may not tell how it came to its answer."""
    assert diagnose(WHERE, abstention(), right=False, corpus=corpus()).stage == Stage.UNKNOWN


@pytest.mark.parametrize(
    ("way", "stage", "line"),
    [
        ("not found", "retrieve", "retrieved: no, it is not among the 1 passages found"),
        ("not read", "retrieve", "retrieved: rank 2 (rank 2 by meaning, rank 1 by words), of 2"),
        ("another preferred", "read", "chosen: no, “Ada Lovelace” from another passage, 4.0 above"),
        ("not trusted", "trust", "trusted: no, it is right with 30%, where 50% is needed"),
        ("not cited", "", "answered: “London”, from this passage"),
    ],
)
def test_an_expected_passage_is_followed_to_where_it_was_lost(way: str, stage: str, line: str) -> None:
    """The line of that stage says it in words, with ranks and scores."""
    found = why_not(LONDON, WAYS[way][0], corpus())
    assert found.stage == stage
    assert any(told.startswith(line) for told in found.lines), found.lines
    assert found.lines[0] == "ingested: yes, in ada.txt at 38-58"


def test_text_that_is_stored_nowhere_is_told_with_what_is_nearest() -> None:
    """A slip in what was expected is seen at once."""
    found = why_not("She lived in London town.", WAYS["not found"][0], corpus())
    assert found.stage == "ingest"
    assert "ada.txt says “She lived in London.”" in found.lines[1]
    assert "nor anything near" in why_not("The moon is far.", WAYS["not found"][0], corpus()).lines[1]


def test_a_text_over_two_passages_is_said_to_be_split() -> None:
    """No one passage can answer what only both hold."""
    found = why_not(TEXT, WAYS["not trusted"][0], corpus())
    assert any(line.startswith("split: no one passage holds all of it") for line in found.lines)


def test_an_explanation_tells_every_stage() -> None:
    """Found, read, weighed, decided: with scores, in words."""
    told = "\n".join(explain_stages(WAYS["not trusted"][0], corpus()))
    parts = ("Found 2 passages", "meaning 0.90", "words 3.0", "“London”, 1.5 above", "margin 1.50", "30%")
    assert [part for part in (*parts, "not confident") if part not in told] == []
