"""One evaluation from beginning to end: documents in, questions asked, figures, verdicts, reports."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from evals import gate
from evals.cases.case import DatasetError
from evals.datasets.load import Dataset, load
from evals.gate import Exit, Verdict
from evals.reports import terminal
from evals.reports.data import as_data
from evals.reports.junit import junit
from evals.reports.markdown import markdown
from evals.run import summary
from evals.run.affected_cases import AffectedCases, find_affected
from evals.run.by_form import by_form
from evals.run.comparison import RunComparison, compare_runs
from evals.run.runner import Run, run
from evals.run.saved_results import SavedRun, baseline_path, baseline_text, load_run, saved_run
from evals.run.target import Target, by_url, in_process
from rag.errors import SaywhereError, StorageError
from rag.explanation.corpus import Corpus
from rag.types import DEFAULT_COLLECTION

if TYPE_CHECKING:
    from rag.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """Where to write which report. Without ``times`` two runs on the same input write the same bytes."""

    json: Path | None = None
    junit: Path | None = None
    markdown: Path | None = None
    html: Path | None = None
    times: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a set is asked and judged.

    Args:
        data: a data folder to ask; by default the set's own documents are read into a temporary one.
        url: ask a running service instead; ``token`` is sent to it.
        jobs: questions asked at once.
        affected_only: ask only the cases that changes since the baseline can affect.
        baseline: a baseline or report to compare the run with; by default the one beside the set.
        update_baseline: accept this run as the baseline, after showing what differs.
        mutants: cases whose documents are mutated; 0: no mutation tests.
    """

    data: Path | None = None
    url: str | None = None
    token: str | None = None
    collection: str = DEFAULT_COLLECTION
    jobs: int = 1
    affected_only: bool = False
    baseline: Path | None = None
    update_baseline: bool = False
    mutants: int = 0
    reports: Reports = field(default_factory=Reports)


def evaluate(
    dataset: str | Path,
    settings: Settings,
    options: Options | None = None,
    *,
    console: Console | None = None,
    progress: bool = True,
) -> Exit:
    """Runs a data set and judges it by its thresholds and baseline. Prints an error of ours, and raises none.

    Args:
        dataset: a shipped set's name ("seeds"), a file of cases, or a published set.
        settings: how to answer; its data folder is not touched.
        console: where tables go; standard output by default.
        progress: whether to draw a bar on standard error.

    Returns:
        PASSED, FAILED, or COULD_NOT_RUN after one line on standard error that says why.
    """
    options = options or Options()
    try:
        loaded = load(dataset)
        with _target(loaded, settings, options) as target:
            return measure(loaded, target, options, console=console or Console(), progress=progress)
    except SaywhereError as error:
        print(f"could not run the evaluation: {error}", file=sys.stderr)
        return Exit.COULD_NOT_RUN


