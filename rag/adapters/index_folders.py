"""Folders of indexes: names for collections, setting aside what is damaged, detection of a full disk."""

from __future__ import annotations

import shutil
from base64 import b32decode, b32encode
from pathlib import Path

from rag.errors import StorageError

DAMAGED = ".damaged"  # suffix of what was set aside
_PREFIX = "c-"
_MIN_FREE_BYTES = 1 << 20  # with less free space, an index can't write


def folder_name(collection: str) -> str:
    """A folder name for a collection, of lower-case letters, digits and ``-``; one to one.

    >>> folder_name("default")
    'c-mrswmylvnr2a'
    """
    return _PREFIX + b32encode(collection.encode()).decode().rstrip("=").lower()


def collection_name(folder: str) -> str | None:
    """The collection whose folder this is; None for a name that ``folder_name`` doesn't give.

    >>> collection_name("c-mrswmylvnr2a")
    'default'
    """
    code = folder.removeprefix(_PREFIX).upper()
    try:
        name = b32decode(code + "=" * (-len(code) % 8)).decode()
    except ValueError:
        return None
    return name if folder == folder_name(name) else None


def is_disk_full(error: Exception, folder: Path | None) -> bool:
    """Whether an index's error means a full disk: by its message, or by the folder's free space.

    The libraries often name the step that failed and not the reason. ``folder`` is None where the files
    are on another machine.
    """
    if "disk is full" in str(error) or "No space left" in str(error):
        return True
    try:
        return folder is not None and shutil.disk_usage(folder).free < _MIN_FREE_BYTES
    except OSError:
        return False


def set_aside(path: Path) -> Path | None:
    """Renames a damaged file or folder to ``<name>.damaged``, in the place of one set aside before.

    Where less space is left than it takes it is removed instead, to make room for the new one.

    Returns:
        Where it is now; None if it was removed.

    Raises:
        StorageError: it can't be renamed or removed.
    """
    kept = path.with_name(path.name + DAMAGED)
    try:
        remove(kept)
        if shutil.disk_usage(path).free < _size(path) + _MIN_FREE_BYTES:
            remove(path)
            return None
        path.rename(kept)
    except OSError as error:
        raise StorageError(f"{path} is damaged and can't be set aside: {error.strerror}") from error
    return kept


def remove(path: Path) -> None:
    """Removes a file or folder; does nothing if there is none. Raises OSError."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _size(path: Path) -> int:
    """The bytes of a file, or of all files in a folder."""
    return sum(file.stat().st_size for file in (path, *path.rglob("*")) if file.is_file())
