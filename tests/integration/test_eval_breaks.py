"""Break each stage on purpose: the gate fails every time, and the report names the stage.

The seed article, the real models and indexes, the whole shipped suite, held to what it reached itself.
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
from evals.gate import Exit
from evals.mutate.command import HELD, NOTICED, break_documents
from evals.mutate.pipeline import BREAKS, Break
from evals.run.command import Options, Reports, measure
from evals.run.runner import Run, run
from evals.run.target import Target, in_process
from rag.explanation.corpus import Corpus
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Whole:
    """The suite with nothing broken: what is asked, what it came to, and where that is kept."""

    dataset: Dataset
    target: Target
    done: Run
    baseline: Path


@pytest.fixture(scope="module")
def whole(model_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    # Only the bounds that allow no exception: what else is missed today must not be what fails.
    seeds = load("seeds")
    # Every other case: enough to tell, in half the time.
    dataset = replace(seeds, cases=seeds.cases[::2], at_least={"citations_exact": 1.0}, at_most={"errors": 0})
    baseline = tmp_path_factory.mktemp("whole") / "baseline.json"
    with in_process(dataset, Settings(cache=model_cache)) as target:
        accept = Options(baseline=baseline, update_baseline=True)
        assert measure(dataset, target, accept, console=Console(file=io.StringIO()), progress=False) == 0
        done = run(dataset.cases, target.ask, corpus=Corpus(target.texts))
        yield Whole(dataset, target, done, baseline)


def test_nothing_broken_passes_and_gives_the_same_bytes_again(whole: Whole, tmp_path: Path) -> None:
    """The baseline's own run is no regression of itself, and two runs write identical reports."""
    for name in ("one", "two"):
        kinds = {kind: tmp_path / f"{name}.{kind}" for kind in ("json", "junit", "markdown", "html")}
        options = Options(baseline=whole.baseline, jobs=2, reports=Reports(**kinds, times=False))
        code = measure(
            whole.dataset, whole.target, options, console=Console(file=io.StringIO()), progress=False
        )
        assert code == Exit.PASSED
    for kind in ("json", "junit", "markdown", "html"):
        assert (tmp_path / f"one.{kind}").read_bytes() == (tmp_path / f"two.{kind}").read_bytes(), kind


def test_an_index_made_anew_gives_the_same_bytes(whole: Whole, model_cache: Path, tmp_path: Path) -> None:
    """Ingested into another fresh folder, the suite comes to the same baseline, byte for byte."""
    again = tmp_path / "again.json"
    with in_process(whole.dataset, Settings(cache=model_cache)) as target:
        options = Options(baseline=again, update_baseline=True)
        measure(whole.dataset, target, options, console=Console(file=io.StringIO()), progress=False)
    assert again.read_bytes() == whole.baseline.read_bytes()


# The article has fewer passages than are read for a question: their order changes nothing there.
@pytest.mark.parametrize("broken", [b for b in BREAKS if not b.ranks], ids=lambda broken: broken.name)
def test_a_broken_stage_fails_the_gate_and_is_named(whole: Whole, broken: Break) -> None:
    """Retriever, reader, calibration, citer: exit code 1, and the failed verdict blames that stage most."""
    service = whole.target.service
    assert service is not None
    target = replace(whole.target, ask=broken.ask(service))
    out = io.StringIO()
    code = measure(
        whole.dataset,
        target,
        Options(baseline=whole.baseline),
        console=Console(file=out, width=200),
        progress=False,
    )
    assert code == Exit.FAILED
    failed = [line for line in out.getvalue().splitlines() if line.startswith("FAIL")]
    assert any(f"(lost at {broken.stage} " in line for line in failed), failed


def test_an_order_that_changes_nothing_is_not_held_against_the_suite(whole: Whole) -> None:
    """A break that can't be noticed is no break: shuffled ranks where every passage is read."""
    service = whole.target.service
    assert service is not None
    assert [b.name for b in BREAKS if not b.tells(service)] == ["ranks shuffled", "retriever deaf"]


def test_breaks_of_documents_are_noticed(whole: Whole) -> None:
    """Without the sentence an answer rests on, or with another name in it, its case must not pass."""
    service = whole.target.service
    assert service is not None
    passing = [r for r in whole.done.records if not r.trouble and r.answered and r.case.exact_answers]
    found = [mutant for tried in break_documents(service, passing[:2]) for mutant in tried]
    kinds = {mutant.kind: mutant.must for mutant in found}
    assert len(kinds) == 5
    assert {NOTICED, HELD} == set(kinds.values())
    sure = {"what must be cited dropped", "names and numbers swapped"}
    assert all(mutant.good for mutant in found if mutant.kind in sure), found


def test_what_was_broken_leaves_no_trace(whole: Whole) -> None:
    """Documents are broken in a copy: the service that was handed over answers as before."""
    again = run(whole.dataset.cases, whole.target.ask, corpus=Corpus(whole.target.texts))
    assert [r.outcome for r in again.records] == [r.outcome for r in whole.done.records]
    assert not gate.stages([r for r in again.records if r.error])
