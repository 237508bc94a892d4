"""Follows folders: keeps a collection equal to them as they change."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Thread

from ingest.cancellation import Cancellation, Cancelled
from ingest.ended import Ended, Ends
from ingest.ignore import EVERYTHING, Patterns
from ingest.report import Report
from ingest.watch import watch
from ingest.wiring import ingest
from rag.types import DEFAULT_COLLECTION
from rag.wiring import Service

_LOG = logging.getLogger("saywhere.watch")


def follow(
    service: Service,
    paths: Sequence[Path],
    *,
    stop: Cancellation,
    collection: str = DEFAULT_COLLECTION,
    patterns: Patterns = EVERYTHING,
    on_report: Callable[[Report], None],
) -> None:
    """Keeps a collection equal to folders as they change, until ``stop`` is set. See ``ingest.watch``.

    A sync that is under way then ends before its next write.

    Args:
        on_report: called with the report of the first sync, and of each further one that did something.
    """
    is_first = True

    def sync(changed_paths: Sequence[Path]) -> None:
        nonlocal is_first
        try:
            report = ingest(
                service,
                changed_paths,
                collection=collection,
                patterns=patterns,
                cancellation=stop,
                keep_empty_report=is_first,
            )
        except Cancelled:
            return
        if is_first or not report.did_nothing:
            on_report(report)
        is_first = False

    watch(paths, sync, stop=stop, exclude=service.settings.data)


@contextmanager
def following(
    service: Service,
    paths: Sequence[Path],
    *,
    collection: str = DEFAULT_COLLECTION,
    ends: Ends | None = None,
) -> Iterator[None]:
    """``follow`` in a thread, for as long as the block runs; failures go to the log.

    Args:
        ends: told of each sync that did something.
    """
    stop = Cancellation()

    def on_report(report: Report) -> None:
        _log_failures(report)
        if ends is not None:
            ends.publish(Ended.of_sync(report))

    work = partial(follow, service, paths, stop=stop, collection=collection, on_report=on_report)
    thread = Thread(target=work, name="saywhere-watch")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _log_failures(report: Report) -> None:
    for failure in report.failed:
        _LOG.warning("%s", failure.reason)
