"""The stage at which a case was lost: not ingested, not retrieved, not read, not trusted, not cited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from evals.cases.case import Case
from evals.cases.evidence import Evidence
from evals.cases.matchers import Prediction
from evals.diagnose.regions import regions
from evals.metrics.answer_right import answer_right
from rag.explanation.corpus import Corpus
from rag.explanation.passage_trace import PassageTrace, trace_regions
from rag.explanation.regions import Region
from rag.text import sentences
from rag.types import Abstention, Answer, Outcome, ReadSpan, Reason, Span


class Stage(StrEnum):
    """Where a case was lost, in the order of a question's trace."""

    INGEST = "ingest"  # no stored document holds what was expected
    RETRIEVE = "retrieve"  # stored, but not among the passages that were read
    READ = "read"  # the reader had the passage and found another span better
    TRUST = "trust"  # the confidence was too low for a right answer, or high enough where there is none
    CITE = "cite"  # the right answer, but not the right places
    BROKE = "broke"  # asking raised an error
    UNKNOWN = "unknown"  # no trace to tell by


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The stage, and a plain line that says what happened there."""

    stage: Stage
    why: str


def gold(case: Case, corpus: Corpus) -> tuple[Region, ...]:
    """The regions that hold the answer: the first evidence that must be cited, else any accepted text."""
    places = case.must_cite[0] if case.must_cite else [Evidence(quote=text) for text in case.exact_answers]
    return regions(places, corpus.documents())


def diagnose(case: Case, outcome: Outcome | None, *, right: bool, corpus: Corpus | None) -> Diagnosis:
    """The stage at which a failed case was lost."""
    if outcome is None:
        return Diagnosis(Stage.BROKE, "asking it broke")
    if not case.answerable:
        if isinstance(outcome, Answer):
            return Diagnosis(Stage.TRUST, f"{_sure(outcome.confidence)}, though there is no answer")
        return Diagnosis(Stage.CITE, "an abstention that shows what isn't stored")
    if corpus is None:
        return Diagnosis(Stage.UNKNOWN, "the documents can't be looked up")
    expected = gold(case, corpus)
    if not expected:
        return Diagnosis(Stage.INGEST, "no stored document holds what must be cited")
    trace = trace_regions(expected, outcome.trace)
    if not trace.pool_size:
        return Diagnosis(Stage.UNKNOWN, "there is no trace")
    if right and trace.is_chosen:
        return Diagnosis(Stage.CITE, "the right answer, without the places that must be cited")
    return _lost(case, outcome, trace, corpus, right=right)


def _lost(case: Case, outcome: Outcome, trace: PassageTrace, corpus: Corpus, *, right: bool) -> Diagnosis:
    if trace.rank is None:
        return Diagnosis(Stage.RETRIEVE, f"its passage is not among the {trace.pool_size} found")
    if not trace.read:
        best = f"the best {trace.passages_read} were read" if trace.passages_read else "none was read"
        return Diagnosis(Stage.RETRIEVE, f"its passage came {_nth(trace.rank)}; {best}")
    good = [span for span in trace.read if _is_right(case, span, trace, corpus)]
    if not good:
        return Diagnosis(Stage.READ, f"its passage was read as {_quoted(trace.read[0])}")
    if not trace.is_chosen or trace.chosen is None:
        other = f", but {_quoted(trace.chosen)} elsewhere was preferred" if trace.chosen else ""
        return Diagnosis(Stage.READ, f"{_quoted(good[0])} was read{other}")
    if isinstance(outcome, Abstention) and outcome.reason is not Reason.UNSUPPORTED:
        return Diagnosis(Stage.TRUST, f"read as {_quoted(trace.chosen)}, but {_sure(outcome.confidence)}")
    if right or isinstance(outcome, Abstention):
        return Diagnosis(Stage.CITE, "the right span was read, and the wrong places cited")
    return Diagnosis(Stage.READ, f"its passage was read as {_quoted(trace.chosen)}")


def _is_right(case: Case, span: ReadSpan, trace: PassageTrace, corpus: Corpus) -> bool:
    support = _sentences(span, trace, corpus)
    return answer_right(Prediction(text=span.text, statements=support), case.answers)


def _sentences(span: ReadSpan, trace: PassageTrace, corpus: Corpus) -> tuple[str, ...]:
    """The sentences that hold a read span, as an answer would quote them."""
    passage = next(r.passage for r in trace.retrieved if r.passage.passage_id == span.passage_id)
    text = corpus.document(passage.document_id).text
    within: Sequence[Span] = sentences(text, passage.span)
    return tuple(sentence.slice(text) for sentence in within if sentence.overlaps(span.span))


def _quoted(span: ReadSpan) -> str:
    text = " ".join(span.text.split())
    return f"“{text if len(text) <= 80 else text[:77] + '…'}”"


def _sure(confidence: float) -> str:
    return f"{confidence:.0%} sure"


def _nth(rank: int) -> str:
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"
