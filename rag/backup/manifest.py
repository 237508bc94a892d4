"""The manifest of a backup: what is in it, so that a restore can tell whether it is whole."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path

from rag.errors import StorageError

MANIFEST = "manifest.json"
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds.

    Attributes:
        at: when it was begun, a UTC time in ISO 8601.
        release: the release that made it.
        documents: their number.
        files: the sha256 of each database and list, by its name.
        originals: the number of files that documents were read from; each is named by its sha256.
        indexes: whether the indexes were copied too.
        format: that of the backup's folder.
    """

    at: str
    release: str
    documents: int
    files: Mapping[str, str]
    originals: int
    indexes: bool
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Writes it into the backup, in one step. Raises StorageError."""
        path = folder / MANIFEST
        part = path.with_suffix(".part")
        try:
            with part.open("w", encoding="utf-8") as file:
                json.dump(asdict(self), file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            part.chmod(0o600)
            part.replace(path)
        except OSError as error:
            raise StorageError(f"{path} can't be written: {error.strerror}") from error


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup.

    Raises:
        StorageError: it can't be read, or a later release made it.
    """
    path = folder / MANIFEST
    try:
        entries = json.loads(path.read_text("utf-8"))
        if int(entries["format"]) > FORMAT:
            raise StorageError(f"{folder} is a backup of a later release; use that one to restore it")
        return Manifest(**entries)
    except OSError as error:
        raise StorageError(f"{folder} is no backup: {path.name} can't be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{path} is damaged: {error}") from error


def digest(path: Path) -> str:
    """The sha256 of a file. Raises StorageError."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StorageError(f"{path} can't be read: {error.strerror}") from error


def backups_in(folder: Path) -> list[Path]:
    """The finished backups in a folder of backups, the newest first."""
    if not folder.is_dir():
        return []
    return sorted((path.parent for path in folder.glob(f"*/{MANIFEST}")), reverse=True)
