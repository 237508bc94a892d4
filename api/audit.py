"""The audit log: a line of JSON for each request that reads or writes, and for each key made or revoked.

It says who (a key's id, a person's subject, this machine), what, when, and which documents an answer cited;
no question, no text of a document and no secret is in it. Lines are only ever appended; a full file is set
aside under the time of its end, and the oldest of these are deleted.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.request_id import request_id
from api.security.caller import caller_of
from rag.settings import Settings

FILE = "audit.jsonl"
_LOG = logging.getLogger("saywhere.audit")
_PREFIXES = ("/v1/", "/mcp")
_CLIENT_GONE = 499  # nginx's code: no response was begun
_MAX_DOCUMENTS = 50  # of one line


class AuditLog:
    """Appends to a file, and rotates it. Safe to use from many threads, and beside other processes.

    A log that can't be written keeps nobody from an answer: the error is in the service's log.

    Args:
        max_bytes: the size at which a new file is begun.
        files: the most earlier files kept.
    """

    def __init__(self, path: Path, *, max_bytes: int, files: int) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._files = files
        self._lock = Lock()

    def write(self, what: Mapping[str, object]) -> None:
        """Appends a line with the time, in UTC."""
        entry = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **what}
        line = json.dumps(entry).encode() + b"\n"
        try:
            with self._lock:
                self._rotate(len(line))
                file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                try:
                    os.write(file, line)
                finally:
                    os.close(file)
        except OSError as error:
            _LOG.error("the audit log can't be written: %s", error.strerror or error)

    def _rotate(self, size: int) -> None:
        """Sets the file aside if a line of this size doesn't fit it any more."""
        try:
            written = self._path.stat().st_size
        except FileNotFoundError:
            return
        if not written or written + size <= self._max_bytes:
            return
        ended = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        self._path.rename(self._path.with_name(f"{self._path.stem}-{ended}{self._path.suffix}"))
        earlier = sorted(self._path.parent.glob(f"{self._path.stem}-*{self._path.suffix}"))
        for path in earlier[: max(0, len(earlier) - self._files)]:
            path.unlink(missing_ok=True)


class ServiceAuditLog:
    """Writes the lines to the service's log, which whoever runs the replicas collects."""

    def write(self, what: Mapping[str, object]) -> None:
        """Logs a line; its time is the log's."""
        _LOG.info("%s", json.dumps(what))


def open_audit_log(settings: Settings) -> AuditLog | ServiceAuditLog | None:
    """The log of the data folder, or the service's own where documents are in a database; None where the
    settings want none, or there is no folder."""
    if not settings.audit.enabled:
        return None
    if settings.database_url is not None:
        return ServiceAuditLog()
    if not settings.data.is_dir():
        return None
    return AuditLog(settings.data / FILE, max_bytes=settings.audit.bytes, files=settings.audit.files)


def note(request: Request, **values: object) -> None:
    """Adds what a route did to the request's line, such as the documents that it showed."""
    notes: dict[str, object] = getattr(request.state, "audit", {})
    request.state.audit = notes | values


def note_documents(request: Request, document_ids: set[str], **values: object) -> None:
    """As ``note``, with the documents that were shown."""
    note(request, documents=sorted(document_ids)[:_MAX_DOCUMENTS], **values)


class Audit:
    """ASGI middleware that writes the line of each request of the API at its end."""

    def __init__(self, app: ASGIApp, log: AuditLog | ServiceAuditLog) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_PREFIXES) or scope["method"] == "OPTIONS":
            await self._app(scope, receive, send)
            return
        status = _CLIENT_GONE

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            self._log.write(_line(Request(scope), status))


def _line(request: Request, status: int) -> dict[str, Any]:
    return {
        "who": caller_of(request).label,
        "from": request.client.host if request.client else None,
        "method": request.method,
        "path": request.url.path,
        "status": status,
        "request": request_id(request),
        **getattr(request.state, "audit", {}),
    }
