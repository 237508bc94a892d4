"""JSON bodies, parsed off the event loop and with bounds on their nesting and on the number of their values.

A parser builds what a body says before any schema is applied: a megabyte can say 300,000 values, each of
which costs memory, and an error if it doesn't fit. So its tokens are counted first, in steps that let other
threads run meanwhile.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

MAX_DEPTH = 32
MAX_TOKENS = 20_000
"""Brackets, braces, commas, colons and strings of a body that is no upload."""
_INLINE_BYTES = 16_384  # up to which a thread costs more than it saves
_SLICE = 65_536
_STRING_PART = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_MARKS = re.compile(rb'["\[\]{},:]')


def check_bounds(body: bytes, *, max_tokens: int = MAX_TOKENS, max_depth: int = MAX_DEPTH) -> None:
    """Returns if a JSON body has no more tokens and no deeper nesting; whether it is JSON isn't checked.

    >>> check_bounds(b'{"a": [1, 2]}', max_tokens=7, max_depth=2)

    Raises:
        HTTPException: 400, which says what is too much.
    """
    tokens, depth, at = 0, 0, 0
    while (mark := _MARKS.search(body, at)) is not None:
        at = mark.end()
        tokens += 1
        match mark[0]:
            case b'"':
                at = _end_of_string(body, at)
            case b"[" | b"{":
                depth += 1
            case b"]" | b"}":
                depth -= 1
        if tokens > max_tokens:
            raise HTTPException(400, f"the JSON has more than {max_tokens:,} brackets, commas and strings")
        if depth > max_depth:
            raise HTTPException(400, f"the JSON nests deeper than {max_depth}")


def _end_of_string(body: bytes, at: int) -> int:
    """The position after a string whose text begins here; the body's end if it is left open.

    In slices: a regular expression over megabytes would stop all threads.
    """
    end = len(body)
    while at < end:
        match = _STRING_PART.match(body, at, at + _SLICE)
        stop = match.end() if match else at
        if stop < end and body[stop : stop + 1] == b'"':
            return stop + 1
        if stop == at:  # a backslash at the end of a slice, or of the body
            stop += 2
        at = stop
    return end


def parse(text: bytes | str) -> Any:
    """The value of a JSON text within the bounds.

    Raises:
        HTTPException: 400, out of bounds.
        ValueError: not JSON.
    """
    body = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    check_bounds(body)
    return json.loads(body)


class _BoundedRequest(Request):
    async def json(self) -> Any:
        body = await self.body()
        if len(body) <= _INLINE_BYTES:
            return parse(body)
        return await run_in_threadpool(parse, body)


class BoundedJsonRoute(APIRoute):
    """A route whose JSON body is parsed so. Give it to a router as ``route_class``."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            return await handler(_BoundedRequest(request.scope, request.receive))

        return bounded
