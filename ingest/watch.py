"""Watches folders: each burst of changes becomes one sync of the folder in which they happened.

Changes come from the operating system (the ``watchfiles`` library: inotify, FSEvents, and polling where
there is neither, as on a network drive with ``WATCHFILES_FORCE_POLLING=1``). A full sync after each ten
minutes without changes finds changes that the operating system didn't report.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import monotonic
from typing import Protocol

from ingest.ignore import IGNORE_FILE
from rag.errors import SaywhereError

_LOG = logging.getLogger("saywhere.watch")


class Stop(Protocol):
    """An event that ends the watch: ``threading.Event``, or ``ingest.cancellation.Cancellation``."""

    def is_set(self) -> bool: ...


_BURST_MS = 300  # a burst ends after so long without a change
_LONGEST_BURST_MS = 5_000
_TICK_MS = 500
_QUIET_SECONDS = 600.0


def watch(
    paths: Sequence[Path],
    sync: Callable[[Sequence[Path]], object],
    *,
    stop: Stop,
    exclude: Path | None = None,
) -> None:
    """Calls ``sync`` with all paths, then with each folder that changed, until ``stop`` is set.

    A sync that fails is logged; the next change, or the next full sync, tries again.

    Args:
        sync: is given the paths to sync.
        exclude: a folder whose changes are ignored: the data folder, if it lies inside one of the paths.
    """
    from watchfiles import watch as watch_files

    roots = [path.resolve() for path in paths]
    excluded = exclude.resolve() if exclude is not None else None

    def is_watched(_kind: object, path: str) -> bool:
        return any(_is_watched(root, Path(path), excluded) for root in roots)

    existing = [root for root in roots if root.exists()]
    missing = [path for path, root in zip(paths, roots, strict=True) if not root.exists()]
    _try_sync(sync, missing)  # reports that they don't exist
    if not existing:
        return
    last_sync: float | None = None
    for burst in watch_files(
        *existing,
        watch_filter=is_watched,
        debounce=_LONGEST_BURST_MS,
        step=_BURST_MS,
        stop_event=stop,
        rust_timeout=_TICK_MS,
        yield_on_timeout=True,
    ):
        if last_sync is None or (not burst and monotonic() - last_sync > _QUIET_SECONDS):
            _try_sync(sync, existing)
        elif burst:
            _try_sync(sync, affected_folders(existing, [Path(path) for _, path in burst]))
        else:
            continue
        last_sync = monotonic()


def affected_folders(roots: Sequence[Path], paths: Iterable[Path]) -> list[Path]:
    """For each root with changes, the innermost existing folder that holds all of its changed paths.

    So a file that moved from one folder to another is in one sync with both, and is a rename.
    """
    folders = []
    changed_paths = list(paths)
    for root in roots:
        parents = [path.parent for path in changed_paths if path.is_relative_to(root) and path != root]
        if not parents:
            folders += [root] if root in changed_paths else []
            continue
        folder = Path(os.path.commonpath(parents))
        while folder != root and not folder.is_dir():
            folder = folder.parent
        folders.append(folder if root.is_dir() else root)
    return folders


def _is_watched(root: Path, path: Path, excluded: Path | None) -> bool:
    if not path.is_relative_to(root) or (excluded is not None and path.is_relative_to(excluded)):
        return False
    is_hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
    return not is_hidden or path.name == IGNORE_FILE


def _try_sync(sync: Callable[[Sequence[Path]], object], paths: Sequence[Path]) -> None:
    if not paths:
        return
    try:
        sync(paths)
    except SaywhereError as error:
        _LOG.error("%s", error)
