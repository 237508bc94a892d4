"""A scripted backend over the article of ``seeds/``: an answer and an abstention of the service."""

from __future__ import annotations

from dataclasses import replace

from rag.types import (
    Abstention,
    Answer,
    Candidate,
    Document,
    Outcome,
    Passage,
    Question,
    Reason,
    Scores,
    Section,
    Span,
    Statement,
)
from tests.fakes.engine import TRACE, FakeBackend, FewDocuments
from tests.fakes.quotes import cite
from tests.require import ROOT

_FILE = "000_d787e751175fd3e0.txt"
_TEXT = (ROOT / "seeds" / _FILE).read_text(encoding="utf-8")
_HEADINGS = ("ICE's Recruitment Tactics Raise Concerns", "Why the Recruitment Drive?")
_STARTS = [_TEXT.index(f"\n{heading}\n") + 1 for heading in _HEADINGS]
DOCUMENT = Document(
    id="0523c1928b4bbce3",
    uri=f"seeds/{_FILE}",
    title=_TEXT.partition("\n")[0],
    text=_TEXT,
    sections=tuple(
        Section(span=Span(start, end), path=(heading,))
        for heading, start, end in zip(_HEADINGS, _STARTS, [*_STARTS[1:], len(_TEXT)], strict=True)
    ),
)
QUESTION, UNANSWERABLE = "who demanded an apology?", "how tall is grady judd?"
_PASSAGE = Span(_TEXT.index("Reports suggest"), len(_TEXT))


_QUOTE = "He called for an apology from Homeland Security Secretary Kristi Noem."
_ANTECEDENT = _TEXT[_TEXT.index("Polk County") : _TEXT.index(f" {_QUOTE}")]
_ANSWER = Answer(
    question=QUESTION,
    text="Sheriff Grady Judd",
    statements=(Statement(text=_QUOTE.replace("He ", "He [Sheriff Grady Judd] ", 1), citations=(0, 1)),),
    citations=(cite(DOCUMENT, _QUOTE), cite(DOCUMENT, _ANTECEDENT)),
    confidence=0.86,
    short_answer_confidence=0.72,
    trace=TRACE,
)
_ABSTENTION = Abstention(
    question=UNANSWERABLE,
    reason=Reason.NOT_ANSWERED_HERE,
    confidence=0.04,
    nearest=(cite(DOCUMENT, _ANTECEDENT),),
    trace=TRACE,
)


def _outcome(question: str) -> Outcome:
    outcome: Outcome = _ABSTENTION if question.lower() == UNANSWERABLE else _ANSWER
    return replace(outcome, question=question)


def _search(_question: Question, k: int = 10) -> list[Candidate]:
    passage = Passage(document_id=DOCUMENT.id, version=DOCUMENT.sha256, span=_PASSAGE, sentences=(_PASSAGE,))
    return [Candidate(passage=passage, document=DOCUMENT, scores=Scores(fused=1.3, dense=0.5))][:k]


def seeds_backend() -> FakeBackend:
    """The backend; a search finds the same passage for every question."""
    backend = FakeBackend(script=_outcome)
    backend.catalog = FewDocuments((DOCUMENT,))
    backend.engine.search = _search  # type: ignore[method-assign]
    return backend
