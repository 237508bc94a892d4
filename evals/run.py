"""Asks every case and records what came back; one broken case is a record, never the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from evals.cases import Case
from evals.matchers import Said
from evals.metrics.answer_in_citation import answer_in_citation
from evals.metrics.answer_right import answer_right
from evals.metrics.citation_precision_recall import citation_precision, citation_recall, missing
from evals.metrics.exact_match import exact_match
from evals.metrics.f1 import f1
from rag.errors import UnknownDocument
from rag.types import Abstention, Answer, Citation, Document, Outcome, Question

Ask = Callable[[Question], Outcome]
Progress = Callable[[int, int], None]


class Texts(Protocol):
    """Where stored texts are looked up; every ``Catalog`` is one."""

    def document(self, document_id: str, version: str | None = None) -> Document: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What was measured on one case; None: does not apply to it.

    ``em``, ``f1`` apply to answerable cases with accepted texts, ``citation_recall`` to answerable
    cases with quotes that must be cited; an abstention or error scores 0 on them.
    ``citation_precision`` and ``answer_in_citation`` apply to answers given.
    """

    right: bool
    em: float | None = None
    f1: float | None = None
    citation_recall: float | None = None
    citation_precision: float | None = None
    answer_in_citation: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One case with its outcome. ``exact`` has an entry a citation, None: no catalog to check in.

    ``error`` is the exception's class and message where asking failed; ``outcome`` is then None.
    ``trouble`` says in words what is wrong, empty where nothing is.
    """

    case: Case
    outcome: Outcome | None
    scores: Scores
    exact: tuple[bool, ...] | None
    ms: float
    error: str = ""
    trouble: str = ""

    @property
    def answered(self) -> bool:
        return isinstance(self.outcome, Answer)

    @property
    def abstained(self) -> bool:
        return isinstance(self.outcome, Abstention)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """All records, in the order of the cases."""

    records: tuple[Record, ...]


def run(
    cases: Sequence[Case],
    ask: Ask,
    *,
    catalog: Texts | None = None,
    progress: Progress | None = None,
) -> Run:
    """Asks each case in order and scores it.

    Args:
        ask: answers one question; what it raises is recorded.
        catalog: where each citation is looked up again; without it exactness is not measured.
        progress: called after each case with how many are done, of how many.
    """
    records = []
    for done, case in enumerate(cases, 1):
        records.append(_record(case, ask, catalog))
        if progress is not None:
            progress(done, len(cases))
    return Run(records=tuple(records))


def citations_of(outcome: Outcome | None) -> tuple[Citation, ...]:
    """All citations an outcome shows: an answer's, or an abstention's nearest."""
    if outcome is None:
        return ()
    return outcome.citations if isinstance(outcome, Answer) else outcome.nearest


def answer_text(outcome: Outcome | None) -> str:
    """The short answer; empty for an abstention or an error."""
    return outcome.text if isinstance(outcome, Answer) else ""


def _record(case: Case, ask: Ask, catalog: Texts | None) -> Record:
    outcome, error = None, ""
    since = time.perf_counter()
    try:
        outcome = ask(Question(text=case.question))
    except Exception as broken:  # noqa: BLE001 (whatever breaks is recorded against its case)
        error = f"{type(broken).__name__}: {broken}"
    ms = (time.perf_counter() - since) * 1e3
    exact = None if catalog is None else tuple(_exact(c, catalog) for c in citations_of(outcome))
    scores = score(case, outcome)
    return Record(
        case=case,
        outcome=outcome,
        scores=scores,
        exact=exact,
        ms=ms,
        error=error,
        trouble=error or _trouble(case, outcome, scores, exact),
    )


def score(case: Case, outcome: Outcome | None) -> Scores:
    """The scores of one outcome; None stands for a question that broke."""
    text = answer_text(outcome)
    quotes = [c.quote for c in outcome.citations] if isinstance(outcome, Answer) else []
    answered = isinstance(outcome, Answer)
    texts = case.exact_answers
    return Scores(
        right=_right(case, outcome),
        em=exact_match(text, texts) if texts else None,
        f1=f1(text, texts) if texts else None,
        citation_recall=citation_recall(quotes, case.must_cite) if case.must_cite else None,
        citation_precision=(
            citation_precision(quotes, case.must_cite, case.may_cite) if answered and case.must_cite else None
        ),
        answer_in_citation=answer_in_citation(text, quotes) if answered else None,
    )


def _right(case: Case, outcome: Outcome | None) -> bool:
    if not case.answerable:
        return isinstance(outcome, Abstention)
    if not isinstance(outcome, Answer):
        return False
    statements = tuple(statement.text for statement in outcome.statements)
    return answer_right(Said(text=outcome.text, statements=statements), case.answers)


def _exact(citation: Citation, catalog: Texts) -> bool:
    """Looked up anew and compared here, so that the system isn't its own judge."""
    try:
        text = catalog.document(citation.document_id, citation.version).text
    except UnknownDocument:
        return False
    return text[citation.start : citation.end] == citation.quote


def _trouble(case: Case, outcome: Outcome | None, scores: Scores, exact: tuple[bool, ...] | None) -> str:
    parts = []
    if isinstance(outcome, Abstention) and case.answerable:
        parts.append(f"abstained ({outcome.reason}, confidence {outcome.confidence:.2f})")
    elif isinstance(outcome, Answer) and not case.answerable:
        parts.append(f"answered what the documents don't say (confidence {outcome.confidence:.2f})")
    elif isinstance(outcome, Answer):
        parts += [] if scores.right else [f"wrong answer (confidence {outcome.confidence:.2f})"]
        lacking = missing([c.quote for c in outcome.citations], case.must_cite)
        parts += [f"does not cite {quote!r}" for quote in lacking]
    if exact is not None and not all(exact):
        parts.append(f"{exact.count(False)} of {len(exact)} citations are not what is stored")
    return "; ".join(parts)
