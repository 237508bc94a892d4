"""Wire models and the core's values: nothing is lost on the way out and back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from rag.types import (
    Answer,
    AnswerUnit,
    Certainty,
    CiteStep,
    Conflict,
    DecideStep,
    Outcome,
    ReadSpan,
    ReadStep,
    RefineStep,
    RetrieveStep,
    Span,
    StatementRole,
    Step,
    Trace,
)
from rag.wire.asking import AnswerOut, CitationOut, StepOut, TraceOut
from rag.wire.convert import (
    citation_in,
    citation_out,
    outcome_in,
    outcome_out,
    passage_out,
    trace_in,
    trace_out,
)
from rag.wire.trace import step_detail, step_in
from tests.fakes import outcomes
from tests.fakes.engine import CITATION, QUOTE, RETRIEVED, abstention, answer
from tests.samples import candidate, document


def test_a_citation_comes_back_as_it_went() -> None:
    """Saved as JSON and read again, it is the same citation but for the link it was given."""
    cited = replace(CITATION, page=3, section=("A", "B"), suffix=" So")
    saved = citation_out(cited).model_dump_json()
    returned = citation_in(CitationOut.model_validate_json(saved))
    assert replace(returned, url=None) == cited


def test_a_tampered_quote_is_no_citation() -> None:
    """A quote of another length than its span can't be read back."""
    sent = citation_out(CITATION).model_copy(update={"quote": QUOTE + "!"})
    with pytest.raises(ValueError, match="as long as its span"):
        citation_in(sent)


def test_a_citations_own_link_is_kept() -> None:
    """The default link stands only where there is none."""
    assert citation_out(replace(CITATION, url="https://x/1")).url == "https://x/1"


@pytest.mark.parametrize(
    ("inside", "outside"), [(0.123456, 0.1235), (1.0000001, 1.0), (-1e-9, 0.0), (0.99999, 1.0)]
)
def test_confidence_is_a_probability_with_four_decimals(inside: float, outside: float) -> None:
    """Rounded, and held to [0, 1]."""
    assert outcome_out(replace(answer("Who?"), confidence=inside)).confidence == outside


def test_a_short_answers_confidence_is_a_probability_too() -> None:
    """Rounded and held to [0, 1]; null where there is no short answer."""
    sent = outcome_out(replace(answer("Who?"), short_answer_confidence=1.00001))
    assert sent.short_answer_confidence == 1.0
    assert outcome_out(answer("Who?")).short_answer_confidence is None


def test_an_answer_of_an_earlier_version_is_a_sure_short_answer() -> None:
    """Without unit, certainty, roles and counts it can still be read."""
    new = {"unit", "certainty", "short_answer_confidence", "item_count", "unanswered"}
    body = outcome_out(answer("Who?")).model_dump(mode="json", exclude=new)
    for statement in body["statements"]:
        del statement["role"]
    returned = outcome_in(AnswerOut.model_validate(body))
    assert isinstance(returned, Answer)
    assert (returned.unit, returned.certainty) == (AnswerUnit.SHORT_ANSWER, Certainty.SURE)
    assert [statement.role for statement in returned.statements] == [StatementRole.SENTENCE]
    assert (returned.short_answer_confidence, returned.item_count, returned.unanswered) == (None, None, ())


def test_conflicts_are_sent_with_their_citations() -> None:
    """Another value of the documents, beside the answer."""
    sent = outcome_out(replace(answer("Who?"), conflicts=(Conflict(text="Bob", citations=(0,)),)))
    assert [(c.text, c.citations) for c in sent.conflicts] == [("Bob", [0])]


def test_an_abstention_has_no_answer_and_no_citations() -> None:
    """What was near is apart from what supports an answer."""
    sent = outcome_out(abstention("Who?"))
    assert (sent.answered, sent.answer, sent.statements, sent.citations) == (False, None, [], [])


def test_a_trace_without_steps_has_no_retrieved_passages() -> None:
    """An empty trace has a wire form too."""
    body = trace_out(Trace(), models={}, index=None)
    assert (body.retrieved, body.timings_ms, body.index) == (0, {}, None)


