"""The composition root: opens engine, library and stores by the settings. Only this module names adapters."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from rag.adapters.index_folders import DAMAGED, remove
from rag.adapters.index_generations import (
    beside,
    remember_model,
    remembered_model,
    remove_unfinished,
    settle,
)
from rag.adapters.index_process.indexes import ProcessDenseIndex, ProcessLexicalIndex
from rag.adapters.index_process.process import IndexProcess
from rag.adapters.no_dense import NoDense
from rag.adapters.sqlite.access_keys import SqliteKeys
from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.sqlite.feedback import SqliteFeedback
from rag.adapters.sqlite.jobs import SqliteJobs
from rag.adapters.sqlite.opening import open_or_start_anew
from rag.adapters.sqlite.question_log import SqliteQuestionLog
from rag.adapters.sqlite.signatures import SqliteSignatures
from rag.adapters.timed_models import ModelTimes, TimedEmbedder, TimedReader
from rag.answering.calibration import Calibration
from rag.answering.decision import Decider
from rag.engine import Engine
from rag.errors import IndexUnavailable, InvalidSettings, ModelError, StorageError, StorageFull
from rag.retrieval.retriever import Retriever
from rag.storage.indexes import Indexes, index_fingerprint
from rag.storage.library import Library
from rag.storage.lock import FolderLock
from rag.storage.original_files import OriginalFiles
from rag.storage.renewal import Renewal
from rag.storage.repair import Repairs
from rag.storage.reserve import SpaceReserve
from rag.storage.visible_catalog import Remembered, VisibleCatalog

if TYPE_CHECKING:
    from rag.drafting.drafter import Drafter
    from rag.drafting.rewriting import Rewriter
    from rag.ports.access_keys import KeyStore
    from rag.ports.catalog import Catalog
    from rag.ports.embedder import Embedder
    from rag.ports.feedback import FeedbackStore
    from rag.ports.indexes import DenseIndex, LexicalIndex
    from rag.ports.jobs import JobStore
    from rag.ports.llm import Llm
    from rag.ports.question_log import QuestionLog
    from rag.ports.reader import Reader
    from rag.ports.rebuilding import RebuildableIndex
    from rag.settings import Settings
    from rag.storage.indexes import Progress
    from rag.types.view import View

_LOG = logging.getLogger("saywhere.storage")
# Files and folders of the data folder.
CATALOG, JOBS, SIGNATURES = "catalog.sqlite3", "jobs.sqlite3", "signatures.sqlite3"
FEEDBACK, QUESTIONS, KEYS = "feedback.sqlite3", "questions.sqlite3", "keys.sqlite3"
VECTOR_COPY = (
    "units.sqlite3"  # sentence vectors beside a llama-index vector store; the name is a stored format
)
CHROMA, TERMS, LOCK, RESERVE, ORIGINALS = "chroma", "terms", "lock", "reserve", "originals"
_CHROMA_INDEX = "rag.adapters.chroma.index:ChromaIndex"
_TERM_INDEX = "rag.adapters.tantivy:TantivyIndex"
_RENEWING = "the indexes are of another model: they are made anew in the background, and answer until then"


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
    signatures: SqliteSignatures
    feedback: FeedbackStore
    original_files: OriginalFiles | None
    question_log: QuestionLog
    access_keys: KeyStore
    dense: DenseIndex
    lexical: LexicalIndex
    embedder: Embedder
    reader: Reader
    span_reader: Reader | None
    times: ModelTimes
    rebuildable: Sequence[RebuildableIndex] = ()
    notes: tuple[str, ...] = ()
    _remembered: Remembered = field(default_factory=Remembered, repr=False)
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

    def index_rows(self) -> dict[str, int]:
        """The number of rows by index, ``dense`` and ``lexical``. Raises IndexUnavailable."""
        collections = self.catalog.collections()
        return {
            "dense": sum(map(self.dense.count, collections)),
            "lexical": sum(map(self.lexical.count, collections)),
        }

    def model_times(self) -> Mapping[str, tuple[int, float]]:
        """The number of calls of each model so far, and their seconds, by the names of ``models``."""
        return self.times.totals()

    def check_ready(self) -> None:
        """Raises IndexUnavailable while an index is broken or being rebuilt, StorageError if the catalog
        can't be read."""
        self.catalog.generation()
        if not all(index.is_ready for index in self.rebuildable):
            raise IndexUnavailable("an index is being rebuilt")

    def seen_by(self, view: View) -> Service:
        """The service for somebody who may see these documents alone. It needs no closing."""
        if view.is_whole:
            return self
        catalog = VisibleCatalog(self.catalog, view, self._remembered)
        return replace(self, catalog=catalog, engine=self.engine.over(catalog))

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


