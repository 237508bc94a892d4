"""Opens the stores of a service in a data folder, which it locks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from rag.adapters.index_generations import remove_unfinished, settle
from rag.adapters.index_process.indexes import ProcessDenseIndex, ProcessLexicalIndex
from rag.adapters.sqlite.access_keys import SqliteKeys
from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.sqlite.feedback import SqliteFeedback
from rag.adapters.sqlite.jobs import SqliteJobs
from rag.adapters.sqlite.opening import open_or_start_anew
from rag.adapters.sqlite.question_log import SqliteQuestionLog
from rag.adapters.sqlite.signatures import SqliteSignatures
from rag.errors import InvalidSettings, StorageError, StorageFull
from rag.storage.indexes import index_fingerprint
from rag.storage.library import Library
from rag.storage.lock import FolderLock
from rag.storage.original_files import OriginalFiles
from rag.storage.repair import Repairs
from rag.storage.reserve import SpaceReserve
from rag.wiring.paths import (
    CATALOG,
    CHROMA,
    FEEDBACK,
    JOBS,
    KEYS,
    LOCK,
    ORIGINALS,
    QUESTIONS,
    RESERVE,
    SIGNATURES,
    TERMS,
    VECTOR_COPY,
    index_folders,
    make_data_folder,
)
from rag.wiring.processes import index_processes
from rag.wiring.renewal import RENEWING, IndexesInUse, Renewing, earlier_indexes, remember_settings_model
from rag.wiring.stores import Stores

if TYPE_CHECKING:
    from pathlib import Path

    from rag.adapters.index_process.process import IndexProcess
    from rag.ports.catalog import Catalog
    from rag.ports.indexes import DenseIndex
    from rag.settings import Settings
    from rag.wiring.models import Models


def open_folder_stores(
    settings: Settings,
    open_models: Callable[[], Models],
    stack: ExitStack,
    *,
    url: str | None,
    rebuild: bool,
    renew: bool,
) -> tuple[Models, Stores]:
    """The models, and the stores in the data folder, as ``open_service`` says.

    The processes of the indexes start while the models are opened.
    """
    data = make_data_folder(settings)
    lock = FolderLock(data / LOCK)
    lock.acquire(url=url)
    stack.callback(lock.release)
    reserve = SpaceReserve(data / RESERVE)
    with reserve.released_if_short():
        catalog = SqliteCatalog(data / CATALOG)
        stack.callback(catalog.close)
        settle(index_folders(data), catalog.fingerprint())
        of_new = stack.enter_context(ExitStack())
        processes = index_processes(settings, lock)
        for process in processes.values():
            stack.callback(process.close)
        files = _open_side_files(settings, catalog, stack)
        original_files = _open_original_files(settings, catalog)
        models = open_models()
        for process in processes.values():
            process.open()
        dense = _open_dense(settings, processes)
        stack.callback(dense.close)
        lexical = ProcessLexicalIndex(processes[TERMS])
        fingerprint = index_fingerprint(models.embedder, context=True)
        earlier = None
        if renew and not rebuild and CHROMA in processes:
            earlier = earlier_indexes(settings, catalog, dense, lexical, models.embedder)
        remove_unfinished(index_folders(data), keep=fingerprint if earlier else None)
        in_use = earlier or IndexesInUse(dense=dense, embedder=models.embedder, fingerprint=fingerprint)
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
            remember_settings_model(settings, fingerprint)
        else:
            notes += (RENEWING,)
    stack.callback(_close_library, library)
    repairs = Repairs(library, tuple(processes.values()))
    stack.callback(repairs.close)
    for process in processes.values():
        stack.callback(process.hurry)
    renewing = None
    if earlier is not None:
        new = index_processes(settings, lock, fingerprint)
        for process in new.values():
            of_new.callback(process.close)
        renewing = Renewing(old=processes, new=new, repairs=repairs)
    return models, Stores(
        library=library,
        catalog=catalog,
        dense=in_use.dense,
        lexical=lexical,
        embedder=in_use.embedder,
        cosines=in_use.cosines,
        jobs=files.jobs,
        signatures=files.signatures,
        feedback=files.feedback,
        question_log=files.question_log,
        access_keys=files.access_keys,
        original_files=original_files,
        rebuildable=tuple(processes.values()),
        notes=notes,
        renewing=renewing,
    )


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


def _open_dense(settings: Settings, processes: Mapping[str, IndexProcess]) -> DenseIndex:
    if CHROMA in processes:
        return ProcessDenseIndex(processes[CHROMA])
    if settings.vector_store != "chroma":
        from rag.adapters.llama_index.vector_store import LlamaIndexStore

        return LlamaIndexStore(
            _import_factory(settings.vector_store)(settings.data), settings.data / VECTOR_COPY
        )
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
