"""Asks every case and records its outcome. An error is recorded with its case and doesn't end the run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from evals.cases.case import Case
from evals.diagnose.stage import Diagnosis, diagnose
from evals.metrics.accepted_answer import said_polarity
from evals.metrics.citation_precision_recall import forbidden_cited, uncited
from evals.metrics.evidence_coverage import covered_groups
from evals.metrics.verdict import AnswerVerdict, has_wrong_polarity
from evals.run.scores import EvidenceRanking, Scores, rank_evidence, score
from rag.errors import UnknownDocument
from rag.explanation.corpus import Corpus
from rag.types import DEFAULT_COLLECTION, Abstention, Answer, Citation, Outcome, Question

Ask = Callable[[Question], Outcome]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One case with its outcome, its scores, and ``ms``, the milliseconds that asking took.

    ``exact`` has an entry for each citation: does its quote equal the stored text? None where there is no
    corpus to check in. ``error`` is the exception's class and message where asking raised one; ``outcome``
    is then None. ``failure`` says what is wrong, empty for a case that passes; ``diagnosis`` says at which
    stage. ``ranking`` says how the expected evidence was ranked, None where there is none or no trace.
    """

    case: Case
    outcome: Outcome | None
    scores: Scores
    exact: tuple[bool, ...] | None
    ms: float
    error: str = ""
    failure: str = ""
    diagnosis: Diagnosis | None = None
    ranking: EvidenceRanking | None = None

    @property
    def answered(self) -> bool:
        return isinstance(self.outcome, Answer)

    @property
    def abstained(self) -> bool:
        return isinstance(self.outcome, Abstention)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """All records, in the order of the cases, and the processor time of this process in milliseconds."""

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
    """Asks each case and scores it.

    Args:
        ask: answers one question; what it raises is recorded. It is called from ``jobs`` threads.
        corpus: where each citation is looked up; without it exactness is not measured.
        jobs: how many questions are asked at once; records keep the order of the cases.
        progress: called after each case with the number done and the number of all.
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
    """All citations of an outcome: an answer's, or an abstention's nearest."""
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
    except Exception as raised:  # noqa: BLE001 (any error is recorded against its case)
        error = f"{type(raised).__name__}: {raised}"
    ms = (time.perf_counter() - since) * 1e3
    return judge_outcome(case, outcome, corpus=corpus, ms=ms, error=error)


def judge_outcome(
    case: Case, outcome: Outcome | None, *, corpus: Corpus | None, ms: float = 0.0, error: str = ""
) -> Record:
    """The record of one outcome; None stands for a question that raised an error."""
    exact = None if corpus is None else tuple(_is_exact(c, corpus) for c in citations_of(outcome))
    ranking = rank_evidence(case, outcome, corpus)
    scores = score(case, outcome, ranking)
    failure = error or _failure(case, outcome, scores, exact)
    return Record(
        case=case,
        outcome=outcome,
        scores=scores,
        exact=exact,
        ms=ms,
        error=error,
        failure=failure,
        diagnosis=diagnose(case, outcome, right=scores.right, corpus=corpus) if failure else None,
        ranking=ranking,
    )


def _is_exact(citation: Citation, corpus: Corpus) -> bool:
    """True where the stored text at the citation's offsets is its quote, whatever the system says of it."""
    try:
        text = corpus.document(citation.document_id, citation.version).text
    except UnknownDocument:
        return False
    return text[citation.start : citation.end] == citation.quote


def _failure(case: Case, outcome: Outcome | None, scores: Scores, exact: tuple[bool, ...] | None) -> str:
    parts = []
    if isinstance(outcome, Abstention) and case.answerable:
        parts.append(f"abstained ({outcome.reason}, confidence {outcome.confidence:.2f})")
    elif isinstance(outcome, Answer) and not case.answerable:
        parts.append(f"answered what the documents don't say (confidence {outcome.confidence:.2f})")
    elif isinstance(outcome, Answer):
        parts += _wrong_parts(case, outcome, scores)
    if isinstance(outcome, Answer):
        parts += [f"cites {evidence}" for evidence in forbidden_cited(outcome.citations, case.must_not_cite)]
    if exact is not None and not all(exact):
        parts.append(f"{exact.count(False)} of {len(exact)} citations are not what is stored")
    return "; ".join(parts)


def _wrong_parts(case: Case, answer: Answer, scores: Scores) -> list[str]:
    """What is wrong with an answer to an answerable question. With a form, its verdict alone decides."""
    sure = f"(confidence {answer.confidence:.2f})"
    if case.form is None:
        missing = [f"does not cite {evidence}" for evidence in uncited(answer.citations, case.must_cite)]
        return missing if scores.right else [f"wrong answer {sure}", *missing]
    if scores.right:
        return []
    if has_wrong_polarity(case, answer):
        return [f"says {said_polarity(answer)}, where {case.polarity} is right {sure}"]
    cited, groups = len(covered_groups(answer.citations, case.must_cite)), len(case.must_cite)
    word = "partly right" if scores.verdict is AnswerVerdict.PARTLY else "wrong answer"
    return [f"{word} {sure}", f"cites {cited} of {groups} parts of the evidence"]
