"""Follows folders as they change: each burst of changes becomes one sync of the part it happened in.

Changes are told by the operating system (the ``watchfiles`` library: inotify, FSEvents, and polling where
there is neither, as on a network drive with ``WATCHFILES_FORCE_POLLING=1``). What such a telling misses, a
look through everything catches that comes whenever it has been quiet for ten minutes.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import Event
from time import monotonic

from ingest.ignore import IGNORE_FILE
from rag.errors import SaywhereError

_LOG = logging.getLogger("saywhere.watch")
_BURST_MS = 300  # so long must nothing change before a burst is over
_LONGEST_BURST_MS = 5_000
_TICK_MS = 500
_QUIET_SECONDS = 600.0


def watch(
    paths: Sequence[Path],
    syncs: Callable[[Sequence[Path]], object],
    *,
    stop: Event,
    leave_out: Path | None = None,
    watching: Callable[[], None] = lambda: None,
) -> None:
    """Calls ``syncs`` with all paths, then with each part that changed, until ``stop`` is set.

    A sync that fails is logged; the next change, or the next look through everything, tries again.

    Args:
        leave_out: a folder whose changes don't count: the data folder, should it lie among the rest.
        watching: called before each look through everything: what changes from now on is seen.
    """
    from watchfiles import watch as changes

    roots = [path.resolve() for path in paths]
    apart = leave_out.resolve() if leave_out is not None else None

    def counts(_kind: object, changed: str) -> bool:
        return any(_counts(root, Path(changed), apart) for root in roots)

    there = [root for root in roots if root.exists()]
    missing = [path for path, root in zip(paths, roots, strict=True) if not root.exists()]
    _try(syncs, missing)  # tells that they aren't there
    if not there:
        return
    looked: float | None = None
    for burst in changes(
        *there,
        watch_filter=counts,
        debounce=_LONGEST_BURST_MS,
        step=_BURST_MS,
        stop_event=stop,
        rust_timeout=_TICK_MS,
        yield_on_timeout=True,
    ):
        if looked is None or (not burst and monotonic() - looked > _QUIET_SECONDS):
            watching()
            _try(syncs, there)
        elif burst:
            _try(syncs, concerned(there, [Path(changed) for _, changed in burst]))
        else:
            continue
        looked = monotonic()


def concerned(roots: Sequence[Path], changed: Iterable[Path]) -> list[Path]:
    """For each root with changes, the innermost folder that holds them all and is there.

    A file that moved from one folder to another is so seen in both, and is a rename.
    """
    found = []
    every = list(changed)
    for root in roots:
        inside = [path.parent for path in every if path.is_relative_to(root) and path != root]
        if not inside:
            found += [root] if root in every else []
            continue
        folder = Path(os.path.commonpath(inside))
        while folder != root and not folder.is_dir():
            folder = folder.parent
        found.append(folder if root.is_dir() else root)
    return found


def _counts(root: Path, changed: Path, apart: Path | None) -> bool:
    if not changed.is_relative_to(root) or (apart is not None and changed.is_relative_to(apart)):
        return False
    inside = changed.relative_to(root).parts
    return not any(part.startswith(".") for part in inside) or changed.name == IGNORE_FILE


def _try(syncs: Callable[[Sequence[Path]], object], paths: Sequence[Path]) -> None:
    if not paths:
        return
    try:
        syncs(paths)
    except SaywhereError as error:
        _LOG.error("%s", error)  # the next change, or the next look, tries again
