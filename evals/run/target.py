"""What is asked: a service opened in this process, over a set's own documents or a data folder, or one
that runs elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
    """Ways to ask; ``search`` gives addresses of documents, ``service`` is set in process only."""

    ask: Ask
    texts: DocumentStore
    search: Search
    models: Callable[[], Mapping[str, str]]
    service: Service | None = None


@contextmanager
def by_url(url: str, *, token: str | None = None) -> Iterator[Target]:
    """A service that runs elsewhere.

    Raises:
        IndexUnavailable: it can't be reached.
    """
    from evals.run.remote import Remote

    with Remote(url, token=token) as remote:
        remote.list(limit=1)
        yield Target(ask=remote.ask, texts=remote, search=remote.search, models=remote.models)


@contextmanager
def in_process(dataset: Dataset, settings: Settings, data: Path | None = None) -> Iterator[Target]:
    """The service over an existing data folder, or over the set's documents in a fresh one.

    Raises:
        DatasetError: the set's documents aren't there or can't be read.
        SaywhereError: the service can't be opened.
    """
    with ExitStack() as stack:
        folder = dataset.folder() if data is None and not dataset.texts else None
        fresh = data is None
        if data is None:
            data = Path(stack.enter_context(TemporaryDirectory(prefix="saywhere-eval-")))
        from rag.wiring import open_service

        service = stack.enter_context(open_service(settings.model_copy(update={"data": data})))
        if folder is not None:
            _ingest(service, folder)
        elif fresh:
            _write(service, dataset)
        yield of_service(service)


def of_service(service: Service) -> Target:
    """An opened service."""
    return Target(
        ask=service.engine.ask,
        texts=service.catalog,
        search=lambda question, k: [c.document.uri for c in service.engine.search(question, k)],
        models=service.models,
        service=service,
    )


def _write(service: Service, dataset: Dataset) -> None:
    from evals.run.indexing import write_documents

    write_documents(service, dataset.texts)


def _ingest(service: Service, folder: Path) -> None:
    """Reads a folder as ``saywhere ingest`` does; a file that fails would make figures lie, so it ends
    the evaluation."""
    from ingest.wiring import ingest

    told = ingest(service, [folder])
    if told.failed:
        raise DatasetError(f"{folder}: {told.failed[0].reason}")
    if not told.added:
        raise DatasetError(f"there is no document in {folder}")
