"""Whether the service lives and answers."""

from __future__ import annotations

from pydantic import Field

from rag.wire.base import Out


class Health(Out):
    """The process lives."""

    status: str = "ok"


class Readiness(Out):
    """The service can answer."""

    status: str = "ready"
    documents: int = Field(description="how many documents are committed")