@pytest.mark.parametrize(
    "outcome",
    [answer("Who?"), abstention("Who?"), *outcomes.OUTCOMES.values()],
    ids=lambda outcome: outcome.question,
)
def test_an_outcome_comes_back_as_it_went(outcome: Outcome) -> None:
    """Sent as JSON and read again it is the same value, but for the links and the rounding."""
    trace = trace_out(outcome.trace, models={}, index=None)
    body = AnswerOut.model_validate_json(outcome_out(outcome, trace=trace).model_dump_json())
    returned = outcome_in(body)
    assert type(returned) is type(outcome)
    assert (returned.question, returned.confidence) == (outcome.question, round(outcome.confidence, 4))
    assert [step.name for step in returned.trace.steps] == [step.name for step in outcome.trace.steps]
    if isinstance(outcome, Answer) and isinstance(returned, Answer):
        assert replace(returned, citations=outcome.citations, confidence=outcome.confidence) == outcome
    assert outcome_out(returned).model_dump(exclude={"id"}) == outcome_out(outcome).model_dump(exclude={"id"})


STEPS: tuple[Step, ...] = (
    RetrieveStep(ms=1.0, passages=RETRIEVED, standalone_question="When did she ask?"),
    ReadStep(
        ms=2.0,
        passages_read=2,
        spans=5,
        best=(ReadSpan(passage_id="p1", span=Span(3, 9), text="a name", margin=-1.5),),
    ),
    DecideStep(ms=3.0, confidence=0.4, threshold=0.5, features={"margin": 1.0}, passages_read=2, chosen=None),
    RefineStep(ms=4.0, chosen=ReadSpan(passage_id="p1", span=Span(3, 9), text="a name", margin=2.0)),
    CiteStep(ms=5.0, citations=2),
)


@pytest.mark.parametrize("step", STEPS, ids=[step.name for step in STEPS])
def test_each_kind_of_step_comes_back_as_it_went(step: Step) -> None:
    """Its wire form holds everything, and is JSON."""
    assert step_in(step.name, step.ms, json.loads(json.dumps(step_detail(step)))) == step


@pytest.mark.parametrize(
    ("name", "detail"),
    [("dance", {}), ("read two", {"spans": 0, "best": []}), ("cite", {}), ("retrieve", {})],
)
def test_a_step_of_no_known_form_is_refused(name: str, detail: dict[str, object]) -> None:
    """Another version's trace is no trace of this one."""
    trace = TraceOut(
        timings_ms={}, retrieved=0, models={}, index=None, steps=[StepOut(name=name, ms=1.0, detail=detail)]
    )
    with pytest.raises(ValueError, match=r"step|invalid literal"):
        trace_in(trace)


def test_a_search_results_citation_has_prefix_and_suffix() -> None:
    """The same citation of a passage as an answer would make: prefix and suffix tell repeated text apart."""
    doc = document("Minutes. Ada asked. Bob left.")
    citation = passage_out(candidate(doc, "Ada asked.")).citation
    assert (citation.prefix, citation.quote, citation.suffix) == ("Minutes. ", "Ada asked.", " Bob left.")


def test_small_talk_is_an_abstention_for_clients_that_know_no_reply() -> None:
    """Valid without the field: not answered, with a reason that they know, and no passages."""
    sent = outcome_out(outcomes.GREETING).model_dump(exclude={"reply"})
    old = AnswerOut.model_validate(sent)
    assert (old.answered, old.answer, old.citations) == (False, None, [])
    assert old.abstention is not None
    assert (old.abstention.reason, old.abstention.nearest) == ("nothing_relevant", [])


def test_a_reply_has_links_to_the_documents_that_it_lists() -> None:
    reply = outcome_out(outcomes.DOCUMENT_LIST).reply
    assert reply is not None
    assert (reply.kind, reply.document_count) == ("documents", 3)
    assert [document.url for document in reply.documents] == ["/documents/handbook"]
