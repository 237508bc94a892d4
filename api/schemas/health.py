"""Whether the service lives and answers."""

from __future__ import annotations

from pydantic import Field

from rag.wire.base import Out


class Health(Out):
    """The process lives."""

    status: str = "ok"


class PartOut(Out):
    """A part of the service."""

    name: str = Field(description="catalog, an index, or disk")
    ready: bool
    reason: str | None = Field(description="why it isn't ready")


class Readiness(Out):
    """The service can answer."""

    status: str = "ready"
    documents: int = Field(description="how many documents are committed")
    parts: list[PartOut] = Field(description="each part; documents can be asked while the disk is full")
