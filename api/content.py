"""The media type a body must be sent as.

Strict for a reason beside order: a web page elsewhere can post plain text or a form to a service on
the reader's own machine, but JSON only after a preflight, which is never granted.
"""

from __future__ import annotations

from email.message import Message

from starlette.exceptions import HTTPException
from starlette.requests import Request


async def requires_json(request: Request) -> None:
    """Raises 415 unless the body is sent as JSON."""
    message = Message()
    message["content-type"] = request.headers.get("content-type", "text/plain")
    if message.get_content_type() != "application/json":
        raise HTTPException(415)
