"""The engine with an LLM: a draft stands only where it was verified; rewritten questions are searched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import rag.engine
from rag.errors import LlmError, LlmFailure
from rag.ports.llm import Completion, Prompt
from rag.settings import LlmSettings, RetrieveSettings, Settings
from rag.types import (
    Abstention,
    Answer,
    Certainty,
    DraftedStatement,
    Progress,
    Question,
    QuestionForm,
    Reason,
    Turn,
)
from tests.fakes.llm import ScriptedLlm
from tests.fakes.models import EvidenceFake
from tests.integration.engine_world import World, answer, ask, open_world, quotes, take_as
from tests.samples import document
from tests.unit.rag.answering.samples import calibration, fit

NEWS = "The harbour was closed on Monday. Mayor Ann Lee asked for an apology. Ships waited outside."
OTHER = "The library opens at nine. Readers may borrow six books. Fines are paid at the desk."
DRAFT = "An apology was asked for by Mayor Ann Lee. [2]"
RISKS = ((0.0, 0.1), (0.9, 0.0))  # sure from a probability of 0.9
MAY_DRAFT = Settings(llm=LlmSettings(may_draft=True))
MAY_REWRITE = Settings(llm=LlmSettings(may_rewrite=True))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path) as opened:
        opened.put(document(NEWS, id="news"), document(OTHER, id="library"))
        yield opened


def reader(support: float = 1.0) -> EvidenceFake:
    """The apology is likely what is asked for, at a support of 1."""
    return EvidenceFake(support={"apology": support}, spans={"Ann Lee": -1.0})


def drafted(world: World, llm: ScriptedLlm, support: float = 1.0) -> Answer:
    return answer(world.make(reader(support), MAY_DRAFT, fitted=calibration(risks=RISKS), llm=llm))


def test_a_verified_draft_stands_in_the_place_of_quotes(world: World) -> None:
    """In the LLM's words, marked as such and as likely; it cites the exact place, the steps tell of it."""
    reply = drafted(world, ScriptedLlm(DRAFT))
    assert [statement.text for statement in reply.statements] == [DRAFT.removesuffix(" [2]")]
    assert quotes(reply) == [["Mayor Ann Lee asked for an apology."]]
    assert all(world.is_exact(citation) for citation in reply.citations)
    assert (reply.is_drafted, reply.certainty) == (True, Certainty.LIKELY)
    assert list(reply.trace.timings_ms) == ["retrieve", "read 2", "decide", "draft", "cite"]


@pytest.mark.parametrize(
    "text",
    [
        "An apology was asked for by Mayor Ann Berg. [2]",
        "No apology was asked for. [2]",
        "Ships waited. [3]",
        "",
    ],
    ids=["name", "negation", "another question", "nothing"],
)
def test_where_no_sentence_is_verified_the_quotes_stand(world: World, text: str) -> None:
    """As they would without an LLM."""
    without = answer(world.make(reader(), fitted=calibration(risks=RISKS)))
    reply = drafted(world, ScriptedLlm(text))
    assert reply == without
    assert reply.trace.drafted is not None


@pytest.mark.parametrize("failure", list(LlmFailure))
def test_where_the_llm_fails_the_quotes_stand(world: World, failure: LlmFailure) -> None:
    """Also after it said something that was verified."""
    without = answer(world.make(reader(), fitted=calibration(risks=RISKS)))
    reply = drafted(world, ScriptedLlm(DRAFT, LlmError(failure, "failed")))
    assert reply == without
    assert reply.trace.drafted is not None
    assert reply.trace.drafted.failure == failure


def test_a_sure_answer_is_not_drafted(world: World) -> None:
    """The LLM isn't asked."""
    llm = ScriptedLlm(DRAFT)
    reply = drafted(world, llm, support=6.0)
    assert (reply.certainty, reply.is_drafted, llm.prompts) == (Certainty.SURE, False, [])


def test_an_abstention_can_become_a_likely_answer(world: World) -> None:
    """Where the reader accepts a place, though too unsurely to answer by itself."""
    unsure = calibration(evidence=fit(relevance=1.0, bias=-4.0))
    without = ask(world.make(reader(), fitted=unsure))
    assert isinstance(without, Abstention)
    reply = answer(world.make(reader(), MAY_DRAFT, fitted=unsure, llm=ScriptedLlm(DRAFT)))
    assert (reply.is_drafted, reply.certainty) == (True, Certainty.LIKELY)
    assert reply.confidence == pytest.approx(without.confidence)


