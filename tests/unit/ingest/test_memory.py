"""Freed memory is released where the C library can do it."""

from __future__ import annotations

import ctypes

import pytest

from ingest import memory


def test_nothing_is_released_without_glibc(monkeypatch: pytest.MonkeyPatch) -> None:
    """With another C library it is no error."""
    memory._malloc_trim.cache_clear()
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    assert memory.release_memory() is False
    memory._malloc_trim.cache_clear()


def test_memory_can_be_released_repeatedly() -> None:
    """Whether there is any to release or not."""
    assert {type(memory.release_memory()) for _ in range(3)} == {bool}
