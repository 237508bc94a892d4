"""Which stage a case was lost at: not ingested, not retrieved, not read, not trusted, not cited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from evals.cases.case import Case
from evals.cases.evidence import Evidence
from evals.cases.matchers import Prediction
from evals.diagnose.passage_trace import Region, Whereabouts, regions, whereabouts
from evals.metrics.answer_right import answer_right
from evals.run.corpus import Corpus
from rag.text import sentences
from rag.types import Abstention, Answer, Outcome, Reason, Span


class Stage(StrEnum):
    """Where a case was lost, in the order of a question's way."""

    INGEST = "ingest"  # no stored document holds what was expected
    RETRIEVE = "retrieve"  # stored, but not among the passages that were read
    READ = "read"  # the reader had the passage and found another span better
    TRUST = "trust"  # confidence said no to a right answer, or yes where there is none
    CITE = "cite"  # the right answer, but not the right places
    BROKE = "broke"  # asking raised an error
    UNKNOWN = "unknown"  # no trace to tell by


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The stage, and a plain line that says what happened there."""

    stage: Stage
    why: str


def gold(case: Case, corpus: Corpus) -> tuple[Region, ...]:
    """Where the answer stands: the first thing that must be cited, else any accepted text."""
    places = case.must_cite[0] if case.must_cite else [Evidence(quote=text) for text in case.exact_answers]
    return regions(places, corpus.documents())


def diagnose(case: Case, outcome: Outcome | None, *, right: bool, corpus: Corpus | None) -> Diagnosis:
    """The stage at which a case with trouble was lost."""
    if outcome is None:
        return Diagnosis(Stage.BROKE, "asking it broke")
    if not case.answerable:
        if isinstance(outcome, Answer):
            return Diagnosis(Stage.TRUST, f"{_sure(outcome.confidence)}, though there is no answer")
        return Diagnosis(Stage.CITE, "an abstention that shows what isn't stored")
    if corpus is None:
        return Diagnosis(Stage.UNKNOWN, "the documents can't be looked up")
    where = gold(case, corpus)
    if not where:
        return Diagnosis(Stage.INGEST, "no stored document holds what must be cited")
    way = whereabouts(where, outcome.trace)
    if not way.of:
        return Diagnosis(Stage.UNKNOWN, "there is no trace")
    if right and way.chosen_here:
        return Diagnosis(Stage.CITE, "the right answer, without the places that must be cited")
    return _lost(case, outcome, way, corpus, right=right)


def _lost(case: Case, outcome: Outcome, way: Whereabouts, corpus: Corpus, *, right: bool) -> Diagnosis:
    if way.rank is None:
        return Diagnosis(Stage.RETRIEVE, f"its passage is not among the {way.of} found")
    if not way.read:
        best = f"the best {way.passages_read} were read" if way.passages_read else "none was read"
        return Diagnosis(Stage.RETRIEVE, f"its passage came {_nth(way.rank)}; {best}")
    good = [span for span in way.read if _is_right(case, span, way, corpus)]
    if not good:
        return Diagnosis(Stage.READ, f"its passage was read as {_quoted(way.read[0])}")
    if not way.chosen_here or way.chosen is None:
        other = f", but {_quoted(way.chosen)} elsewhere was preferred" if way.chosen else ""
        return Diagnosis(Stage.READ, f"{_quoted(good[0])} was read{other}")
    if isinstance(outcome, Abstention) and outcome.reason is not Reason.UNSUPPORTED:
        return Diagnosis(Stage.TRUST, f"read as {_quoted(way.chosen)}, but {_sure(outcome.confidence)}")
    if right or isinstance(outcome, Abstention):
        return Diagnosis(Stage.CITE, "the right span was read, and the wrong places cited")
    return Diagnosis(Stage.READ, f"its passage was read as {_quoted(way.chosen)}")


def _is_right(case: Case, span: Mapping[str, Any], way: Whereabouts, corpus: Corpus) -> bool:
    support = _sentence(span, way, corpus)
    return answer_right(Prediction(text=str(span["text"]), statements=support), case.answers)


def _sentence(span: Mapping[str, Any], way: Whereabouts, corpus: Corpus) -> tuple[str, ...]:
    """The sentences that hold a read span, as an answer would quote them."""
    told = next(found.told for found in way.found if found.told["id"] == span["passage"])
    document = corpus.document(str(told["document_id"]))
    within, place = Span(told["start"], told["end"]), Span(span["start"], span["end"])
    found: Sequence[Span] = sentences(document.text, within)
    return tuple(s.slice(document.text) for s in found if s.overlaps(place))


def _quoted(span: Mapping[str, Any]) -> str:
    text = " ".join(str(span["text"]).split())
    return f"“{text if len(text) <= 80 else text[:77] + '…'}”"


def _sure(confidence: float) -> str:
    return f"{confidence:.0%} sure"


def _nth(rank: int) -> str:
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"
