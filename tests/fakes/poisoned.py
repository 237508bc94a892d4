"""``saywhere serve`` in a process that dies, as by a fault in native code, at a poisoned upload."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from api.cli.main import main
from ingest.prepare import Preparer
from rag.ports.catalog import Change

_prepare = Preparer.prepare


def _prepare_or_die(self: Preparer, data: bytes, name: str, **options: Any) -> Change:
    if b"poison" in data:
        os.kill(os.getpid(), signal.SIGKILL)
    return _prepare(self, data, name, **options)


if __name__ == "__main__":
    Preparer.prepare = _prepare_or_die  # type: ignore[method-assign]
    sys.exit(main())