def test_where_the_reader_accepts_nothing_an_abstention_stays_one(world: World) -> None:
    """And no text is sent."""
    llm = ScriptedLlm(DRAFT)
    outcome = ask(world.make(reader(-4.0), MAY_DRAFT, llm=llm))
    assert isinstance(outcome, Abstention)
    assert outcome.reason is Reason.NOT_ANSWERED_HERE
    assert llm.prompts == []


def test_the_parts_of_a_question_are_drafted_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each was read for itself."""
    parts = ("Who wants an apology?", "How many books?")
    monkeypatch.setattr(rag.engine, "question_parts", lambda text: parts if text == "Both?" else (text,))
    take_as(monkeypatch, QuestionForm.FACT)
    both = EvidenceFake(support={"apology": 1.0, "six books": 1.0})
    llm = ScriptedLlm("Mayor Ann Lee asked for an apology. [2] Readers may borrow six books. [5]")
    reply = answer(world.make(both, MAY_DRAFT, fitted=calibration(risks=RISKS), llm=llm), "Both?")
    assert len(reply.statements) == 2
    assert reply.is_drafted
    (prompt,) = llm.prompts
    assert all(f"Part {number}: {part}" in prompt.user for number, part in enumerate(parts, start=1))


def test_drafted_statements_are_observed(world: World) -> None:
    """Between the decision and the end of the draft."""
    told: list[Progress] = []
    engine = world.make(reader(), MAY_DRAFT, fitted=calibration(risks=RISKS), llm=ScriptedLlm(DRAFT))
    engine.ask(Question(text="who asked for an apology?"), observe=told.append)
    names = ["statement" if isinstance(one, DraftedStatement) else one.name for one in told]
    assert names[-4:] == ["decide", "statement", "draft", "cite"]


class QueryLlm(ScriptedLlm):
    """Answers each question's prompt with other words for it."""

    def __init__(self, queries: Mapping[str, str]) -> None:
        super().__init__()
        self._queries = queries

    def complete(self, prompt: Prompt, *, seconds: float) -> Completion:
        self.text = next((text for asked, text in self._queries.items() if asked in prompt.user), "")
        return super().complete(prompt, seconds=seconds)


LOANS = "How long are loans?"
KEEP = "A book may be kept for four weeks."


def retrieved(world: World, llm: ScriptedLlm | None, question: Question) -> list[str]:
    """The documents retrieved, of which a question gets two."""
    settings = Settings(llm=MAY_REWRITE.llm, retrieve=RetrieveSettings(pool=2))
    outcome = world.make(reader(), settings, llm=llm).ask(question)
    assert outcome.trace.retrieved is not None
    return [passage.document_id for passage in outcome.trace.retrieved.passages]


def test_rewritten_questions_are_searched_beside_the_original(world: World) -> None:
    """What they find comes after the question's own best passage; the reader reads for what was asked."""
    world.put(
        document("Loans of money are long.", id="money"),
        document("How long loans are, nobody knows.", id="nobody"),
        document(KEEP, id="keep"),
    )
    question = Question(text=LOANS)
    alone = retrieved(world, None, question)
    both = retrieved(world, QueryLlm({LOANS: "a book may be kept for weeks"}), question)
    assert set(alone) == {"money", "nobody"}
    assert both == [alone[0], "keep"]


def test_a_rewriting_that_fails_changes_nothing(world: World) -> None:
    """The trace says why."""
    llm = ScriptedLlm(fault=LlmError(LlmFailure.TIME_OUT, "late"))
    question = Question(text="who asked for an apology?")
    without = world.make(reader()).ask(question)
    outcome = world.make(reader(), MAY_REWRITE, llm=llm).ask(question)
    assert outcome == without
    rewrite = outcome.trace.steps[0]
    assert (rewrite.name, getattr(rewrite, "failure", None)) == ("rewrite", "time_out")


def test_a_follow_up_is_rewritten_with_its_conversation(world: World) -> None:
    """The LLM sees what it follows."""
    llm = QueryLlm({"when?": "harbour closed Monday"})
    turn = Turn(question="What happened to the harbour?", answer="It was closed.")
    retrieved(world, llm, Question(text="and when?", history=(turn,)))
    (prompt,) = llm.prompts
    assert "Earlier question: What happened to the harbour?" in prompt.user
