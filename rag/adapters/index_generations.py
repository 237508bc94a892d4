"""The folders of indexes in a data folder: those in use, and new ones that are made beside them.

New indexes are in ``chroma-HASH`` and ``terms-HASH``, by the fingerprint that they are made with. The
catalog's fingerprint says which are in use: it changes with one commit, and a crash leaves nothing half done.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from rag.adapters.index_folders import remove
from rag.errors import StorageError

_MODELS = "models.json"


def beside(folder: Path, fingerprint: str) -> Path:
    """Where the index of this folder is made for a fingerprint."""
    return folder.with_name(f"{folder.name}-{sha256(fingerprint.encode()).hexdigest()[:12]}")


def settle(folders: Sequence[Path], fingerprint: str | None) -> None:
    """Puts the indexes of the catalog's fingerprint where they belong, if they were made beside.

    To be called before an index is opened; what a crash leaves is done by the next call. Raises StorageError.
    """
    if fingerprint is None:
        return
    for folder in folders:
        made = beside(folder, fingerprint)
        try:
            if made.is_dir():
                remove(folder)
                made.rename(folder)
        except OSError as error:
            raise StorageError(f"{folder} can't be replaced: {error.strerror}") from error


def remove_unfinished(folders: Sequence[Path], keep: str | None = None) -> None:
    """Removes new indexes that were never completed, those for the fingerprint ``keep`` excepted.

    Raises StorageError.
    """
    for folder in folders:
        for path in folder.parent.glob(f"{folder.name}-*"):
            if keep is None or path != beside(folder, keep):
                try:
                    remove(path)
                except OSError as error:
                    raise StorageError(f"{path} can't be removed: {error.strerror}") from error


def remember_model(data: Path, fingerprint: str, embedder: str, precision: str) -> None:
    """Notes which embedder the indexes are made with, so that it can be opened later. Raises StorageError."""
    entry = {"fingerprint": fingerprint, "embedder": embedder, "precision": precision}
    path = data / _MODELS
    try:
        text = json.dumps(entry)
        if not path.is_file() or path.read_text("utf-8") != text:
            part = path.with_suffix(".part")
            part.write_text(text, "utf-8")
            part.chmod(0o600)
            part.replace(path)
    except OSError as error:
        raise StorageError(f"{path} can't be written: {error.strerror}") from error


def remembered_model(data: Path, fingerprint: str) -> tuple[str, str] | None:
    """The embedder and its precision of indexes with this fingerprint; None where that isn't known."""
    try:
        entry = json.loads((data / _MODELS).read_text("utf-8"))
        if entry["fingerprint"] == fingerprint:
            return str(entry["embedder"]), str(entry["precision"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None
