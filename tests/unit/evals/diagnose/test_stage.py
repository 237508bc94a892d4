"""Stages of cases with a form: each loss by a trace made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from evals.cases.case import Case
from evals.cases.evidence import Evidence
from evals.cases.matchers import Contains, Exact, ItemList, Matcher, Regex
from evals.diagnose.stage import Stage, diagnose, gold
from evals.metrics.verdict import AnswerVerdict, verdict
from evals.reports.html import STAGE_ORDER, _stage_state
from evals.reports.labels import STAGES
from rag.types import Outcome, ReadSpan, RetrievedPassage
from tests.unit.evals.forms import (
    DOGS,
    FACT,
    GATE,
    ITEMS,
    LIST,
    LIST_PASSAGE,
    OTHER,
    OTHER_PASSAGE,
    RULES_PASSAGE,
    TEXT,
    UNANSWERABLE,
    WHY,
    YES_NO,
    abstention,
    answer,
    corpus,
    read_span,
    traced,
)

ALL = (OTHER_PASSAGE, RULES_PASSAGE, LIST_PASSAGE)
SOUP = read_span("other", "soup", margin=2.0)
CREW = read_span("rules", "the night crew")
NINE = read_span("rules", "nine")


@dataclass(frozen=True)
class Loss:
    """A case, its outcome, and the trace: passages found, relevance by id, spans read and chosen."""

    case: Case
    outcome: Outcome
    stage: Stage
    why: str
    found: Sequence[RetrievedPassage] = ALL
    relevance: dict[str, float] = field(default_factory=dict)
    read: Sequence[ReadSpan] = ()
    chosen: ReadSpan | None = None


LIST_FIRST = {"list": 2.0, "other": 1.0, "rules": -1.0}
RULES_FIRST = {"rules": 2.0, "other": 1.0}
LOSSES = {
    "not found": Loss(
        LIST, answer("a", OTHER), Stage.RETRIEVE, "not among the 2 found", ALL[:2], {"other": 1.0}
    ),
    "not read": Loss(
        LIST, answer("a", OTHER), Stage.UNREAD, "came 3rd; the best 2 were read", ALL, RULES_FIRST
    ),
    "another first, by relevance": Loss(
        LIST,
        answer("a", OTHER),
        Stage.RANK,
        "its passage was read and came 2nd by relevance",
        ALL,
        {"other": 2.0, "list": 1.0},
    ),
    "another first, by its span": Loss(
        WHY,
        abstention(),
        Stage.RANK,
        "its passage was read as “the night crew”, but “soup” elsewhere was preferred",
        read=(SOUP, CREW),
        chosen=SOUP,
    ),
    "another unit": Loss(
        LIST,
        answer("a", "Bring to the desk"),
        Stage.READ,
        "of its passage “Bring to the desk” was chosen",
        ALL,
        LIST_FIRST,
    ),
    "another unit, a fact": Loss(
        FACT, answer("the night crew", DOGS), Stage.READ, "read as “the night crew”", ALL, RULES_FIRST
    ),
    "another unit, a fact, and abstained": Loss(
        FACT,
        abstention(),
        Stage.READ,
        "its passage was read as “soup”",
        read=(replace(SOUP, passage_id="rules"),),
        chosen=replace(SOUP, passage_id="rules"),
    ),
    "too few items": Loss(
        LIST,
        answer("a", *ITEMS[:2], item_count=4),
        Stage.CUT,
        "2 of 4 parts of the evidence are cited; the list or table has 4",
        ALL,
        LIST_FIRST,
    ),
    "too few items, of a passage that is not first": Loss(
        LIST, answer("a", ITEMS[0]), Stage.CUT, "1 of 4 parts", ALL, {"other": 2.0, "list": 1.0}
    ),
    "yes for no": Loss(
        YES_NO, answer("Yes", DOGS), Stage.POLARITY, "yes was read, and no is right", ALL, RULES_FIRST
    ),
    "yes for no, of another sentence": Loss(
        YES_NO, answer("Yes", GATE), Stage.READ, "“The gate shuts at nine", ALL, RULES_FIRST
    ),
    "not confident": Loss(LIST, abstention(confidence=0.3), Stage.TRUST, "30% sure", ALL, LIST_FIRST),
    "not confident of a fact": Loss(
        FACT,
        abstention(confidence=0.3),
        Stage.TRUST,
        "read as “nine”, but 30% sure",
        read=(SOUP, NINE),
        chosen=NINE,
    ),
    "a forbidden place cited": Loss(
        replace(LIST, must_not_cite=(Evidence(quote=OTHER),)),
        answer("a", *ITEMS, OTHER),
        Stage.CITE,
        "the right answer",
        ALL,
        LIST_FIRST,
    ),
    "an answer where there is none": Loss(
        UNANSWERABLE, answer("two", OTHER), Stage.TRUST, "90% sure, though there is no answer"
    ),
    "no trace of the passages": Loss(LIST, abstention(), Stage.UNKNOWN, "there is no trace", ()),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_case_with_a_form_is_attributed_to_the_first_stage_that_lost_it(name: str) -> None:
    """From retrieval to the number of items shown, each with a line that says what happened."""
    loss = LOSSES[name]
    outcome = traced(loss.outcome, loss.found, relevance=loss.relevance, read=loss.read, chosen=loss.chosen)
    right = verdict(loss.case, outcome) is AnswerVerdict.RIGHT
    diagnosis = diagnose(loss.case, outcome, right=right, corpus=corpus())
    assert diagnosis.stage is loss.stage
    assert loss.why in diagnosis.why


def test_a_list_that_no_document_holds_was_lost_at_ingest() -> None:
    """Where one item is stored it was not."""
    gone = replace(LIST, must_cite=((Evidence(quote="a helmet of the right size"),),))
    outcome = traced(abstention(), ALL, relevance=LIST_FIRST)
    assert diagnose(gone, outcome, right=False, corpus=corpus()).stage is Stage.INGEST
    partly = replace(LIST, must_cite=(*gone.must_cite, *LIST.must_cite))
    assert diagnose(partly, outcome, right=False, corpus=corpus()).stage is Stage.TRUST


@pytest.mark.parametrize(
    ("rule", "held"),
    [
        (Contains(("night crew", "small")), True),
        (Contains(("night crew", "large")), False),
        (Regex("^(at )?nine$"), True),
        (Regex("^ten$"), False),
        (Exact("Night Crew"), True),
        (ItemList(("Mondays", "Thursdays")), True),
    ],
    ids=str,
)
def test_without_evidence_that_must_be_cited_any_accepted_answer_is_looked_for(
    rule: Matcher, *, held: bool
) -> None:
    """What a document says by the case's own rule was ingested."""
    case = replace(FACT, form=None, answers=(rule,), must_cite=())
    found = diagnose(case, traced(abstention(), ALL, relevance={"list": 2.0}), right=False, corpus=corpus())
    assert (found.stage is not Stage.INGEST) is held
    assert held or found.why == "no stored document holds what the case accepts"


def test_all_parts_of_the_evidence_are_expected_but_short_ones() -> None:
    """A word stands in other places too; where there are short ones alone they have to do."""
    short = (Evidence(quote="nine"),)
    spans = [
        region.span.slice(TEXT)
        for region in gold(replace(LIST, must_cite=(*LIST.must_cite, short)), corpus())
    ]
    assert spans == list(ITEMS)
    assert [r.span.slice(TEXT) for r in gold(replace(LIST, must_cite=(short,)), corpus())] == ["nine"]
    placed = (Evidence(quote="nine", document="visitors.md"),)
    assert len(gold(replace(LIST, must_cite=(*LIST.must_cite, placed)), corpus())) == 5


def test_every_stage_has_a_name_and_a_step_of_the_page() -> None:
    """The page shows the steps of the pipeline; a case is lost at one of them, those before are passed."""
    assert set(STAGES) == set(Stage)
    for stage in set(Stage) - {Stage.BROKE, Stage.UNKNOWN}:
        states = [_stage_state({"stage": str(stage)}, step) for step in STAGE_ORDER]
        at = states.index("failed")
        assert states == ["ok"] * at + ["failed"] + ["after"] * (len(STAGE_ORDER) - at - 1), stage
