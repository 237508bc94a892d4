"""The stage at which a case was lost, from ingest to citing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from evals.cases.case import Case
from evals.cases.evidence import Evidence
from evals.cases.matchers import Prediction
from evals.cases.words import words
from evals.diagnose.regions import accepted_regions, regions
from evals.diagnose.wording import cited_parts, first_instead, nth, quoted, sure
from evals.metrics.accepted_answer import is_accepted_answer_said, said_polarity
from evals.metrics.answer_right import answer_right
from evals.metrics.verdict import coverage, is_decided_by_answers, required_share
from rag.explanation.corpus import Corpus
from rag.explanation.passage_trace import PassageTrace, trace_regions
from rag.explanation.regions import Region
from rag.text import sentences
from rag.types import Abstention, Answer, Outcome, ReadSpan, Reason, Span

_SHORT_QUOTE = 4  # words: a shorter one stands in places that don't answer


class Stage(StrEnum):
    """Where a case was lost, in the order of a question's trace."""

    INGEST = "ingest"  # no stored document holds what was expected
    RETRIEVE = "retrieve"  # stored, but not among the passages found
    UNREAD = "unread"  # found, but ranked too low to be read
    RANK = "rank"  # read, but another passage ranks first after reading
    READ = "read"  # its passage is first, and another unit (sentence, span, item) of it was chosen
    TRUST = "trust"  # the confidence was too low for a right answer, or high enough where there is none
    POLARITY = "polarity"  # the right evidence, and yes said for no or no for yes
    CUT = "cut"  # some of the right evidence, and too little of it
    CITE = "cite"  # the right answer, but not the right places
    BROKE = "broke"  # asking raised an error
    UNKNOWN = "unknown"  # no trace to tell by


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The stage, and a plain line that says what happened there."""

    stage: Stage
    why: str


def gold(case: Case, corpus: Corpus) -> tuple[Region, ...]:
    """The regions that hold the answer.

    Without a form these are of the first evidence that must be cited; with one of all evidence, but for short
    quotes (they stand in other places too) where there are longer ones. Where nothing must be cited, they are
    where a document says what any of the case's answers accepts.
    """
    groups = case.must_cite if case.form is not None else case.must_cite[:1]
    places = [evidence for group in groups for evidence in group]
    longer = [evidence for evidence in places if not _is_short(evidence)]
    if not places:
        return accepted_regions(case.answers, corpus.documents())
    return regions(longer or places, corpus.documents())


def _is_short(evidence: Evidence) -> bool:
    is_placed = evidence.document is not None or evidence.quote is None
    return not is_placed and len(words(evidence.quote or "")) < _SHORT_QUOTE


def diagnose(case: Case, outcome: Outcome | None, *, right: bool, corpus: Corpus | None) -> Diagnosis:
    """The stage at which a failed case was lost."""
    if outcome is None:
        return Diagnosis(Stage.BROKE, "asking it broke")
    if not case.answerable:
        if isinstance(outcome, Answer):
            return Diagnosis(Stage.TRUST, f"{sure(outcome.confidence)}, though there is no answer")
        return Diagnosis(Stage.CITE, "an abstention that shows what isn't stored")
    if corpus is None:
        return Diagnosis(Stage.UNKNOWN, "the documents can't be looked up")
    expected = gold(case, corpus)
    if not expected:
        wanted = "must be cited" if case.must_cite else "the case accepts"
        return Diagnosis(Stage.INGEST, f"no stored document holds what {wanted}")
    trace = trace_regions(expected, outcome.trace)
    if not trace.pool_size:
        return Diagnosis(Stage.UNKNOWN, "there is no trace")
    if right and (trace.is_first or case.form is not None):
        return Diagnosis(Stage.CITE, "the right answer, without the places that must be cited")
    return _before_choice(trace) or _at_choice(case, outcome, trace, corpus, right=right)


def _before_choice(trace: PassageTrace) -> Diagnosis | None:
    """Lost by retrieval; None where an expected passage was read."""
    if trace.rank is None:
        return Diagnosis(Stage.RETRIEVE, f"its passage is not among the {trace.pool_size} found")
    if trace.is_read:
        return None
    best = f"the best {trace.passages_read} were read" if trace.passages_read else "none was read"
    return Diagnosis(Stage.UNREAD, f"its passage came {nth(trace.rank)}; {best}")


def _at_choice(
    case: Case, outcome: Outcome, trace: PassageTrace, corpus: Corpus, *, right: bool
) -> Diagnosis:
    """Lost after an expected passage was read: at its rank, its reading, the decision or the answer."""
    is_cited = isinstance(outcome, Answer) and case.form is not None and coverage(case, outcome.citations) > 0
    if not trace.is_first and trace.first is not None and not is_cited:
        return Diagnosis(Stage.RANK, first_instead(trace))
    if isinstance(outcome, Answer) and case.form is not None:
        return _composed(case, outcome)
    if (case.form is None or is_decided_by_answers(case)) and trace.read:
        good = [span for span in trace.read if _is_right(case, span, trace, corpus)]
        if not good:
            return Diagnosis(Stage.READ, f"its passage was read as {quoted(trace.read[0].text)}")
    if isinstance(outcome, Abstention) and outcome.reason is not Reason.UNSUPPORTED:
        read = f"read as {quoted(trace.chosen.text)}, but " if trace.chosen else ""
        return Diagnosis(Stage.TRUST, f"{read}{sure(outcome.confidence)}")
    if right or isinstance(outcome, Abstention):
        return Diagnosis(Stage.CITE, "the right span was read, and the wrong places cited")
    text = trace.chosen.text if trace.chosen else outcome.text
    return Diagnosis(Stage.READ, f"its passage was read as {quoted(text)}")


def _composed(case: Case, answer: Answer) -> Diagnosis:
    """An answer from the right passage that isn't right: other units, too few of them, or yes for no."""
    share = coverage(case, answer.citations)
    if is_decided_by_answers(case):
        return Diagnosis(Stage.READ, f"its passage was read as {quoted(answer.text)}")
    if not share:
        return Diagnosis(Stage.READ, f"of its passage {quoted(answer.citations[0].quote)} was chosen")
    if share < required_share(case):
        return Diagnosis(Stage.CUT, cited_parts(case, answer))
    return Diagnosis(Stage.POLARITY, f"{said_polarity(answer)} was read, and {case.polarity} is right")


def _is_right(case: Case, span: ReadSpan, trace: PassageTrace, corpus: Corpus) -> bool:
    prediction = Prediction(text=span.text, statements=_sentences(span, trace, corpus))
    if case.form is None:
        return answer_right(prediction, case.answers)
    return is_accepted_answer_said(case, prediction)


def _sentences(span: ReadSpan, trace: PassageTrace, corpus: Corpus) -> tuple[str, ...]:
    """The sentences that hold a read span, as an answer would quote them."""
    passage = next(r.passage for r in trace.retrieved if r.passage.passage_id == span.passage_id)
    text = corpus.document(passage.document_id).text
    within: Sequence[Span] = sentences(text, passage.span)
    return tuple(sentence.slice(text) for sentence in within if sentence.overlaps(span.span))
