"""Iteration over a blocking source that ends on time, whatever the source does."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Item(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class _End:
    error: Exception | None


def iterate_within(
    source: Callable[[], Generator[T]], *, seconds: float, first_seconds: float
) -> Generator[T]:
    """The items of a generator that runs in a thread of its own, and is closed there.

    A read that blocks can't be interrupted: its thread ends by the source's own time-out, and what it still
    reads is thrown away. Where the consumer stops early, the source is closed at its next item.

    Args:
        seconds: for all items.
        first_seconds: for the first one.

    Raises:
        TimeoutError: the time is up.
        Exception: what the source raises.
    """
    items: SimpleQueue[_Item[T] | _End] = SimpleQueue()
    stopped = Event()
    begun = time.monotonic()
    Thread(target=_run, args=(source, items, stopped), name="saywhere-llm", daemon=True).start()
    limit = min(seconds, first_seconds)
    try:
        while True:
            try:
                item = items.get(timeout=max(0.0, begun + limit - time.monotonic()))
            except Empty:
                raise TimeoutError(f"nothing came within {limit:.1f} seconds") from None
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            limit = seconds
            yield item.value
    finally:
        stopped.set()


def _run(source: Callable[[], Generator[T]], items: SimpleQueue[_Item[T] | _End], stopped: Event) -> None:
    try:
        with closing(source()) as values:
            for value in values:
                if stopped.is_set():
                    break
                items.put(_Item(value))
    except Exception as error:  # noqa: BLE001  # raised again where the items are read
        items.put(_End(error))
    else:
        items.put(_End(None))
