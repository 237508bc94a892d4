"""The media type of a request's body, and the requirement of JSON.

The requirement is a defence: a page of another site can post plain text or a form to a service on the
reader's machine, but JSON only after a CORS preflight, which isn't granted to it.
"""

from __future__ import annotations

from email.message import Message

from starlette.exceptions import HTTPException
from starlette.requests import Request


def media_type(request: Request) -> str:
    """The Content-Type in lower case, without parameters."""
    message = Message()
    message["content-type"] = request.headers.get("content-type", "text/plain")
    return message.get_content_type()


async def requires_json(request: Request) -> None:
    """Raises HTTPException 415 unless the body is sent as JSON."""
    if media_type(request) != "application/json":
        raise HTTPException(415)
