"""Folders of indexes: a collection's name as a folder's, a damaged folder made anew, a full disk told."""

from __future__ import annotations

import shutil
from base64 import b32decode, b32encode
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rag.errors import IndexUnavailable

T = TypeVar("T")

_PREFIX = "c-"
_ROOM = 1 << 20  # bytes; with less free, an index can't write


def folder_name(collection: str) -> str:
    """Lower-case letters, digits and ``-``; the same for the same name, different for others.

    >>> folder_name("default")
    'c-mrswmylvnr2a'
    """
    return _PREFIX + b32encode(collection.encode()).decode().rstrip("=").lower()


def name_of(folder: str) -> str | None:
    """The collection's name; None for a folder that ``folder_name`` didn't name.

    >>> name_of("c-mrswmylvnr2a")
    'default'
    """
    code = folder.removeprefix(_PREFIX).upper()
    try:
        name = b32decode(code + "=" * (-len(code) % 8)).decode()
    except ValueError:
        return None
    return name if folder == folder_name(name) else None


def is_full(error: Exception, folder: Path | None) -> bool:
    """Whether an index's error means a full disk: it says so, or the folder's disk has no room.

    The libraries often name a step that failed and not why. ``folder`` is None where another
    machine holds the files.
    """
    if "disk is full" in str(error) or "No space left" in str(error):
        return True
    try:
        return folder is not None and shutil.disk_usage(folder).free < _ROOM
    except OSError:
        return False


def open_or_renew(opens: Callable[[Path], T], folder: Path) -> T:
    """Opens an index in a folder; a damaged one is removed and opened empty.

    Only for what can be made again: recovery then fills it from the catalog.

    Raises:
        IndexUnavailable: the folder can't be used at all.
    """
    try:
        return opens(folder)
    except IndexUnavailable:
        if not folder.is_dir():
            raise
        shutil.rmtree(folder)
        return opens(folder)
