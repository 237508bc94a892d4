"""Freed memory is given back where the C library can."""

from __future__ import annotations

import ctypes

import pytest

from ingest import memory


def test_nothing_happens_without_glibc(monkeypatch: pytest.MonkeyPatch) -> None:
    """On another system an ingest goes on as it was."""
    memory._trim.cache_clear()
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    assert memory.release_memory() is False
    memory._trim.cache_clear()


def test_it_can_be_asked_again_and_again() -> None:
    """With or without something to give."""
    assert {type(memory.release_memory()) for _ in range(3)} == {bool}
