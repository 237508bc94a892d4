"""Whether each part of the service is ready, and if not why: for readiness checks and metrics.

Anyone may ask. Reasons are of a fixed set and name no file; the log and ``/v1/status`` say more.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from api.backend import Backend
from rag.errors import StorageError
from rag.storage.reserve import RESERVED_BYTES

CATALOG, SERVICE, DISK = "catalog", "service", "disk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the service. ``needed``: without it nothing is answered. ``reason``: why it isn't ready."""

    name: str
    ready: bool
    reason: str | None = None
    needed: bool = True


def parts(backend: Backend) -> list[Part]:
    """The catalog, each index, the disk; models are loaded before the service listens."""
    found = [_catalog(backend), *(_index(name, state) for name, state in backend.index_states().items())]
    if all(part.ready for part in found):
        try:
            backend.check_ready()
        except StorageError:
            found.append(Part(name=SERVICE, ready=False, reason="it can't answer yet"))
    return [*found, _disk(backend)]


def is_ready(found: list[Part]) -> bool:
    """Whether questions are answered."""
    return all(part.ready for part in found if part.needed)


def _catalog(backend: Backend) -> Part:
    try:
        backend.catalog.count()
    except StorageError:
        return Part(name=CATALOG, ready=False, reason="it can't be read")
    return Part(name=CATALOG, ready=True)


def _index(name: str, state: str) -> Part:
    if state == "ready":
        return Part(name=name, ready=True)
    reason = "it is being filled" if state == "filling" else "it is damaged and will be rebuilt"
    return Part(name=name, ready=False, reason=reason)


def _disk(backend: Backend) -> Part:
    try:
        free = shutil.disk_usage(backend.settings.data).free
    except OSError:
        return Part(name=DISK, ready=True, needed=False)  # there is no data folder on this machine
    if free < RESERVED_BYTES:
        return Part(name=DISK, ready=False, reason="no space to add documents", needed=False)
    return Part(name=DISK, ready=True, needed=False)
