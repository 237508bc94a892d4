"""Runs the mutation operators, one after the other, on copies of pipeline and documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evals import gate
from evals.datasets.load import Dataset
from evals.mutate import documents as mutations
from evals.mutate.pipeline import PIPELINE_OPERATORS, PipelineOperator
from evals.run import summary
from evals.run.indexing import fresh_service, write_documents
from evals.run.runner import Progress, Record, Run, citations_of, judge_outcome, run
from evals.run.saved_results import SavedRun
from rag.explanation.corpus import Corpus
from rag.types import Answer, Document, Outcome

if TYPE_CHECKING:
    from rag.wiring import Service

MUST_BE_KILLED = "noticed"  # the suite must fail on it
MUST_SURVIVE = "held"  # an equivalent mutant: the suite must pass as before


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One mutant that was tried. ``case`` is empty where the whole suite was asked.

    ``expected`` is MUST_BE_KILLED or MUST_SURVIVE, ``as_expected`` whether the suite did so, ``detail`` what
    came of it.
    """

    operator: str
    expected: str
    case: str
    as_expected: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationResult:
    """All mutants that were tried."""

    mutants: tuple[Mutant, ...]

    @property
    def score(self) -> float | None:
        """The share killed of those that must be; None where there is none."""
        killed = [mutant.as_expected for mutant in self.mutants if mutant.expected == MUST_BE_KILLED]
        return sum(killed) / len(killed) if killed else None


def run_mutants(
    dataset: Dataset,
    service: Service,
    original: Run,
    baseline: SavedRun,
    *,
    cases: int,
    progress: Progress | None = None,
) -> MutationResult:
    """Tries every operator on the pipeline, and every one on the documents of up to ``cases`` cases.

    Args:
        original: the run without a mutation; only a case that passes there can kill a mutant.
        baseline: the same run as it is saved, which mutated ones are compared with.
        cases: how many cases, evenly spread over those that pass, have their documents mutated.
        progress: called after each operator on the pipeline and each case.
    """
    passing = [record for record in original.records if not record.failure and record.answered]
    sample = passing[:: max(1, len(passing) // cases)][:cases]
    operators = [operator for operator in PIPELINE_OPERATORS if operator.can_change_answers(service)]
    total = len(operators) + len(sample)
    mutants: list[Mutant] = []
    for count, operator in enumerate(operators, 1):
        mutants.append(_mutate_pipeline(dataset, service, original, baseline, operator))
        _report_progress(progress, count, total)
    for count, of_case in enumerate(mutate_documents(service, sample), len(operators) + 1):
        mutants += of_case
        _report_progress(progress, count, total)
    return MutationResult(mutants=tuple(mutants))


def mutate_documents(service: Service, records: Sequence[Record]) -> Iterator[list[Mutant]]:
    """For each record that passes, every mutant of its document, tried in a copy of the index."""
    with fresh_service(service.settings, Corpus(service.catalog).documents()) as scratch:
        for record in records:
            yield list(_mutate_document(scratch, record))


def _report_progress(progress: Progress | None, count: int, total: int) -> None:
    if progress is not None:
        progress(count, total)


def _mutate_pipeline(
    dataset: Dataset, service: Service, original: Run, baseline: SavedRun, operator: PipelineOperator
) -> Mutant:
    """The whole suite against a mutated pipeline: does the gate fail?"""
    after = run(dataset.cases, operator.ask(service), corpus=Corpus(service.catalog))
    figures = summary.summarise(original)
    verdicts = gate.judge(
        after,
        summary.summarise(after),
        at_least={k: b for k, b in dataset.at_least.items() if _is_met(figures, k, b, is_lower=True)},
        at_most={k: b for k, b in dataset.at_most.items() if _is_met(figures, k, b, is_lower=False)},
        baseline=baseline,
    )
    failed = [verdict.name for verdict in verdicts if not verdict.passed]
    return Mutant(
        operator=operator.name,
        expected=MUST_BE_KILLED,
        case="",
        as_expected=bool(failed),
        detail=f"{', '.join(failed) or 'no gate failed'}; most lost at {_stage_of_most(original, after)}",
    )


def _stage_of_most(original: Run, after: Run) -> str:
    """The stage at which most more cases were lost than in the original run."""
    before = dict(gate.count_stages([record for record in original.records if record.failure]))
    now = gate.count_stages([record for record in after.records if record.failure])
    more = {stage: n - before.get(stage, 0) for stage, n in now}
    return max(more, key=lambda stage: (more[stage], stage), default="")


def _is_met(figures: Mapping[str, summary.Figure], name: str, bound: float, *, is_lower: bool) -> bool:
    value = figures[name].value if name in figures else None
    return value is not None and (value >= bound if is_lower else value <= bound)


DocumentOperator = Callable[[Record, Document], Document | None]
_DOCUMENT_OPERATORS: tuple[tuple[str, str, DocumentOperator], ...] = (
    ("what must be cited dropped", MUST_BE_KILLED, lambda r, d: mutations.drop_evidence(r.case, d)),
    (
        "what was cited dropped",
        MUST_BE_KILLED,
        lambda r, d: mutations.drop_citations(citations_of(r.outcome), d),
    ),
    ("names and numbers swapped", MUST_BE_KILLED, lambda r, d: mutations.swap_values(r.case, d)),
    ("a contradicting document added", MUST_BE_KILLED, lambda r, d: mutations.contradict(r.case, d)),
    ("a distracting document added", MUST_SURVIVE, lambda r, d: mutations.distract(r.case, d)),
)


def _mutate_document(scratch: Service, record: Record) -> Iterator[Mutant]:
    """Every mutant of the first document that a case's answer cites, each undone before the next."""
    citations = citations_of(record.outcome)
    original = scratch.catalog.document(citations[0].document_id)
    for name, expected, operator in _DOCUMENT_OPERATORS:
        mutated = operator(record, original)
        if mutated is None:
            continue
        write_documents(scratch, [mutated])
        try:
            yield _ask_mutant(scratch, record, name, expected)
        finally:
            if mutated.id == original.id:
                write_documents(scratch, [original])
            else:
                scratch.library.write((), [(mutated.collection, mutated.id)])


def _ask_mutant(scratch: Service, record: Record, operator: str, expected: str) -> Mutant:
    case = record.case
    outcome = scratch.engine.ask(case.as_question())
    after = judge_outcome(case, outcome, corpus=Corpus(scratch.catalog))
    shows_conflict = isinstance(outcome, Answer) and bool(outcome.conflicts)
    cites_others = operator == "what was cited dropped" and _cites_other_sentences(record, outcome)
    killed = bool(after.failure) or shows_conflict or cites_others
    return Mutant(
        operator=operator,
        expected=expected,
        case=case.id,
        as_expected=killed == (expected == MUST_BE_KILLED),
        detail=after.failure or ("a conflict is shown" if shows_conflict else "answered as before"),
    )


def _cites_other_sentences(record: Record, outcome: Outcome) -> bool:
    """True where none of the sentences cited before is cited now: the answer did rest on them."""
    before = {citation.quote for citation in citations_of(record.outcome)}
    return not before & {citation.quote for citation in citations_of(outcome)}
