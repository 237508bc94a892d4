"""The composition root: opens engine, library and stores by the settings. Only this module names adapters."""

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

# Files and folders of the data folder.
CATALOG, JOBS, SIGNATURES = "catalog.sqlite3", "jobs.sqlite3", "signatures.sqlite3"
FEEDBACK = "feedback.sqlite3"
VECTOR_COPY = (
    "units.sqlite3"  # sentence vectors beside a llama-index vector store; the name is a stored format
)
CHROMA, TERMS, LOCK = "chroma", "terms", "lock"


@dataclass(slots=True, kw_only=True)
class Service:
    """The open components of one data folder. A context manager; ``close`` releases the folder."""

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
    _resources: ExitStack = field(repr=False)

    def models(self) -> dict[str, str]:
        """The fingerprints of the models, by ``embedder`` and ``reader``."""
        return {"embedder": self.embedder.fingerprint, "reader": self.reader.fingerprint}

    def close(self) -> None:
        self._resources.close()

    def __enter__(self) -> Service:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_service(settings: Settings, *, url: str | None = None, rebuild: bool = False) -> Service:
    """Locks the data folder, opens models and stores, and recovers from a crash.

    Args:
        url: where this process will serve, for the error of a process that finds the folder locked.
        rebuild: rebuild the indexes from the catalog, as after a change of embedder.

    Raises:
        DataFolderLocked: another process owns the folder.
        InvalidSettings: the vector store can't be imported.
        ModelError: a model file is missing, or has another sha256 than it should.
        IndexMismatch: the indexes were made with another embedder.
        StorageError: the folder can't be read or written.
    """
    with ExitStack() as stack:
        data = _make_data_folder(settings)
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
        feedback = SqliteFeedback(
            data / FEEDBACK, entries=settings.feedback.entries, days=settings.feedback.days
        )
        stack.callback(feedback.close)
        feedback.take_over(catalog.file)
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
        stack.callback(_close_library, library)
        retriever = Retriever(catalog, dense, lexical, embedder, settings.retrieve)
        engine = Engine(catalog, retriever, reader, open_decider(settings), settings)
        return Service(
            settings=settings,
            engine=engine,
            library=library,
            catalog=catalog,
            jobs=jobs,
            signatures=signatures,
            feedback=feedback,
            dense=dense,
            lexical=lexical,
            embedder=embedder,
            reader=reader,
            _resources=stack.pop_all(),
        )


def _close_library(library: Library) -> None:
    with suppress(StorageError):  # without a checkpoint the next start compares all versions
        library.close()


def open_catalog(settings: Settings) -> Catalog:
    """Only the catalog, read-only and without the lock: also beside a running server.

    Raises:
        StorageError: there is no data folder, or it can't be read.
    """
    return SqliteCatalog(_existing_file(settings, CATALOG), read_only=True)


def open_feedback(settings: Settings) -> FeedbackStore:
    """Only the feedback, read-only and without the lock; there is none before the folder was served from.

    Raises:
        StorageError: there is no data folder, or it can't be read.
    """
    return SqliteFeedback(_existing_file(settings, FEEDBACK), read_only=True)


def open_jobs(settings: Settings) -> JobStore:
    """Only the jobs, read-only and without the lock.

    Raises:
        StorageError: there is no data folder, or it can't be read.
    """
    return SqliteJobs(_existing_file(settings, JOBS), read_only=True)


def _existing_file(settings: Settings, name: str) -> Path:
    """The path of a file in the data folder. Raises StorageError if it isn't there."""
    path = settings.data / name
    if not path.is_file():
        raise StorageError(f"no documents have been ingested into {settings.data}")
    return path


def open_embedder(settings: Settings) -> Embedder:
    """The embedder of the settings. Raises ModelError."""
    from rag.adapters.onnx.embedder import OnnxEmbedder

    return OnnxEmbedder(
        settings.embedder,
        precision=settings.embedder_precision,
        cache=settings.cache,
        threads=settings.threads,
    )


def open_reader(settings: Settings) -> Reader:
    """The reader of the settings. Raises ModelError."""
    from rag.adapters.onnx.reader import OnnxReader

    return OnnxReader(settings.reader, cache=settings.cache, threads=settings.threads)


def open_decider(settings: Settings) -> Decider:
    """The decider with the calibration that was fitted to the packaged models."""
    from rag.adapters.onnx.embedder import PACKAGED
    from rag.adapters.onnx.reader import packaged_calibration

    calibrated = settings.embedder == PACKAGED and settings.vector_store == "chroma"
    return Decider(Calibration.load(packaged_calibration()), settings.decide, cosines=calibrated)


def _make_data_folder(settings: Settings) -> Path:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"the data folder {settings.data} can't be made: {error.strerror}") from error
    return settings.data


def _open_dense(settings: Settings, data: Path) -> DenseIndex:
    if settings.vector_store != "chroma":
        from rag.adapters.llama_index.vector_store import LlamaIndexStore

        return LlamaIndexStore(_import_factory(settings.vector_store)(data), data / VECTOR_COPY)
    from rag.adapters.chroma.index import ChromaIndex

    if settings.chroma_url is not None:
        return ChromaIndex(url=settings.chroma_url)
    return open_or_recreate(ChromaIndex, data / CHROMA)


def _open_lexical(data: Path) -> LexicalIndex:
    from rag.adapters.tantivy import TantivyIndex

    return open_or_recreate(TantivyIndex, data / TERMS)


def _import_factory(name: str) -> Callable[[Path], object]:
    """``package.module:factory``, which returns a llama-index vector store for a data folder.

    Raises:
        InvalidSettings: it can't be imported.
    """
    module, _, attribute = name.partition(":")
    try:
        factory: Callable[[Path], object] = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise InvalidSettings(f"SAYWHERE_VECTOR_STORE: {name!r} can't be imported: {error}") from error
    return factory
