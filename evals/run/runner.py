"""Asks every case and records what came back; one broken case is a record, never the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from evals.cases.case import Case
from evals.diagnose.stage import Diagnosis, diagnose
from evals.metrics.citation_precision_recall import forbidden_cited, uncited
from evals.run.scores import Retrieval, Scores, retrieval, score
from rag.errors import UnknownDocument
from rag.explanation.corpus import Corpus
from rag.types import DEFAULT_COLLECTION, Abstention, Answer, Citation, Outcome, Question

Ask = Callable[[Question], Outcome]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One case with its outcome. ``exact`` has an entry a citation, None: no catalog to check in.

    ``error`` is the exception's class and message where asking failed; ``outcome`` is then None.
    ``trouble`` says in words what is wrong, empty where nothing is; ``diagnosis`` at which stage.
    ``ranking`` says how the passages that must be cited were ranked, where that is known.
    """

    case: Case
    outcome: Outcome | None
    scores: Scores
    exact: tuple[bool, ...] | None
    ms: float
    error: str = ""
    trouble: str = ""
    diagnosis: Diagnosis | None = None
    ranking: Retrieval | None = None

    @property
    def answered(self) -> bool:
        return isinstance(self.outcome, Answer)

    @property
    def abstained(self) -> bool:
        return isinstance(self.outcome, Abstention)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """All records, in the order of the cases, with the processor time they took in this process."""

    records: tuple[Record, ...]
    cpu_ms: float = field(default=0.0, compare=False)


def run(
    cases: Sequence[Case],
    ask: Ask,
    *,
    corpus: Corpus | None = None,
    collection: str = DEFAULT_COLLECTION,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Run:
    """Asks each case and scores it; records are in the order of the cases, however many at once.

    Args:
        ask: answers one question; what it raises is recorded. Safe to call from ``jobs`` threads.
        corpus: where each citation is looked up again; without it exactness is not measured.
        jobs: how many questions are asked at once.
        progress: called after each case with how many are done, of how many.
    """
    since = time.process_time()
    records: list[Record] = []
    with ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="eval") as pool:
        for record in pool.map(lambda case: _record(case, ask, corpus, collection), cases):
            records.append(record)
            if progress is not None:
                progress(len(records), len(cases))
    return Run(records=tuple(records), cpu_ms=(time.process_time() - since) * 1e3)


def citations_of(outcome: Outcome | None) -> tuple[Citation, ...]:
    """All citations an outcome shows: an answer's, or an abstention's nearest."""
    if outcome is None:
        return ()
    return outcome.citations if isinstance(outcome, Answer) else outcome.nearest


def answer_text(outcome: Outcome | None) -> str:
    """The short answer; empty for an abstention or an error."""
    return outcome.text if isinstance(outcome, Answer) else ""


def _record(case: Case, ask: Ask, corpus: Corpus | None, collection: str) -> Record:
    outcome, error = None, ""
    since = time.perf_counter()
    try:
        outcome = ask(case.as_question(collection))
    except Exception as broken:  # noqa: BLE001 (whatever breaks is recorded against its case)
        error = f"{type(broken).__name__}: {broken}"
    ms = (time.perf_counter() - since) * 1e3
    return judged(case, outcome, corpus=corpus, ms=ms, error=error)


def judged(
    case: Case, outcome: Outcome | None, *, corpus: Corpus | None, ms: float = 0.0, error: str = ""
) -> Record:
    """The record of one outcome; None stands for a question that broke."""
    exact = None if corpus is None else tuple(_exact(c, corpus) for c in citations_of(outcome))
    ranking = retrieval(case, outcome, corpus)
    scores = score(case, outcome, ranking)
    trouble = error or _trouble(case, outcome, scores, exact)
    return Record(
        case=case,
        outcome=outcome,
        scores=scores,
        exact=exact,
        ms=ms,
        error=error,
        trouble=trouble,
        diagnosis=diagnose(case, outcome, right=scores.right, corpus=corpus) if trouble else None,
        ranking=ranking,
    )


def _exact(citation: Citation, corpus: Corpus) -> bool:
    """Looked up anew and compared here, so that the system isn't its own judge."""
    try:
        text = corpus.document(citation.document_id, citation.version).text
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
        parts += [f"does not cite {evidence}" for evidence in uncited(outcome.citations, case.must_cite)]
    if isinstance(outcome, Answer):
        parts += [f"cites {evidence}" for evidence in forbidden_cited(outcome.citations, case.must_not_cite)]
    if exact is not None and not all(exact):
        parts.append(f"{exact.count(False)} of {len(exact)} citations are not what is stored")
    return "; ".join(parts)
