"""One evaluation from beginning to end: documents in, questions asked, figures out, a verdict."""

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
from evals.run import saved_results as results
from evals.run import summary
from evals.run.affected_cases import Touched, touched
from evals.run.comparison import Changes, changes
from evals.run.runner import Run, run
from evals.run.saved_results import Results
from evals.run.target import Target, by_url, in_process
from rag.errors import SaywhereError, StorageError
from rag.explanation.corpus import Corpus
from rag.types import DEFAULT_COLLECTION

if TYPE_CHECKING:
    from rag.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """Where to write what. Without ``times`` two runs on the same input write the same bytes."""

    json: Path | None = None
    junit: Path | None = None
    markdown: Path | None = None
    html: Path | None = None
    times: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a set is asked and judged.

    Args:
        data: ask what is already ingested there, in place of the set's own documents, which are
            otherwise read into a folder that is thrown away.
        url: ask a running service instead; ``token`` is sent to it.
        jobs: questions asked at once.
        changed: ask only what changed documents can have touched, since the baseline.
        baseline: a baseline or report to hold the run against; by default the one beside the set.
        update_baseline: accept this run as the baseline, after showing what that changes.
        mutants: breaks of each kind to try; 0: none.
    """

    data: Path | None = None
    url: str | None = None
    token: str | None = None
    collection: str = DEFAULT_COLLECTION
    jobs: int = 1
    changed: bool = False
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
    """Runs a data set and holds it to its thresholds and baseline; never raises on purpose.

    Args:
        dataset: a shipped set's name ("seeds"), a file of cases, or a published set.
        settings: how to answer; its data folder is not touched.
        console: where tables go; standard output by default.
        progress: whether to draw a bar on standard error.

    Returns:
        PASSED, FAILED, or COULD_NOT_RUN after one line on standard error that says why.
    """
    chosen_options = options or Options()
    try:
        chosen = load(dataset)
        with _target(chosen, settings, chosen_options) as target:
            return measure(chosen, target, chosen_options, console=console or Console(), progress=progress)
    except SaywhereError as error:
        print(f"could not run the evaluation: {error}", file=sys.stderr)
        return Exit.COULD_NOT_RUN


def measure(dataset: Dataset, target: Target, options: Options, *, console: Console, progress: bool) -> Exit:
    """Asks, prints, writes and judges, over any way to ask.

    Raises:
        DatasetError: no case to ask, or a baseline that can't be used.
        StorageError: a report can't be written.
    """
    corpus = Corpus(target.texts, options.collection)
    path, before = _baseline(dataset, options)
    only: Touched | None = None
    if options.changed:
        only = _touched(dataset, before, corpus, target)
        dataset = replace(dataset, cases=only.cases)
        _say_touched(console, only)
        if not only.cases:
            return Exit.PASSED
    if not dataset.cases:
        raise DatasetError(f"{dataset.name} has no case that is not a draft")
    with _bar(dataset.name, progress) as step:
        done = run(
            dataset.cases,
            target.ask,
            corpus=corpus,
            collection=options.collection,
            jobs=options.jobs,
            progress=step,
        )
    judged = _Judged(dataset, done, corpus, dict(target.models()), partial=only is not None, before=before)
    _show(console, judged)
    if options.update_baseline:
        if path is None or only is not None:
            raise DatasetError("a baseline lies beside a file of cases, and is of all of them")
        judged = replace(judged, before=results.of_data(judged.data(verdicts=[], times=False)))
        _write(path, results.as_baseline(judged.data(verdicts=[], times=False)))
        console.print(f"accepted as the baseline: {path}", highlight=False, soft_wrap=True)
    mutation = _mutate(target, options, judged, console, progress=progress) if options.mutants else {}
    verdicts = judged.verdicts()
    terminal.show_verdicts(console, verdicts, judged.note())
    _keep(options.reports, judged, verdicts, mutation)
    return gate.exit_code(verdicts)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A run with all that its reports are made from."""

    dataset: Dataset
    run: Run
    corpus: Corpus
    models: dict[str, str]
    partial: bool
    before: Results | None

    def verdicts(self) -> list[Verdict]:
        return gate.judge(
            self.run,
            summary.summarise(self.run),
            at_least=self.dataset.at_least,
            at_most=self.dataset.at_most,
            baseline=self.before,
            only=self.partial,
        )

    def note(self) -> str:
        return gate.note(self.run, only=self.partial)

    def data(self, *, verdicts: list[Verdict], times: bool) -> dict[str, Any]:
        return as_data(
            self.dataset.name,
            self.run,
            figures=summary.summarise(self.run),
            slices=summary.slices(self.run),
            verdicts=verdicts,
            models=self.models,
            corpus=self.corpus,
            note=self.note(),
            drafts=len(self.dataset.drafts),
            times=summary.latencies(self.run) if times else None,
        )

    def changes(self) -> Changes | None:
        """Against the baseline, over the cases that were asked."""
        if self.before is None:
            return None
        now = results.of_data(self.data(verdicts=[], times=False))
        asked = {case.id for case in now.cases}
        kept = tuple(case for case in self.before.cases if not self.partial or case.id in asked)
        return changes(self.before.model_copy(update={"cases": kept}), now)


