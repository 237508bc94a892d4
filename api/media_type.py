"""The media type a body must be sent as.

Strict for a reason beside order: a web page elsewhere can post plain text or a form to a service on
the reader's own machine, but JSON only after a preflight, which is never granted.
"""

from __future__ import annotations

from email.message import Message

from starlette.exceptions import HTTPException
from starlette.requests import Request


def media_type(request: Request) -> str:
    """What the body says it is, in lower case and without parameters."""
    message = Message()
    message["content-type"] = request.headers.get("content-type", "text/plain")
    return message.get_content_type()


async def requires_json(request: Request) -> None:
    """Raises 415 unless the body is sent as JSON."""
    if media_type(request) != "application/json":
        raise HTTPException(415)