def open_service(
    settings: Settings, *, url: str | None = None, rebuild: bool = False, renew: bool = False
) -> Service:
    """Locks the data folder, opens models and stores, and recovers from a crash.

    Args:
        url: where this process will serve, for the error of a process that finds the folder locked.
        rebuild: rebuild the indexes from the catalog, as after a change of embedder.
        renew: answer from indexes that were made with another embedder, while they are made anew in the
            background; only of those whose files are in the data folder.

    Raises:
        DataFolderLocked: another process owns the folder.
        InvalidSettings: the vector store or the LLM's package can't be imported.
        ModelError: a model file is missing, or has another sha256 than it should.
        IndexMismatch: the indexes were made with another embedder.
        StorageError: the folder can't be read or written.
    """
    with ExitStack() as stack:
        data = _make_data_folder(settings)
        lock = FolderLock(data / LOCK)
        lock.acquire(url=url)
        stack.callback(lock.release)
        reserve = SpaceReserve(data / RESERVE)
        with reserve.released_if_short():
            catalog = SqliteCatalog(data / CATALOG)
            stack.callback(catalog.close)
            settle(index_folders(data), catalog.fingerprint())
            of_new = stack.enter_context(ExitStack())
            processes = _index_processes(settings, data, lock)
            for process in processes.values():  # they start while the models are loaded
                stack.callback(process.close)
            files = _open_side_files(settings, catalog, stack)
            original_files = _open_original_files(settings, catalog)
            times = ModelTimes()
            embedder = TimedEmbedder(open_embedder(settings), times)
            reader = TimedReader(open_reader(settings), times)
            spans = open_span_reader(settings)
            span_reader = None if spans is None else TimedReader(spans, times, "span_reader")
            for process in processes.values():
                process.open()
            dense = _open_dense(settings, data, processes)
            stack.callback(dense.close)
            lexical = ProcessLexicalIndex(processes[TERMS])
            fingerprint = index_fingerprint(embedder, context=True)
            earlier = None
            if renew and not rebuild and CHROMA in processes:
                earlier = _earlier_indexes(settings, catalog, dense, lexical, embedder)
            remove_unfinished(index_folders(data), keep=fingerprint if earlier else None)
            in_use = earlier or _InUse(dense=dense, embedder=embedder, fingerprint=fingerprint)
            library = Library(
                catalog,
                in_use.dense,
                lexical,
                in_use.embedder,
                context=True,
                fingerprint=in_use.fingerprint,
                rebuildable=tuple(processes.values()),
                reserve=reserve,
                original_files=original_files,
            )
            notes = files.notes
            if rebuild:
                library.rebuild()
            else:
                notes += library.recover().rebuilt
            if earlier is None:
                _remember_model(settings, fingerprint)
            else:
                notes += (_RENEWING,)
        stack.callback(_close_library, library)
        repairs = Repairs(library, tuple(processes.values()))
        stack.callback(repairs.close)
        for process in processes.values():
            stack.callback(process.hurry)
        llm = open_llm(settings)
        if llm is not None:
            stack.callback(llm.close)

        def engine(dense: DenseIndex, lexical: LexicalIndex, embedder: Embedder, decider: Decider) -> Engine:
            return Engine(
                catalog,
                Retriever(catalog, dense, lexical, embedder, settings.retrieve),
                reader,
                decider,
                settings,
                span_reader=span_reader,
                drafter=open_drafter(settings, llm),
                rewriter=open_rewriter(settings, llm),
            )

        decider = open_decider(settings, cosines=in_use.cosines)
        service = Service(
            settings=settings,
            engine=engine(in_use.dense, lexical, in_use.embedder, decider),
            library=library,
            catalog=catalog,
            jobs=files.jobs,
            signatures=files.signatures,
            feedback=files.feedback,
            original_files=original_files,
            question_log=files.question_log,
            access_keys=files.access_keys,
            dense=in_use.dense,
            lexical=lexical,
            embedder=embedder,
            reader=reader,
            span_reader=span_reader,
            times=times,
            rebuildable=tuple(processes.values()),
            notes=notes,
            _resources=ExitStack(),
        )
        if earlier is not None:
            new = _index_processes(settings, data, lock, fingerprint)
            for process in new.values():
                of_new.callback(process.close)
            _renew(service, processes, new, repairs, engine, stack)
        service._resources = stack.pop_all()
        return service