def _show(console: Console, judged: _Judged) -> None:
    figures, times = summary.summarise(judged.run), summary.latencies(judged.run)
    terminal.show(console, judged.dataset.name, judged.run, {**figures, **times}, summary.slices(judged.run))
    drafts = len(judged.dataset.drafts)
    if drafts:
        console.print(f"{drafts} drafts were left out: a person has to look at them first", highlight=False)
    found = judged.changes()
    if found is not None:
        terminal.show_changes(console, found)


def _keep(reports: Reports, judged: _Judged, verdicts: list[Verdict], mutation: Mapping[str, Any]) -> None:
    """Writes the reports that are wanted."""
    data = judged.data(verdicts=verdicts, times=reports.times)
    if mutation:
        data["mutation"] = mutation
    if reports.json is not None:
        _write(reports.json, json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    if reports.junit is not None:
        _write(reports.junit, junit(judged.dataset.name, judged.run, verdicts, times=reports.times))
    if reports.markdown is not None:
        _write(reports.markdown, markdown(data, judged.changes()))
    if reports.html is not None:
        from evals.reports.html import html

        _write(reports.html, html(data, judged.changes()))


def _baseline(dataset: Dataset, options: Options) -> tuple[Path | None, Results | None]:
    """Where the baseline lies, and what it says where there is one."""
    path = options.baseline
    if path is None and dataset.path is not None:
        path = results.baseline_path(dataset.path)
    named = options.baseline is not None and not options.update_baseline
    if path is None or (not path.is_file() and not named):
        return path, None
    return path, results.load(path)


def _touched(dataset: Dataset, before: Results | None, corpus: Corpus, target: Target) -> Touched:
    if before is None:
        raise DatasetError("without a baseline nothing is known to have changed: --update-baseline makes one")
    return touched(
        dataset.cases, before, versions=corpus.versions(), models=target.models(), search=target.search
    )


def _say_touched(console: Console, only: Touched) -> None:
    why = only.why or f"{len(only.documents)} documents changed"
    console.print(f"{why}: {len(only.cases)} cases to ask again", highlight=False, soft_wrap=True)


def _mutate(
    target: Target, options: Options, judged: _Judged, console: Console, *, progress: bool
) -> Mapping[str, Any]:
    """Breaks things on purpose, tells what was noticed, and gives it as data."""
    if target.service is None:
        raise DatasetError("what is broken on purpose is broken in this process: not by URL")
    from evals.mutate.command import mutate
    from evals.reports.mutants import mutants_data, show_mutants

    whole = results.of_data(judged.data(verdicts=[], times=False))
    with _bar("mutants", progress) as step:
        tried = mutate(judged.dataset, target.service, judged.run, whole, each=options.mutants, progress=step)
    show_mutants(console, tried)
    return mutants_data(tried)


def _target(dataset: Dataset, settings: Settings, options: Options) -> AbstractContextManager[Target]:
    if options.url is not None:
        return by_url(options.url, token=options.token)
    return in_process(dataset, settings, options.data)


@contextmanager
def _bar(name: str, shown: bool) -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not shown) as bar:
        task = bar.add_task(name)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{path} can't be written: {error.strerror}") from None
