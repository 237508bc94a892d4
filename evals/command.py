"""One evaluation from beginning to end: documents in, questions asked, figures out, a verdict."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from evals import gate, report, summary
from evals.cases import DatasetError
from evals.datasets.load import Dataset, load
from evals.gate import Exit
from evals.junit import junit
from evals.run import Ask, Texts, run
from rag.errors import SaywhereError, StorageError

if TYPE_CHECKING:
    from rag.settings import Settings
    from rag.wiring import Service


def evaluate(
    dataset: str | Path,
    settings: Settings,
    *,
    data: Path | None = None,
    json_path: Path | None = None,
    junit_path: Path | None = None,
    console: Console | None = None,
    progress: bool = True,
) -> Exit:
    """Runs a data set and holds it to its thresholds; never raises on purpose.

    Args:
        dataset: a shipped set's name ("seeds"), or a path to a ``.jsonl`` with its ``.toml`` beside.
        settings: how to answer; its data folder is not touched.
        data: ask what is already ingested there, in place of the set's own documents, which are
            otherwise read into a folder that is thrown away.
        json_path: where to write everything as JSON.
        junit_path: where to write JUnit XML.
        console: where tables go; standard output by default.
        progress: whether to draw a bar on standard error.

    Returns:
        PASSED, FAILED, or COULD_NOT_RUN after one line on standard error that says why.
    """
    try:
        chosen = load(dataset)
        with _service(chosen, settings, data) as service:
            return measure(
                chosen,
                service.engine.ask,
                service.catalog,
                models=service.models(),
                json_path=json_path,
                junit_path=junit_path,
                console=console or Console(),
                progress=progress,
            )
    except SaywhereError as error:
        print(f"could not run the evaluation: {error}", file=sys.stderr)
        return Exit.COULD_NOT_RUN


def measure(
    dataset: Dataset,
    ask: Ask,
    catalog: Texts | None,
    *,
    models: Mapping[str, str],
    json_path: Path | None,
    junit_path: Path | None,
    console: Console,
    progress: bool,
) -> Exit:
    """Asks, prints, writes and judges, over any way to ask.

    Raises:
        StorageError: a report can't be written.
    """
    with _bar(dataset.name, progress) as step:
        done = run(dataset.cases, ask, catalog=catalog, progress=step)
    figures, times = summary.summarise(done), summary.latencies(done)
    verdicts = gate.judge(done, figures, at_least=dataset.at_least, at_most=dataset.at_most)
    report.show(console, dataset.name, done, {**figures, **times})
    report.show_verdicts(console, verdicts)
    if json_path is not None:
        told = report.as_data(dataset.name, done, figures, times, verdicts, models)
        _write(json_path, json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    if junit_path is not None:
        _write(junit_path, junit(dataset.name, done, verdicts))
    return gate.exit_code(verdicts)


@contextmanager
def _service(dataset: Dataset, settings: Settings, data: Path | None) -> Iterator[Service]:
    """The service over an existing data folder, or over the set's documents in a fresh one."""
    with ExitStack() as stack:
        folder = dataset.folder() if data is None else None
        if data is None:
            data = Path(stack.enter_context(TemporaryDirectory(prefix="saywhere-eval-")))
        from rag.wiring import open_service

        service = stack.enter_context(open_service(settings.model_copy(update={"data": data})))
        if folder is not None:
            _ingest(service, folder)
        yield service


def _ingest(service: Service, folder: Path) -> None:
    """Reads a folder as ``saywhere ingest`` does; a file that fails would make figures lie, so it ends
    the evaluation."""
    from ingest.wiring import ingest

    told = ingest(service, [folder])
    if told.failed:
        raise DatasetError(f"{folder}: {told.failed[0].reason}")
    if not told.added:
        raise DatasetError(f"there is no document in {folder}")


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