def _renew(
    service: Service,
    old: Mapping[str, IndexProcess],
    new: Mapping[str, IndexProcess],
    repairs: Repairs,
    engine: Callable[[DenseIndex, LexicalIndex, Embedder, Decider], Engine],
    stack: ExitStack,
) -> None:
    """Starts to make the indexes anew; the stack ends that."""
    settings = service.settings

    def build(progress: Progress) -> None:
        for process in new.values():
            process.open()
            if process.fault is not None:
                process.start_over(keep=False)
                process.filled()
        dense, lexical = ProcessDenseIndex(new[CHROMA]), ProcessLexicalIndex(new[TERMS])
        indexes = Indexes(dense, lexical, service.embedder, context=True)
        service.library.build_beside(indexes, tuple(new.values()), progress)
        service.engine = engine(dense, lexical, service.embedder, open_decider(settings))
        service.dense, service.lexical = dense, lexical
        service.rebuildable = tuple(new.values())
        service.notes = tuple(note for note in service.notes if note != _RENEWING)
        repairs.close()
        repairs_of_new.callback(Repairs(service.library, service.rebuildable).close)
        _remember_model(settings, indexes.fingerprint)

    def retire() -> None:
        for process in old.values():
            process.close()
        try:
            for folder in index_folders(settings.data):
                remove(folder)
        except OSError as error:
            _LOG.error("the old indexes are removed at the next start: %s", error)

    repairs_of_new = stack.enter_context(ExitStack())
    renewal = Renewal(build, retire, seconds=settings.limits.seconds)
    stack.callback(renewal.close)


@dataclass(frozen=True, slots=True, kw_only=True)
class _InUse:
    """What questions are answered with: a dense index, and the embedder that it is asked with.

    ``cosines``: whether similarities are those that the confidence was fitted on, as far as the settings say.
    """

    dense: DenseIndex
    embedder: Embedder
    fingerprint: str
    cosines: bool = True


def _earlier_indexes(
    settings: Settings, catalog: Catalog, dense: DenseIndex, lexical: LexicalIndex, embedder: Embedder
) -> _InUse | None:
    """How indexes that were made with another embedder are asked; None where they weren't, or are empty.

    By that embedder, where it is there and the same; else by words alone. One that has the same weights in
    another form, or other rules for rows, is asked by the embedder of the settings.
    """
    stored = catalog.fingerprint()
    if stored is None or stored == index_fingerprint(embedder, context=True) or not catalog.count():
        return None
    made_with = stored.rpartition(" ")[0]
    if made_with.split(":")[:2] == embedder.fingerprint.split(":")[:2]:
        return _InUse(dense=dense, embedder=embedder, fingerprint=stored)
    source, precision = remembered_model(settings.data, stored) or _packaged_model(made_with)
    earlier = settings.model_copy(update={"embedder": source, "embedder_precision": precision})
    try:
        opened = open_embedder(earlier)
    except ModelError as error:
        _LOG.warning("the model of the indexes can't be opened: %s", error)
    else:
        if opened.fingerprint.split(":")[:2] == made_with.split(":")[:2]:
            return _InUse(dense=dense, embedder=opened, fingerprint=stored, cosines=False)
    _LOG.warning("questions are answered by words alone until the indexes are made anew")
    return _InUse(dense=NoDense(lexical), embedder=embedder, fingerprint=stored, cosines=False)


