"""The system under evaluation: a service in this process, over a set's own documents or a data folder, or a
running one by its URL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from evals.cases.case import DatasetError
from evals.datasets.load import Dataset
from evals.run.runner import Ask
from rag.explanation.corpus import DocumentStore
from rag.types import Question

if TYPE_CHECKING:
    from rag.settings import Settings
    from rag.wiring import Service

Search = Callable[[Question, int], list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A system to ask. ``search`` gives the uris of documents; ``service`` is None for one by URL."""

    ask: Ask
    store: DocumentStore
    search: Search
    models: Callable[[], Mapping[str, str]]
    service: Service | None = None


@contextmanager
def by_url(url: str, *, token: str | None = None) -> Iterator[Target]:
    """A running service.

    Raises:
        IndexUnavailable: it can't be reached.
    """
    from evals.run.remote import Remote

    with Remote(url, token=token) as remote:
        remote.list(limit=1)
        yield Target(ask=remote.ask, store=remote, search=remote.search, models=remote.models)


@contextmanager
def in_process(dataset: Dataset, settings: Settings, data: Path | None = None) -> Iterator[Target]:
    """The service over an existing data folder, or over the set's documents in a fresh one.

    Raises:
        DatasetError: the set's documents aren't there or can't be read.
        SaywhereError: the service can't be opened.
    """
    with ExitStack() as stack:
        is_fresh = data is None
        folder = dataset.folder() if is_fresh and not dataset.documents else None
        if data is None:
            data = Path(stack.enter_context(TemporaryDirectory(prefix="saywhere-eval-")))
        from rag.wiring import open_service

        service = stack.enter_context(open_service(settings.model_copy(update={"data": data})))
        if folder is not None:
            _ingest(service, folder, _own_files(dataset))
        elif is_fresh:
            _write(service, dataset)
        yield from_service(service)


def from_service(service: Service) -> Target:
    """An opened service."""
    return Target(
        ask=service.engine.ask,
        store=service.catalog,
        search=lambda question, k: [c.document.uri for c in service.engine.search(question, k)],
        models=service.models,
        service=service,
    )


def _write(service: Service, dataset: Dataset) -> None:
    from evals.run.indexing import write_documents

    write_documents(service, dataset.documents)


def _own_files(dataset: Dataset) -> list[Path]:
    """The files of the set itself: its questions and accepted answers are no documents, wherever they lie."""
    path = dataset.path
    if path is None:
        return []
    return [path, path.with_suffix(".toml"), path.with_suffix(".baseline.json")]


def _ingest(service: Service, folder: Path, own_files: Sequence[Path]) -> None:
    """Ingests a folder as ``saywhere ingest`` does, but for these files. A file that fails ends the
    evaluation, since without it the figures would not be comparable."""
    from ingest.ignore import Patterns
    from ingest.wiring import ingest

    root = folder.resolve()
    own = (path.resolve() for path in own_files)
    names = [path.relative_to(root).as_posix() for path in own if path.is_relative_to(root)]
    exclude = tuple("/" + re.sub(r"([\\*?\[\]!# ])", r"\\\1", name) for name in names)
    report = ingest(service, [folder], patterns=Patterns(exclude=exclude))
    if report.failed:
        raise DatasetError(f"{folder}: {report.failed[0].reason}")
    if not report.added:
        raise DatasetError(f"there is no document in {folder}")
