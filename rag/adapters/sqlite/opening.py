"""Opens files that can be started anew: a damaged one is set aside."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from rag.adapters.index_folders import remove, set_aside
from rag.errors import DamagedFile, StorageError

_LOG = logging.getLogger("saywhere.storage")


class Store(Protocol):
    """A store in one SQLite file."""

    def check(self) -> None:
        """Raises DamagedFile."""
        ...

    def close(self) -> None: ...


S = TypeVar("S", bound=Store)


def open_or_start_anew(
    open_store: Callable[[Path], S], path: Path, *, lost: str
) -> tuple[S, tuple[str, ...]]:
    """Opens and checks a store; a damaged file is set aside, and the store opened empty.

    Args:
        lost: what is lost with the file, for the note.

    Returns:
        The store, and a note that says what was done, if anything was.

    Raises:
        StorageError: the file can't be used for another reason.
    """
    try:
        return _open_checked(open_store, path), ()
    except DamagedFile as error:
        fault = error
    try:
        for suffix in ("-wal", "-shm"):  # of the damaged file: no other can use them
            remove(path.with_name(path.name + suffix))
    except OSError as error:
        raise StorageError(f"{path} can't be used: {error.strerror}") from error
    kept = set_aside(path)
    place = f"; the damaged file is {kept}" if kept else ""
    note = f"{fault}; it is started anew, without {lost}{place}"
    _LOG.error(note)
    return open_store(path), (note,)


def _open_checked(open_store: Callable[[Path], S], path: Path) -> S:
    store = open_store(path)
    try:
        store.check()
    except BaseException:
        store.close()
        raise
    return store