def _packaged_model(fingerprint: str) -> tuple[str, str]:
    """The packaged embedder, in the precision that a fingerprint of it says."""
    from rag.adapters.onnx.embedder import PACKAGED

    return PACKAGED, "fp32" if ":fp32:" in fingerprint else "int8"


@dataclass(frozen=True, slots=True, kw_only=True)
class _SideFiles:
    """The files beside the catalog; ``notes`` say which of them were damaged, and so started anew."""

    jobs: SqliteJobs
    signatures: SqliteSignatures
    feedback: SqliteFeedback
    question_log: SqliteQuestionLog
    access_keys: SqliteKeys
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
    access_keys = SqliteKeys(settings.data / KEYS)  # never started anew: no key would then mean open
    stack.callback(access_keys.close)
    return _SideFiles(
        jobs=jobs,
        signatures=signatures,
        feedback=feedback,
        question_log=question_log,
        access_keys=access_keys,
        notes=(*job_notes, *signature_notes, *feedback_notes, *log_notes),
    )


def _open_original_files(settings: Settings, catalog: Catalog) -> OriginalFiles | None:
    """The kept files; None where none are to be kept: then those kept earlier are removed."""
    files = OriginalFiles(settings.data / ORIGINALS, max_bytes=settings.originals.total_bytes)
    if settings.originals.keep:
        return files
    if catalog.original_bytes():
        catalog.drop_originals()
    files.keep_only(())
    return None


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


def open_question_log(settings: Settings) -> QuestionLog:
    """Only the question log, read-only and without the lock; there is none before the folder was served from.

    Raises:
        StorageError: there is no data folder, or it can't be read.
    """
    path = _existing_file(settings, QUESTIONS)
    return SqliteQuestionLog(path, days=settings.question_log.days, read_only=True)


def open_access_keys(settings: Settings, *, read_only: bool = False) -> KeyStore:
    """Only the keys, without the lock: also beside a running server, which sees changes at once.

    Raises:
        StorageError: the file can't be opened.
    """
    if not read_only:
        _make_data_folder(settings)
    return SqliteKeys(settings.data / KEYS, read_only=read_only)


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


def open_span_reader(settings: Settings) -> Reader | None:
    """The packaged span reader beside the packaged reader; None with another one. Raises ModelError."""
    from rag.adapters.onnx.reader import PACKAGED, PACKAGED_SPANS, OnnxReader

    if settings.reader != PACKAGED:
        return None
    return OnnxReader(PACKAGED_SPANS, cache=settings.cache, threads=settings.threads)


def open_decider(settings: Settings, *, cosines: bool = True) -> Decider:
    """The decider with the calibration that was fitted to the packaged models.

    Args:
        cosines: whether similarities are of the settings' embedder.
    """
    from rag.adapters.onnx.embedder import PACKAGED
    from rag.adapters.onnx.reader import packaged_calibration

    calibrated = cosines and settings.embedder == PACKAGED and settings.vector_store == "chroma"
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


def _remember_model(settings: Settings, fingerprint: str) -> None:
    with suppress(StorageError):  # without it, a change of embedder leaves words alone to answer by
        remember_model(settings.data, fingerprint, settings.embedder, settings.embedder_precision)


def index_folders(data: Path) -> tuple[Path, ...]:
    """Those in use, once ``open_service`` or ``settle`` has put them there."""
    return data / CHROMA, data / TERMS


def _index_processes(
    settings: Settings, data: Path, lock: FolderLock, fingerprint: str | None = None
) -> dict[str, IndexProcess]:
    """The processes of the indexes whose files are in the data folder, by the name of their folder.

    Args:
        fingerprint: of indexes that are made beside those in use.
    """
    inherited = () if lock.descriptor is None else (lock.descriptor,)

    def folder(name: str) -> Path:
        return data / name if fingerprint is None else beside(data / name, fingerprint)

    processes = {TERMS: IndexProcess(_TERM_INDEX, folder(TERMS), inherited=inherited)}
    if settings.vector_store == "chroma" and settings.chroma_url is None:
        processes[CHROMA] = IndexProcess(_CHROMA_INDEX, folder(CHROMA), inherited=inherited)
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
