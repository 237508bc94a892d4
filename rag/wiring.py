"""The composition root: opens engine, library and stores by the settings. Only this module names adapters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Protocol

from rag.adapters.index_folders import DAMAGED, remove
from rag.adapters.index_process.indexes import ProcessDenseIndex, ProcessLexicalIndex
from rag.adapters.index_process.process import IndexProcess
from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.sqlite.feedback import SqliteFeedback
from rag.adapters.sqlite.jobs import SqliteJobs
from rag.adapters.sqlite.opening import open_or_start_anew
from rag.adapters.sqlite.question_log import SqliteQuestionLog
from rag.adapters.sqlite.signatures import SqliteSignatures
from rag.answering.calibration import Calibration
from rag.answering.decision import Decider
from rag.engine import Engine
from rag.errors import (
    IndexMismatch,
    IndexUnavailable,
    InvalidSettings,
    NoDataFolder,
    StorageError,
    StorageFull,
)
from rag.retrieval.retriever import Retriever
from rag.storage.library import Library
from rag.storage.lock import FolderLock
from rag.storage.original_files import OriginalFiles
from rag.storage.repair import Repairs
from rag.storage.reserve import SpaceReserve

if TYPE_CHECKING:
    from rag.drafting.drafter import Drafter
    from rag.drafting.rewriting import Rewriter
    from rag.ports.catalog import Catalog
    from rag.ports.embedder import Embedder
    from rag.ports.feedback import FeedbackStore
    from rag.ports.indexes import DenseIndex, LexicalIndex
    from rag.ports.jobs import JobStore
    from rag.ports.llm import Llm
    from rag.ports.originals import OriginalStore
    from rag.ports.question_log import QuestionLog
    from rag.ports.reader import Reader
    from rag.ports.rebuilding import RebuildableIndex
    from rag.settings import Settings

# Files and folders of the data folder.
CATALOG, JOBS, SIGNATURES = "catalog.sqlite3", "jobs.sqlite3", "signatures.sqlite3"
FEEDBACK, QUESTIONS = "feedback.sqlite3", "questions.sqlite3"
VECTOR_COPY = (
    "units.sqlite3"  # sentence vectors beside a llama-index vector store; the name is a stored format
)
CHROMA, TERMS, LOCK, RESERVE, ORIGINALS = "chroma", "terms", "lock", "reserve", "originals"
_CHROMA_INDEX = "rag.adapters.chroma.index:ChromaIndex"
_TERM_INDEX = "rag.adapters.tantivy:TantivyIndex"


@dataclass(slots=True, kw_only=True)
class Service:
    """The open components of one data folder. A context manager; ``close`` releases the folder.

    ``notes`` say what was found damaged when it was opened, and what was done about it.
    """

    settings: Settings
    engine: Engine
    library: Library
    catalog: Catalog
    jobs: JobStore
    signatures: Signatures
    feedback: FeedbackStore
    original_files: OriginalStore | None
    question_log: QuestionLog
    dense: DenseIndex
    lexical: LexicalIndex
    embedder: Embedder
    reader: Reader
    span_reader: Reader | None
    rebuildable: Sequence[RebuildableIndex] = ()
    notes: tuple[str, ...] = ()
    _resources: ExitStack = field(repr=False)

    def models(self) -> dict[str, str]:
        """The fingerprints by ``embedder``, ``reader`` and, where there is one, ``span_reader``."""
        models = {"embedder": self.embedder.fingerprint, "reader": self.reader.fingerprint}
        if self.span_reader is not None:
            models["span_reader"] = self.span_reader.fingerprint
        return models

    def index_states(self) -> dict[str, str]:
        """``ready``, ``filling``, or why it is broken, of the indexes whose files are in the data folder."""
        return {
            index.name: index.fault or ("ready" if index.is_ready else "filling")
            for index in self.rebuildable
        }

    def check_ready(self) -> None:
        """Raises IndexUnavailable while an index is broken or being rebuilt, IndexMismatch where another
        process has rebuilt them with another embedder, StorageError if the catalog can't be read."""
        stored = self.catalog.fingerprint()
        if stored != self.library.fingerprint:
            raise IndexMismatch(f"the indexes are now those of {stored!r}: restart this process with it")
        if not all(index.is_ready for index in self.rebuildable):
            raise IndexUnavailable("an index is being rebuilt")

    def remove_damaged(self) -> None:
        """Removes the damaged files that were set aside. Raises StorageError."""
        try:
            for path in self.settings.data.glob(f"*{DAMAGED}"):
                remove(path)
        except OSError as error:
            raise StorageError(f"{self.settings.data} can't be used: {error.strerror}") from error

    def close(self) -> None:
        self._resources.close()

    def __enter__(self) -> Service:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_service(settings: Settings, *, url: str | None = None, rebuild: bool = False) -> Service:
    """Opens models and stores: those of the data folder, which it locks, or those of the database.

    What a crash cut short is finished or undone.

    Args:
        url: where this process will serve, for the error of a process that finds the folder locked.
        rebuild: rebuild the indexes from the catalog, as after a change of embedder.

    Raises:
        DataFolderLocked: another process owns the folder.
        InvalidSettings: the package of the vector store, the database or the LLM can't be imported, or two
            settings exclude each other.
        ModelError: a model file is missing, or has another sha256 than it should.
        IndexMismatch: the indexes were made with another embedder.
        StorageError: the folder or the database can't be read or written.
    """
    with ExitStack() as stack:
        if settings.database_url is None:
            stores = _open_folder(settings, stack, url=url, rebuild=rebuild)
        else:
            stores = _open_database(settings, stack, rebuild=rebuild)
        models = stores.models
        retriever = Retriever(
            stores.catalog,
            stores.dense,
            stores.lexical,
            models.embedder,
            settings.retrieve,
            snapshot=stores.snapshot,
        )
        llm = open_llm(settings)
        if llm is not None:
            stack.callback(llm.close)
        engine = Engine(
            stores.catalog,
            retriever,
            models.reader,
            open_decider(settings),
            settings,
            span_reader=models.span_reader,
            drafter=open_drafter(settings, llm),
            rewriter=open_rewriter(settings, llm),
        )
        return Service(
            settings=settings,
            engine=engine,
            library=stores.library,
            catalog=stores.catalog,
            jobs=stores.jobs,
            signatures=stores.signatures,
            feedback=stores.feedback,
            original_files=stores.original_files,
            question_log=stores.question_log,
            dense=stores.dense,
            lexical=stores.lexical,
            embedder=models.embedder,
            reader=models.reader,
            span_reader=models.span_reader,
            rebuildable=stores.rebuildable,
            notes=stores.notes,
            _resources=stack.pop_all(),
        )