def measure(dataset: Dataset, target: Target, options: Options, *, console: Console, progress: bool) -> Exit:
    """Asks, prints, judges and writes reports, over any system to ask.

    Raises:
        DatasetError: no case to ask, or a baseline that can't be used.
        StorageError: a report can't be written.
    """
    corpus = Corpus(target.store, options.collection)
    path, baseline = _baseline(dataset, options)
    if options.affected_only:
        affected = _affected(dataset, baseline, corpus, target)
        dataset = replace(dataset, cases=affected.cases)
        reason = affected.reason or f"{len(affected.documents)} documents changed"
        console.print(f"{reason}: {len(affected.cases)} cases to ask again", highlight=False, soft_wrap=True)
        if not affected.cases:
            return Exit.PASSED
    if not dataset.cases:
        raise DatasetError(f"{dataset.name} has no case that is not a draft")
    with _progress_bar(dataset.name, progress) as step:
        result = run(
            dataset.cases,
            target.ask,
            corpus=corpus,
            collection=options.collection,
            jobs=options.jobs,
            progress=step,
        )
    evaluation = _Evaluation(
        dataset=dataset,
        run=result,
        corpus=corpus,
        models=dict(target.models()),
        partial=options.affected_only,
        baseline=baseline,
    )
    _show(console, evaluation)
    if options.update_baseline:
        if path is None or options.affected_only:
            raise DatasetError("a baseline lies beside a file of cases, and is of all of them")
        evaluation = replace(evaluation, baseline=evaluation.saved())
        _write(path, baseline_text(evaluation.data(verdicts=[], times=False)))
        console.print(f"accepted as the baseline: {path}", highlight=False, soft_wrap=True)
    mutation = _mutate(target, options, evaluation, console, progress=progress) if options.mutants else {}
    verdicts = evaluation.verdicts()
    terminal.show_verdicts(console, verdicts, evaluation.note())
    _write_reports(options.reports, evaluation, verdicts, mutation)
    return gate.exit_code(verdicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evaluation:
    """A run with everything that its reports are made from. ``partial``: not all cases were asked."""

    dataset: Dataset
    run: Run
    corpus: Corpus
    models: dict[str, str]
    partial: bool
    baseline: SavedRun | None

    def verdicts(self) -> list[Verdict]:
        return gate.judge(
            self.run,
            summary.bounded_figures(self.run),
            at_least=self.dataset.at_least,
            at_most=self.dataset.at_most,
            baseline=self.baseline,
            partial=self.partial,
            each_case=self.dataset.each_case,
        )

    def note(self) -> str:
        is_unbounded = not self.dataset.at_least and not self.dataset.at_most and self.baseline is None
        each_case = self.dataset.each_case
        return gate.note(self.run, partial=self.partial, unbounded=is_unbounded, each_case=each_case)

    def data(self, *, verdicts: list[Verdict], times: bool) -> dict[str, Any]:
        return as_data(
            self.dataset.name,
            self.run,
            figures=summary.summarise(self.run),
            slices=summary.slices(self.run),
            forms=by_form(self.run),
            verdicts=verdicts,
            models=self.models,
            corpus=self.corpus,
            note=self.note(),
            drafts=len(self.dataset.drafts),
            times=summary.latencies(self.run) if times else None,
        )

    def saved(self) -> SavedRun:
        """The run in the form that is compared with others."""
        return saved_run(self.data(verdicts=[], times=False))

    def comparison(self) -> RunComparison | None:
        """Against the baseline, over the cases that were asked."""
        if self.baseline is None:
            return None
        now = self.saved()
        if not self.partial:
            return compare_runs(self.baseline, now)
        ids = {case.id for case in now.cases}
        cases = tuple(case for case in self.baseline.cases if case.id in ids)
        return compare_runs(self.baseline.model_copy(update={"cases": cases}), now)


def _show(console: Console, evaluation: _Evaluation) -> None:
    figures, times = summary.summarise(evaluation.run), summary.latencies(evaluation.run)
    slices = summary.slices(evaluation.run)
    forms = by_form(evaluation.run)
    terminal.show(console, evaluation.dataset.name, evaluation.run, {**figures, **times}, slices, forms)
    drafts = len(evaluation.dataset.drafts)
    if drafts:
        console.print(f"{drafts} drafts were left out: a person has to look at them first", highlight=False)
    comparison = evaluation.comparison()
    if comparison is not None:
        terminal.show_comparison(console, comparison)


def _write_reports(
    reports: Reports, evaluation: _Evaluation, verdicts: list[Verdict], mutation: Mapping[str, Any]
) -> None:
    """Writes the reports that the options name."""
    data = evaluation.data(verdicts=verdicts, times=reports.times)
    if mutation:
        data["mutation"] = mutation
    if reports.json is not None:
        _write(reports.json, json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    if reports.junit is not None:
        _write(reports.junit, junit(evaluation.dataset.name, evaluation.run, verdicts, times=reports.times))
    if reports.markdown is not None:
        _write(reports.markdown, markdown(data, evaluation.comparison()))
    if reports.html is not None:
        from evals.reports.html import html

        _write(reports.html, html(data, evaluation.comparison()))


def _baseline(dataset: Dataset, options: Options) -> tuple[Path | None, SavedRun | None]:
    """Where the baseline lies, and what it holds where there is one."""
    path = options.baseline
    if path is None and dataset.path is not None:
        path = baseline_path(dataset.path)
    is_required = options.baseline is not None and not options.update_baseline
    if path is None or (not path.is_file() and not is_required):
        return path, None
    return path, load_run(path)


def _affected(dataset: Dataset, baseline: SavedRun | None, corpus: Corpus, target: Target) -> AffectedCases:
    if baseline is None:
        raise DatasetError("without a baseline nothing is known to have changed: --update-baseline makes one")
    return find_affected(
        dataset.cases, baseline, versions=corpus.versions(), models=target.models(), search=target.search
    )


def _mutate(
    target: Target, options: Options, evaluation: _Evaluation, console: Console, *, progress: bool
) -> Mapping[str, Any]:
    """Runs the mutation tests, prints their outcome, and gives it as data."""
    if target.service is None:
        raise DatasetError("what is broken on purpose is broken in this process: not by URL")
    from evals.mutate.runner import run_mutants
    from evals.reports.mutants import mutation_data, show_mutation

    with _progress_bar("mutants", progress) as step:
        result = run_mutants(
            evaluation.dataset,
            target.service,
            evaluation.run,
            evaluation.saved(),
            cases=options.mutants,
            progress=step,
        )
    show_mutation(console, result)
    return mutation_data(result)


def _target(dataset: Dataset, settings: Settings, options: Options) -> AbstractContextManager[Target]:
    if options.url is not None:
        return by_url(options.url, token=options.token)
    return in_process(dataset, settings, options.data)


@contextmanager
def _progress_bar(name: str, visible: bool) -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not visible) as bar:
        task = bar.add_task(name)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{path} can't be written: {error.strerror}") from None
