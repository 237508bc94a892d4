"""Returns freed memory to the operating system.

Both indexes are written by threads of their own, and glibc keeps the memory that these freed: 25 KB a
passage, so that 100,000 passages would not fit into 2 GiB. Released after each batch, it is about half.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache


def release_memory() -> bool:
    """Whether any memory was released; False where the C library has no ``malloc_trim``."""
    trim = _malloc_trim()
    return trim is not None and bool(trim(0))


@cache
def _malloc_trim() -> Callable[[int], int] | None:
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (OSError, TypeError, AttributeError):  # another C library than glibc, or none to open
        return None
    return trim
