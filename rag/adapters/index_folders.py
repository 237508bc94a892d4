"""Folders of indexes: names for collections, recreation of damaged folders, detection of a full disk."""

from __future__ import annotations

import shutil
from base64 import b32decode, b32encode
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rag.errors import IndexUnavailable

T = TypeVar("T")

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


def open_or_recreate(open_index: Callable[[Path], T], folder: Path) -> T:
    """Opens an index in a folder; a damaged folder is removed and the index opened empty.

    Only for an index that recovery fills again from the catalog.

    Raises:
        IndexUnavailable: the folder can't be used at all.
    """
    try:
        return open_index(folder)
    except IndexUnavailable:
        if not folder.is_dir():
            raise
        shutil.rmtree(folder)
        return open_index(folder)