class Signatures(Protocol):
    """The signatures of near-duplicates, as ``ingest.near_duplicates.SignatureStore``."""

    def load(self, collection: str) -> Mapping[str, tuple[str, bytes]]: ...

    def update(
        self, collection: str, entries: Iterable[tuple[str, str, bytes]], removed: Iterable[str]
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Models:
    embedder: Embedder
    reader: Reader
    span_reader: Reader | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stores:
    """The open stores of one engine, with the library that writes them."""

    models: _Models
    library: Library
    catalog: Catalog
    dense: DenseIndex
    lexical: LexicalIndex
    jobs: JobStore
    signatures: Signatures
    feedback: FeedbackStore
    question_log: QuestionLog
    original_files: OriginalStore | None
    rebuildable: Sequence[RebuildableIndex] = ()
    notes: tuple[str, ...] = ()
    snapshot: Callable[[], AbstractContextManager[object]] = nullcontext


def _open_models(settings: Settings) -> _Models:
    return _Models(
        embedder=open_embedder(settings),
        reader=open_reader(settings),
        span_reader=open_span_reader(settings),
    )


def _open_folder(settings: Settings, stack: ExitStack, *, url: str | None, rebuild: bool) -> _Stores:
    """Locks the data folder, and opens the stores in it."""
    data = _make_data_folder(settings)
    lock = FolderLock(data / LOCK)
    lock.acquire(url=url)
    stack.callback(lock.release)
    reserve = SpaceReserve(data / RESERVE)
    with reserve.released_if_short():
        processes = _index_processes(settings, data, lock)
        for process in processes.values():  # they start while the models are loaded
            stack.callback(process.close)
        catalog = SqliteCatalog(data / CATALOG)
        stack.callback(catalog.close)
        files = _open_side_files(settings, catalog, stack)
        original_files = _open_original_files(settings, catalog)
        models = _open_models(settings)
        for process in processes.values():
            process.open()
        dense = _open_dense(settings, data, processes)
        stack.callback(dense.close)
        lexical = ProcessLexicalIndex(processes[TERMS])
        library = Library(
            catalog,
            dense,
            lexical,
            models.embedder,
            context=True,
            rebuildable=tuple(processes.values()),
            reserve=reserve,
            original_files=original_files,
        )
        notes = files.notes
        if rebuild:
            library.rebuild()
        else:
            notes += library.recover().rebuilt
    stack.callback(_close_library, library)
    repairs = Repairs(library, tuple(processes.values()))
    stack.callback(repairs.close)
    for process in processes.values():
        stack.callback(process.hurry)
    return _Stores(
        models=models,
        library=library,
        catalog=catalog,
        dense=dense,
        lexical=lexical,
        jobs=files.jobs,
        signatures=files.signatures,
        feedback=files.feedback,
        question_log=files.question_log,
        original_files=original_files,
        rebuildable=tuple(processes.values()),
        notes=notes,
    )


def _open_database(settings: Settings, stack: ExitStack, *, rebuild: bool) -> _Stores:
    """Opens the stores in the database; other processes may have it open as well."""
    if settings.chroma_url is not None or settings.vector_store != "chroma":
        raise InvalidSettings(
            "SAYWHERE_DATABASE_URL: the database keeps the vectors too; unset SAYWHERE_CHROMA_URL and "
            "SAYWHERE_VECTOR_STORE"
        )
    opened = _postgres().open_stores(settings)
    stack.callback(opened.close)
    models = _open_models(settings)
    library = Library(
        opened.catalog,
        opened.dense,
        opened.lexical,
        models.embedder,
        context=True,
        original_files=opened.original_files,
        transaction=opened.database.transaction,
    )
    if rebuild:
        library.rebuild()
    else:
        library.recover()
    return _Stores(
        models=models,
        library=library,
        catalog=opened.catalog,
        dense=opened.dense,
        lexical=opened.lexical,
        jobs=opened.jobs,
        signatures=opened.signatures,
        feedback=opened.feedback,
        question_log=opened.question_log,
        original_files=opened.original_files,
        snapshot=opened.database.snapshot,
    )


def _postgres() -> ModuleType:
    """The module that opens stores in PostgreSQL. Raises InvalidSettings."""
    try:
        return import_module("rag.adapters.postgres.stores")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] not in ("psycopg", "pgvector"):
            raise
        raise InvalidSettings(
            f"SAYWHERE_DATABASE_URL: {error.name} isn't installed (pip install 'saywhere[postgres]')"
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _SideFiles:
    """The files beside the catalog; ``notes`` say which of them were damaged, and so started anew."""

    jobs: SqliteJobs
    signatures: SqliteSignatures
    feedback: SqliteFeedback
    question_log: SqliteQuestionLog
    notes: tuple[str, ...]


def _open_side_files(settings: Settings, catalog: SqliteCatalog, stack: ExitStack) -> _SideFiles:
    jobs, job_notes = open_or_start_anew(
        SqliteJobs, settings.data / JOBS, lost="uploads that waited and the reports of earlier runs"
    )
    stack.callback(jobs.close)
    jobs.recover()
    signatures, signature_notes = open_or_start_anew(
        SqliteSignatures, settings.data / SIGNATURES, lost="signatures, which are computed again"
    )
    stack.callback(signatures.close)
    kept = settings.feedback
    feedback, feedback_notes = open_or_start_anew(
        lambda path: SqliteFeedback(path, entries=kept.entries, days=kept.days),
        settings.data / FEEDBACK,
        lost="earlier feedback; answers given until now can't be rated any more",
    )
    stack.callback(feedback.close)
    with suppress(StorageFull):  # then a later start takes them over
        feedback.take_over(catalog.file)
    logged = settings.question_log
    question_log, log_notes = open_or_start_anew(
        lambda path: SqliteQuestionLog(path, entries=logged.entries, days=logged.days),
        settings.data / QUESTIONS,
        lost="the questions logged until now",
    )
    stack.callback(question_log.close)
    with suppress(StorageFull):  # then a later start deletes them; they are never listed
        question_log.purge()
    return _SideFiles(
        jobs=jobs,
        signatures=signatures,
        feedback=feedback,
        question_log=question_log,
        notes=(*job_notes, *signature_notes, *feedback_notes, *log_notes),
    )


def _open_original_files(settings: Settings, catalog: Catalog) -> OriginalFiles | None:
    """The kept files; None where none are to be kept: then those kept earlier are removed."""
    files = OriginalFiles(settings.data / ORIGINALS, max_bytes=settings.originals.total_bytes)
    if settings.originals.keep:
        return files
    if catalog.originals():
        catalog.drop_originals()
    files.keep_only(())
    return None


def _close_library(library: Library) -> None:
    with suppress(StorageError):  # without a checkpoint the next start compares all versions
        library.close()


def has_catalog(settings: Settings) -> bool:
    """Whether the data folder, or the database, has been used.

    Raises:
        StorageError: that can't be told.
    """
    if settings.database_url is None:
        return (settings.data / CATALOG).is_file()
    try:
        open_catalog(settings).close()
    except NoDataFolder:
        return False
    return True


def place_of(settings: Settings) -> str:
    """Where the documents are, for messages: the data folder, or the database without its password."""
    if settings.database_url is None:
        return str(settings.data)
    from rag.adapters.postgres.connection import place_of as place_of_database

    return place_of_database(settings.database_url.get_secret_value())


def open_catalog(settings: Settings) -> Catalog:
    """Only the catalog, read-only and without the lock: also beside a running server.

    Raises:
        StorageError: there is no data folder, or it can't be read.
    """
    if settings.database_url is not None:
        from rag.adapters.postgres.catalog import PostgresCatalog

        return PostgresCatalog(_postgres().open_database(settings, read_only=True), owns=True)
    return SqliteCatalog(_existing_file(settings, CATALOG), read_only=True)


def open_feedback(settings: Settings) -> FeedbackStore:
    """Only the feedback, read-only and without the lock; there is none before the folder was served from.

    Raises:
        StorageError: there is no data folder, or it can't be read.
    """
    if settings.database_url is not None:
        from rag.adapters.postgres.feedback import PostgresFeedback

        return PostgresFeedback(_postgres().open_database(settings, read_only=True), owns=True)
    return SqliteFeedback(_existing_file(settings, FEEDBACK), read_only=True)


def open_question_log(settings: Settings) -> QuestionLog:
    """Only the question log, read-only and without the lock; there is none before the folder was served from.

    Raises:
        StorageError: there is no data folder, or it can't be read.
    """
    if settings.database_url is not None:
        from rag.adapters.postgres.question_log import PostgresQuestionLog

        database = _postgres().open_database(settings, read_only=True)
        return PostgresQuestionLog(database, days=settings.question_log.days, owns=True)
    path = _existing_file(settings, QUESTIONS)
    return SqliteQuestionLog(path, days=settings.question_log.days, read_only=True)


def open_jobs(settings: Settings) -> JobStore:
    """Only the jobs, read-only and without the lock.

    Raises:
        StorageError: there is no data folder, or it can't be read.
    """
    if settings.database_url is not None:
        from rag.adapters.postgres.jobs import PostgresJobs

        return PostgresJobs(_postgres().open_database(settings, read_only=True), owns=True)
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


def open_span_reader(settings: Settings) -> Reader | None:
    """The packaged span reader beside the packaged reader; None with another one. Raises ModelError."""
    from rag.adapters.onnx.reader import PACKAGED, PACKAGED_SPANS, OnnxReader

    if settings.reader != PACKAGED:
        return None
    return OnnxReader(PACKAGED_SPANS, cache=settings.cache, threads=settings.threads)


def open_decider(settings: Settings) -> Decider:
    """The decider with the calibration that was fitted to the packaged models."""
    from rag.adapters.onnx.embedder import PACKAGED
    from rag.adapters.onnx.reader import packaged_calibration

    calibrated = settings.embedder == PACKAGED and settings.vector_store == "chroma"
    return Decider(Calibration.load(packaged_calibration()), settings.decide, cosines=calibrated)


def open_llm(settings: Settings) -> Llm | None:
    """The LLM of the settings; None where they name none. Sends nothing.

    Raises:
        InvalidSettings: its package isn't installed, or doesn't know the model.
    """
    if settings.llm.provider == "none":
        return None
    from rag.adapters.llama_index.llm import open_llm as open_llama_index_llm
    from rag.adapters.llm_breaker import LlmBreaker

    return LlmBreaker(open_llama_index_llm(settings.llm), pause_seconds=settings.llm.pause_seconds)


def open_rewriter(settings: Settings, llm: Llm | None) -> Rewriter | None:
    """The rewriter; None where there is no LLM, or it may not rewrite."""
    if llm is None or not settings.llm.may_rewrite:
        return None
    from rag.drafting.rewriting import Rewriter

    return Rewriter(llm, settings.llm)


def open_drafter(settings: Settings, llm: Llm | None) -> Drafter | None:
    """The drafter; None where there is no LLM, or it may not draft."""
    if llm is None or not settings.llm.may_draft:
        return None
    from rag.drafting.drafter import Drafter
    from rag.grounding.support import check

    return Drafter(llm, check, settings.llm)


def _make_data_folder(settings: Settings) -> Path:
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageError(f"the data folder {settings.data} can't be made: {error.strerror}") from error
    return settings.data


def _index_processes(settings: Settings, data: Path, lock: FolderLock) -> dict[str, IndexProcess]:
    """The processes of the indexes whose files are in the data folder, by the name of their folder."""
    inherited = () if lock.descriptor is None else (lock.descriptor,)
    processes = {TERMS: IndexProcess(_TERM_INDEX, data / TERMS, inherited=inherited)}
    if settings.vector_store == "chroma" and settings.chroma_url is None:
        processes[CHROMA] = IndexProcess(_CHROMA_INDEX, data / CHROMA, inherited=inherited)
    return processes


def _open_dense(settings: Settings, data: Path, processes: Mapping[str, IndexProcess]) -> DenseIndex:
    if CHROMA in processes:
        return ProcessDenseIndex(processes[CHROMA])
    if settings.vector_store != "chroma":
        from rag.adapters.llama_index.vector_store import LlamaIndexStore

        return LlamaIndexStore(_import_factory(settings.vector_store)(data), data / VECTOR_COPY)
    from rag.adapters.chroma.index import ChromaIndex

    return ChromaIndex(url=settings.chroma_url)


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
