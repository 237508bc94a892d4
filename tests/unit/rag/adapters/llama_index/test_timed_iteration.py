"""Iteration that ends on time."""

from __future__ import annotations

import time
from collections.abc import Generator
from threading import Event

import pytest

from rag.adapters.llama_index.timed_iteration import iterate_within


def test_items_and_errors_come_through_in_order() -> None:
    """Those before an error first."""

    def source() -> Generator[int]:
        yield from (1, 2)
        raise LookupError("no third")

    def letters() -> Generator[str]:
        yield from "ab"

    seen: list[int] = []
    with pytest.raises(LookupError, match="no third"):
        seen.extend(iterate_within(source, seconds=10, first_seconds=10))
    assert list(iterate_within(letters, seconds=10, first_seconds=10)) == ["a", "b"]


def test_a_source_that_blocks_is_left_in_time() -> None:
    """For the first item by one limit, for the others by the other."""
    release = Event()

    def source(items: int) -> Generator[int]:
        yield from range(items)
        release.wait(30)

    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        next(iterate_within(lambda: source(0), seconds=30, first_seconds=0.1))
    with pytest.raises(TimeoutError):
        list(iterate_within(lambda: source(3), seconds=0.1, first_seconds=30))
    assert time.monotonic() - begun < 5
    release.set()


def test_a_source_is_closed_when_nobody_reads_on() -> None:
    """At its next item."""
    closed = Event()

    def source() -> Generator[int]:
        try:
            while True:
                time.sleep(0.001)
                yield 1
        finally:
            closed.set()

    items = iterate_within(source, seconds=30, first_seconds=30)
    next(items)
    items.close()
    assert closed.wait(10)
