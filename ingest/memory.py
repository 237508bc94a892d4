"""Memory that was freed, given back to the system.

Both indexes are written by threads of their own, and glibc keeps what those freed for the next of them:
25 KB a passage without this, so that 100,000 would not fit into 2 GiB; about half of it with.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache


def release_memory() -> bool:
    """Whether anything was given back; does nothing where the C library has no ``malloc_trim``."""
    trim = _trim()
    return trim is not None and bool(trim(0))


@cache
def _trim() -> Callable[[int], int] | None:
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (OSError, TypeError, AttributeError):  # another C library than glibc, or none to open
        return None
    return found
