"""Tries the breaks, one after the other, on a copy of what is indexed, and counts what is noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evals import gate
from evals.datasets.load import Dataset
from evals.mutate import documents as make
from evals.mutate.pipeline import BREAKS, Break
from evals.run import summary
from evals.run.indexing import fresh_service, write_documents
from evals.run.runner import Progress, Record, Run, citations_of, judged, run
from evals.run.saved_results import Results
from rag.explanation.corpus import Corpus
from rag.types import Answer, Document, Outcome

if TYPE_CHECKING:
    from rag.wiring import Service

NOTICED = "noticed"  # a break that the suite must fail on
HELD = "held"  # no break: the suite must stay as it was


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One break that was tried. ``case`` is empty where the whole suite was asked.

    ``good`` is True where the suite did what it must: notice a break, or hold where nothing broke.
    """

    kind: str
    must: str
    case: str
    good: bool
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutants:
    """All that were tried, and the share of breaks noticed; None where none could be made."""

    tried: tuple[Mutant, ...]

    @property
    def score(self) -> float | None:
        breaks = [mutant.good for mutant in self.tried if mutant.must == NOTICED]
        return sum(breaks) / len(breaks) if breaks else None


def mutate(
    dataset: Dataset,
    service: Service,
    done: Run,
    baseline: Results,
    *,
    each: int,
    progress: Progress | None = None,
) -> Mutants:
    """Breaks the pipeline in every way known, and the documents of up to ``each`` cases in every way.

    Args:
        done: the run on what is whole; only what passes there can notice anything.
        baseline: the same run as it is kept, which the broken ones are held against.
        each: cases, evenly spread over those that pass, of which each kind is tried.
    """
    good = [r for r in done.records if not r.trouble and r.answered]
    sample = good[:: max(1, len(good) // each)][:each]
    breaks = [broken for broken in BREAKS if broken.tells(service)]
    of = len(breaks) + len(sample)
    tried: list[Mutant] = []
    for count, broken in enumerate(breaks, 1):
        tried.append(_pipeline(dataset, service, done, baseline, broken))
        _tell(progress, count, of)
    for count, found in enumerate(break_documents(service, sample), len(breaks) + 1):
        tried += found
        _tell(progress, count, of)
    return Mutants(tried=tuple(tried))


def break_documents(service: Service, records: Sequence[Record]) -> Iterator[list[Mutant]]:
    """For each record that passes, every kind of break of its document, tried in a copy."""
    # In a folder of their own: what is broken there is nobody's.
    with fresh_service(service.settings, Corpus(service.catalog).documents()) as scratch:
        for record in records:
            yield list(_documents(scratch, record))


def _tell(progress: Progress | None, count: int, of: int) -> None:
    if progress is not None:
        progress(count, of)


def _pipeline(dataset: Dataset, service: Service, done: Run, baseline: Results, broken: Break) -> Mutant:
    """The whole suite against a broken pipeline: does the gate fail, and name the stage?"""
    after = run(dataset.cases, broken.ask(service), corpus=Corpus(service.catalog))
    whole = summary.summarise(done)
    verdicts = gate.judge(
        after,
        summary.summarise(after),
        at_least={k: b for k, b in dataset.at_least.items() if _met(whole, k, b, up=True)},
        at_most={k: b for k, b in dataset.at_most.items() if _met(whole, k, b, up=False)},
        baseline=baseline,
    )
    failed = [verdict for verdict in verdicts if not verdict.passed]
    lost = dict(gate.stages([r for r in after.records if r.trouble]))
    before = dict(gate.stages([r for r in done.records if r.trouble]))
    more = {stage: n - before.get(stage, 0) for stage, n in lost.items()}
    most = max(more, key=lambda stage: (more[stage], stage), default="")
    told = f"{', '.join(v.name for v in failed) or 'no gate failed'}; most lost at {most}"
    return Mutant(kind=broken.name, must=NOTICED, case="", good=bool(failed), told=told)


def _met(figures: Mapping[str, summary.Figure], name: str, bound: float, *, up: bool) -> bool:
    value = figures[name].value if name in figures else None
    return value is not None and (value >= bound if up else value <= bound)


Maker = Callable[[Record, Document], Document | None]
_KINDS: tuple[tuple[str, str, Maker], ...] = (
    ("what must be cited dropped", NOTICED, lambda r, d: make.gold_dropped(r.case, d)),
    ("what was cited dropped", NOTICED, lambda r, d: make.cited_dropped(citations_of(r.outcome), d)),
    ("names and numbers swapped", NOTICED, lambda r, d: make.values_swapped(r.case, d)),
    ("a contradicting document added", NOTICED, lambda r, d: make.contradicting(r.case, d)),
    ("a distracting document added", HELD, lambda r, d: make.distracting(r.case, d)),
)


def _documents(scratch: Service, record: Record) -> Iterator[Mutant]:
    """Every kind of break of the document that a case's answer rests on, each undone before the next."""
    cited = citations_of(record.outcome)
    original = scratch.catalog.document(cited[0].document_id)
    for kind, must, maker in _KINDS:
        mutant = maker(record, original)
        if mutant is None:
            continue
        _write(scratch, mutant)
        try:
            yield _asked(scratch, record, kind, must)
        finally:
            if mutant.id == original.id:
                _write(scratch, original)
            else:
                scratch.library.write((), [(mutant.collection, mutant.id)])


def _asked(scratch: Service, record: Record, kind: str, must: str) -> Mutant:
    case = record.case
    outcome = scratch.engine.ask(case.as_question())
    after = judged(case, outcome, corpus=Corpus(scratch.catalog))
    shown = isinstance(outcome, Answer) and bool(outcome.conflicts)
    noticed = bool(after.trouble) or shown or (kind == "what was cited dropped" and _moved(record, outcome))
    told = after.trouble or ("a conflict is shown" if shown else "answered as before")
    return Mutant(kind=kind, must=must, case=case.id, good=noticed == (must == NOTICED), told=told)


def _moved(record: Record, outcome: Outcome) -> bool:
    """The answer now rests on other sentences: what it cited was no decoration."""
    before = {citation.quote for citation in citations_of(record.outcome)}
    return not before & {citation.quote for citation in citations_of(outcome)}


def _write(service: Service, document: Document) -> None:
    write_documents(service, [document])
