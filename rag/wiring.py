"""The composition root: Settings to Engine and Library. The only module that names adapters."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from rag.adapters.index_folders import open_or_recreate
from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.sqlite.feedback import SqliteFeedback
from rag.adapters.sqlite.jobs import SqliteJobs
from rag.adapters.sqlite.signatures import SqliteSignatures
from rag.answering.calibration import Calibration
from rag.answering.decision import Decider
from rag.engine import Engine
from rag.errors import InvalidSettings, StorageError
from rag.retrieval.retriever import Retriever
from rag.storage.library import Library
from rag.storage.lock import FolderLock

if TYPE_CHECKING:
    from rag.ports.catalog import Catalog
    from rag.ports.embedder import Embedder
    from rag.ports.feedback import FeedbackStore
    from rag.ports.indexes import DenseIndex, LexicalIndex
    from rag.ports.jobs import JobStore
    from rag.ports.reader import Reader
    from rag.settings import Settings

CATALOG, JOBS, LEDGER = "catalog.sqlite3", "jobs.sqlite3", "units.sqlite3"
SIGNATURES = "signatures.sqlite3"
CHROMA, TERMS, LOCK = "chroma", "terms", "lock"


@dataclass(slots=True, kw_only=True)
class Service:
    """Everything that is open on one data folder. A context manager; closing lets the folder go."""

    settings: Settings
    engine: Engine
    library: Library
    catalog: Catalog
    jobs: JobStore
    signatures: SqliteSignatures
    feedback: FeedbackStore
    dense: DenseIndex
    lexical: LexicalIndex
    embedder: Embedder
    reader: Reader
    _open: ExitStack = field(repr=False)

    def models(self) -> dict[str, str]:
        """The fingerprints of what answers depend on."""
        return {"embedder": self.embedder.fingerprint, "reader": self.reader.fingerprint}

    def close(self) -> None:
        self._open.close()

    def __enter__(self) -> Service:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_service(settings: Settings, *, url: str | None = None, rebuild: bool = False) -> Service:
    """Takes the data folder's lock, opens models and indexes, and repairs what a crash left.

    Args:
        url: where this process will serve, told to those who find the folder locked.
        rebuild: make the indexes anew from the catalog, as after a change of embedder.

    Raises:
        DataFolderLocked: another process owns the folder.
        ModelError: a model file is missing or not the one that was measured.
        IndexMismatch: the index was made by another embedder.
        StorageError: the folder can't be read or written.
    """
    with ExitStack() as stack:
        data = _data_folder(settings)
        lock = FolderLock(data / LOCK)
        lock.acquire(url=url)
        stack.callback(lock.release)
        catalog = SqliteCatalog(data / CATALOG)
        stack.callback(catalog.close)
        jobs = SqliteJobs(data / JOBS)
        stack.callback(jobs.close)
        jobs.recover()
        signatures = SqliteSignatures(data / SIGNATURES)
        stack.callback(signatures.close)
        embedder, reader = open_embedder(settings), open_reader(settings)
        dense = _open_dense(settings, data)
        stack.callback(dense.close)
        lexical = _open_lexical(data)
        stack.callback(lexical.close)
        library = Library(catalog, dense, lexical, embedder, context=True)
        if rebuild:
            library.rebuild()
        else:
            library.recover()
        stack.callback(_close, library)
        retriever = Retriever(catalog, dense, lexical, embedder, settings.retrieve)
        engine = Engine(catalog, retriever, reader, open_decider(settings), settings)
        return Service(
            settings=settings,
            engine=engine,
            library=library,
            catalog=catalog,
            jobs=jobs,
            signatures=signatures,
            feedback=SqliteFeedback(catalog.file),
            dense=dense,
            lexical=lexical,
            embedder=embedder,
            reader=reader,
            _open=stack.pop_all(),
        )


def _close(library: Library) -> None:
    with suppress(StorageError):  # the next start compares more, and loses nothing
        library.close()


def open_catalog(settings: Settings) -> Catalog:
    """The catalog alone, read-only and without the lock: works beside a running server.

    Raises:
        StorageError: there is no data folder, or it can't be read.
    """
    return SqliteCatalog(_stored(settings, CATALOG), read_only=True)


def open_feedback(settings: Settings) -> FeedbackStore:
    """What readers said of answers, read-only and without the lock.

    Raises:
        StorageError: there is no data folder, or it can't be read.
    """
    return SqliteFeedback(SqliteCatalog(_stored(settings, CATALOG), read_only=True).file)


def open_jobs(settings: Settings) -> JobStore:
    """The list of jobs alone, read-only and without the lock.

    Raises:
        StorageError: there is no data folder, or it can't be read.
    """
    return SqliteJobs(_stored(settings, JOBS), read_only=True)


def _stored(settings: Settings, name: str) -> Path:
    """A file of the data folder, which must be there."""
    path = settings.data / name
    if not path.is_file():
        raise StorageError(f"no documents have been ingested into {settings.data}")
    return path


def open_embedder(settings: Settings) -> Embedder:
    """The embedder the settings name. Raises ModelError."""
    from rag.adapters.onnx.embedder import OnnxEmbedder

    return OnnxEmbedder(
        settings.embedder,
        precision=settings.embedder_precision,
        cache=settings.cache,
        threads=settings.threads,
    )


def open_reader(settings: Settings) -> Reader:
    """The reader the settings name. Raises ModelError."""
    from rag.adapters.onnx.span_reader import SpanReader

    return SpanReader(settings.reader, cache=settings.cache, threads=settings.threads)


def open_decider(settings: Settings) -> Decider:
    """The decider with the calibration that was fitted for the packaged models."""
    from rag.adapters.onnx.embedder import PACKAGED
    from rag.adapters.onnx.span_reader import packaged_calibration

    fitted = settings.embedder == PACKAGED and settings.vector_store == "chroma"
    return Decider(Calibration.load(packaged_calibration()), settings.decide, cosines=fitted)


def _data_folder(settings: Settings) -> Path:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"the data folder {settings.data} can't be made: {error.strerror}") from error
    return settings.data


def _open_dense(settings: Settings, data: Path) -> DenseIndex:
    if settings.vector_store != "chroma":
        from rag.adapters.llama_index.vector_store import LlamaIndexStore

        return LlamaIndexStore(_factory(settings.vector_store)(data), data / LEDGER)
    from rag.adapters.chroma.index import ChromaIndex

    if settings.chroma_url is not None:
        return ChromaIndex(url=settings.chroma_url)
    return open_or_recreate(ChromaIndex, data / CHROMA)


def _open_lexical(data: Path) -> LexicalIndex:
    from rag.adapters.tantivy import TantivyIndex

    return open_or_recreate(TantivyIndex, data / TERMS)


def _factory(name: str) -> Callable[[Path], object]:
    """``package.module:factory``: called with the data folder, gives a llama-index vector store."""
    module, _, attribute = name.partition(":")
    try:
        found: Callable[[Path], object] = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise InvalidSettings(f"SAYWHERE_VECTOR_STORE: {name!r} can't be imported: {error}") from error
    return found
