"""Removes old backups, and erases from the others what was forgotten after they were made."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.sqlite.feedback import SqliteFeedback
from rag.adapters.sqlite.jobs import SqliteJobs
from rag.adapters.sqlite.question_log import SqliteQuestionLog
from rag.backup.manifest import MANIFEST, backups_in, digest, read_manifest
from rag.errors import StorageError
from rag.ports.catalog import DocumentRecord
from rag.storage.erasures import Erasure, places, uri_hash
from rag.wiring import CATALOG, CHROMA, FEEDBACK, JOBS, ORIGINALS, QUESTIONS, TERMS

_ALL_JOBS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """What a rotation did: backups removed, and documents erased from the kept ones."""

    removed: int
    erased: int


def rotate(folder: Path, keep: int | None, erasures: Sequence[Erasure]) -> Rotation:
    """Keeps the ``keep`` newest backups of a folder (None: all), and erases what was forgotten from them.

    Raises:
        StorageError: a backup can't be read or written; the others are rotated all the same.
    """
    backups = backups_in(folder)
    old = backups[keep:] if keep is not None else []
    fault: StorageError | None = None
    erased = 0
    for backup in old:
        try:
            (backup / MANIFEST).unlink()  # without it, it is no backup
            shutil.rmtree(backup)
        except OSError as error:
            fault = StorageError(f"{backup} can't be removed: {error.strerror}")
    for backup in backups[: len(backups) - len(old)]:
        try:
            erased += erase_from(backup, erasures)
        except StorageError as error:
            fault = error
    if fault is not None:
        raise fault
    return Rotation(removed=len(old), erased=erased)


def holding(data: Path, document_ids: Iterable[str]) -> list[Path]:
    """The backups of a data folder, wherever it was backed up to, that hold any of these documents.

    What can't be read, as on a disk that isn't mounted, counts as what may hold them.
    """
    ids = list(document_ids)
    found: list[Path] = []
    for place in places(data) if ids else ():
        if not place.is_dir():
            found.append(place)
        found += [backup for backup in backups_in(place) if _may_hold(backup, ids)]
    return found


def erase_from(backup: Path, erasures: Sequence[Erasure]) -> int:
    """Erases from a backup what was forgotten after it was made; returns the number of its documents.

    Their files, feedback on answers that cite them, logged questions with passages of them, and uploads that
    waited go too, with every byte. Indexes that were copied are removed: a restore makes them anew.

    Raises:
        StorageError: the backup can't be read or written.
    """
    manifest = read_manifest(backup)
    later = {erasure.document_id: erasure for erasure in erasures if erasure.at >= manifest.at}
    uploads = _uploads(backup, later.values()) if later else []
    if not later or (not uploads and not _holds(backup, later)):
        return 0
    documents = _erase_documents(backup, list(later))
    _erase_citing(backup / FEEDBACK, SqliteFeedback, list(later))
    _erase_citing(backup / QUESTIONS, SqliteQuestionLog, list(later))
    if uploads:
        with closing(SqliteJobs(backup / JOBS)) as jobs:
            for job_id, position in uploads:
                jobs.erase_upload(job_id, position)
            jobs.vacuum()
    try:
        for name in (CHROMA, TERMS):
            shutil.rmtree(backup / name, ignore_errors=True)
        with closing(SqliteCatalog(backup / CATALOG)) as catalog:
            named, left = catalog.originals().keys(), catalog.count()
        kept = [path for path in (backup / ORIGINALS).iterdir() if path.name in named]
        for path in set((backup / ORIGINALS).iterdir()) - set(kept):
            path.unlink()
    except OSError as error:
        raise StorageError(f"{backup} can't be changed: {error.strerror}") from error
    replace(
        manifest,
        documents=left,
        files={name: digest(backup / name) for name in manifest.files},
        originals=len(kept),
        indexes=False,
    ).write(backup)
    return documents


def _erase_documents(backup: Path, document_ids: Sequence[str]) -> int:
    """Removes documents from a backup's catalog."""
    with closing(SqliteCatalog(backup / CATALOG)) as catalog:
        removals = [(record.collection, record.id) for record in _records(catalog, document_ids)]
        if removals:
            catalog.clear_intents()  # they are about rows of indexes, which are made anew
            catalog.commit([], removals)
            catalog.vacuum()
    return len(removals)


def _erase_citing(
    path: Path, open_store: Callable[[Path], SqliteFeedback | SqliteQuestionLog], ids: Sequence[str]
) -> None:
    if path.is_file():
        with closing(open_store(path)) as store:
            if store.delete_citing(ids):
                store.vacuum()


def _uploads(backup: Path, erasures: Iterable[Erasure]) -> list[tuple[str, int]]:
    """The waiting uploads of these documents in a backup: their job and position."""
    if not (backup / JOBS).is_file():
        return []
    hashes = {erasure.uri_sha256 for erasure in erasures}
    with closing(SqliteJobs(backup / JOBS, read_only=True)) as jobs:
        return [
            (job.id, position)
            for job in jobs.list(limit=_ALL_JOBS)
            if not job.state.is_over
            for position in range(job.total)
            for upload in [jobs.upload(job.id, position)]
            if upload.data and uri_hash(upload.uri) in hashes
        ]


def _may_hold(backup: Path, document_ids: Iterable[str]) -> bool:
    try:
        return _holds(backup, document_ids)
    except StorageError:
        return True


def _holds(backup: Path, document_ids: Iterable[str]) -> bool:
    with closing(SqliteCatalog(backup / CATALOG, read_only=True)) as catalog:
        return bool(_records(catalog, document_ids))


def _records(catalog: SqliteCatalog, document_ids: Iterable[str]) -> list[DocumentRecord]:
    ids = set(document_ids)
    return [record for record in catalog.list() if record.id in ids]
