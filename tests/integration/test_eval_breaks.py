"""Mutation tests of the shipped suite: with any stage broken, the gate fails and the report names the stage.

Over the seed article with real models and indexes; the suite is compared with its own run.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from rich.console import Console

from evals import gate
from evals.datasets.load import Dataset, load
from evals.evaluation import Options, Reports, measure
from evals.gate import Exit
from evals.mutate.pipeline import PIPELINE_OPERATORS, PipelineOperator
from evals.mutate.runner import MUST_BE_KILLED, MUST_SURVIVE, mutate_documents
from evals.run.runner import Run, run
from evals.run.target import Target, in_process
from rag.explanation.corpus import Corpus
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Original:
    """The suite, the system without a mutation, its run, and the file of that run as the baseline."""

    dataset: Dataset
    target: Target
    run: Run
    baseline: Path


@pytest.fixture(scope="module")
def original(model_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Original]:
    # Bounds that allow no exception alone: no other bound may be the reason that a mutant fails the gate.
    seeds = load("seeds")
    # Every other case, to halve the time.
    dataset = replace(seeds, cases=seeds.cases[::2], at_least={"citations_exact": 1.0}, at_most={"errors": 0})
    baseline = tmp_path_factory.mktemp("original") / "baseline.json"
    with in_process(dataset, Settings(cache=model_cache)) as target:
        accept = Options(baseline=baseline, update_baseline=True)
        assert measure(dataset, target, accept, console=Console(file=io.StringIO()), progress=False) == 0
        result = run(dataset.cases, target.ask, corpus=Corpus(target.store))
        yield Original(dataset, target, result, baseline)


def test_two_runs_without_a_mutation_pass_and_write_the_same_bytes(
    original: Original, tmp_path: Path
) -> None:
    """The run is no regression of itself, and its reports are the same each time."""
    for name in ("one", "two"):
        kinds = {kind: tmp_path / f"{name}.{kind}" for kind in ("json", "junit", "markdown", "html")}
        options = Options(baseline=original.baseline, jobs=2, reports=Reports(**kinds, times=False))
        code = measure(
            original.dataset, original.target, options, console=Console(file=io.StringIO()), progress=False
        )
        assert code == Exit.PASSED
    for kind in ("json", "junit", "markdown", "html"):
        assert (tmp_path / f"one.{kind}").read_bytes() == (tmp_path / f"two.{kind}").read_bytes(), kind


def test_an_index_made_anew_gives_the_same_bytes(
    original: Original, model_cache: Path, tmp_path: Path
) -> None:
    """Ingested into another fresh folder, the suite gives the same baseline, byte for byte."""
    second = tmp_path / "second.json"
    with in_process(original.dataset, Settings(cache=model_cache)) as target:
        options = Options(baseline=second, update_baseline=True)
        measure(original.dataset, target, options, console=Console(file=io.StringIO()), progress=False)
    assert second.read_bytes() == original.baseline.read_bytes()


# Every passage of the article is read for each question, so that their order changes no answer.
@pytest.mark.parametrize(
    "operator", [o for o in PIPELINE_OPERATORS if not o.reorders_only], ids=lambda operator: operator.name
)
def test_a_broken_stage_fails_the_gate_and_is_named(original: Original, operator: PipelineOperator) -> None:
    """Retriever, reader, confidence, citations: exit code 1, and the failed verdict names that stage."""
    service = original.target.service
    assert service is not None
    target = replace(original.target, ask=operator.ask(service))
    out = io.StringIO()
    code = measure(
        original.dataset,
        target,
        Options(baseline=original.baseline),
        console=Console(file=out, width=200),
        progress=False,
    )
    assert code == Exit.FAILED
    failed = [line for line in out.getvalue().splitlines() if line.startswith("FAIL")]
    assert any(f"(lost at {operator.stage} " in line for line in failed), failed


def test_equivalent_mutants_are_not_tried(original: Original) -> None:
    """Shuffled ranks change no answer where every passage is read."""
    service = original.target.service
    assert service is not None
    equivalent = [o.name for o in PIPELINE_OPERATORS if not o.can_change_answers(service)]
    assert equivalent == ["ranks shuffled", "retriever deaf"]


def test_mutated_documents_are_noticed(original: Original) -> None:
    """Without the sentence that holds its answer, or with another name in it, a case doesn't pass."""
    service = original.target.service
    assert service is not None
    passing = [r for r in original.run.records if not r.failure and r.answered and r.case.exact_answers]
    mutants = [mutant for of_case in mutate_documents(service, passing[:2]) for mutant in of_case]
    expected = {mutant.operator: mutant.expected for mutant in mutants}
    assert len(expected) == 5
    assert set(expected.values()) == {MUST_BE_KILLED, MUST_SURVIVE}
    killed = {"what must be cited dropped", "names and numbers swapped"}
    assert all(mutant.as_expected for mutant in mutants if mutant.operator in killed), mutants


def test_mutations_leave_the_original_as_it_is(original: Original) -> None:
    """Documents are mutated in a copy: the original service answers as before."""
    second = run(original.dataset.cases, original.target.ask, corpus=Corpus(original.target.store))
    assert [r.outcome for r in second.records] == [r.outcome for r in original.run.records]
    assert not gate.count_stages([r for r in second.records if r.error])
