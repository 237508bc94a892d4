"""Restores a backup into a data folder that holds nothing yet."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.adapters.sqlite.catalog import SCHEMA_VERSION
from rag.adapters.sqlite.copying import schema_version
from rag.backup.database import refuse_database
from rag.backup.manifest import Manifest, backups_in, digest, read_manifest
from rag.errors import IndexMismatch, StorageError
from rag.settings import Settings
from rag.storage.lock import FolderLock
from rag.wiring import CATALOG, CHROMA, LOCK, ORIGINALS, TERMS, open_service

_PART = ".part"


def newest_backup(path: Path) -> Path:
    """The backup at a path, or the newest one in a folder of backups.

    Raises:
        StorageError: there is none.
    """
    found = backups_in(path)
    if found:
        return found[0]
    read_manifest(path)
    return path


def check_backup(backup: Path) -> Manifest:
    """The manifest of a backup in which every file is what was written.

    Raises:
        StorageError: a file is missing, damaged, or of a later release.
    """
    manifest = read_manifest(backup)
    for name, expected in manifest.files.items():
        if digest(backup / name) != expected:
            raise StorageError(f"{backup / name} is damaged: it isn't the file that was backed up")
    found = schema_version(backup / CATALOG)
    if found > SCHEMA_VERSION:
        raise StorageError(
            f"{backup / CATALOG} has format {found}, this release uses {SCHEMA_VERSION}: use a later release"
        )
    for path in sorted((backup / ORIGINALS).iterdir()):
        if digest(path) != path.name:
            raise StorageError(f"{path} is damaged: it isn't the file that was backed up")
    return manifest


def restore(settings: Settings, backup: Path) -> Manifest:
    """Copies a backup into the settings' data folder and makes the indexes; returns its manifest.

    The catalog comes last, so that a restore that is cut short leaves no documents, and can be repeated.

    Raises:
        DataFolderLocked: another process uses the data folder.
        InvalidSettings: documents are kept in a database.
        StorageError: the backup is damaged, the data folder has documents, or a file can't be written.
        SaywhereError: what ``open_service`` raises.
    """
    refuse_database(settings)
    manifest = check_backup(backup)
    data = settings.data
    if (data / CATALOG).exists():
        raise StorageError(f"{data} has documents already: move it away, or give another --data")
    with FolderLock(data / LOCK), _mapped_errors(data):
        for name in (CHROMA, TERMS, ORIGINALS):
            shutil.rmtree(data / name, ignore_errors=True)  # of a restore that was cut short
            if (backup / name).is_dir():
                shutil.copytree(backup / name, data / name)
                (data / name).chmod(0o700)
        for name in sorted(manifest.files, key=lambda name: name == CATALOG):
            part = data / f"{name}{_PART}"
            shutil.copyfile(backup / name, part)
            part.chmod(0o600)
            part.replace(data / name)
    try:
        open_service(settings, rebuild=not manifest.indexes).close()
    except IndexMismatch:
        open_service(settings, rebuild=True).close()
    return manifest


@contextmanager
def _mapped_errors(data: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"{error.filename or data} can't be used: {error.strerror}") from error
