"""Errors, as RFC 9457 has them."""

from __future__ import annotations

from pydantic import Field

from api.schemas.health import PartOut
from rag.wire.base import Out


class Fault(Out):
    """One thing wrong with a request: where, and what. `pointer` is an RFC 6901 fragment."""

    pointer: str | None = None
    parameter: str | None = None
    detail: str


class Problem(Out):
    """An error as RFC 9457 has it."""

    type: str = Field(description="names the kind of problem; opens its explanation")
    title: str
    status: int
    detail: str | None = None
    instance: str | None = Field(None, description="the path that was asked for")
    request_id: str = Field(description="as in the X-Request-Id header; look for it in the server's log")
    errors: list[Fault] | None = Field(None, description="which parts of the request are wrong")
    parts: list[PartOut] | None = Field(None, description="of /readyz: which parts aren't ready, and why")
