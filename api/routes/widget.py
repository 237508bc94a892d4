"""What the widget needs beside answers: its own files, questions to start with, tokens.

Each file is named here: nothing in a path ever reaches the file system.
"""

from __future__ import annotations

import gzip
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from starlette.exceptions import HTTPException

from api import problems
from api.access import OriginRefused, TokenNeeded, TooOften, UsesAccess
from api.backend import UsesBackend
from api.content import requires_json
from api.limits import Turns, while_connected
from api.schemas import SuggestionsOut, TokenIn, TokenOut
from api.suggestions import made
from rag.errors import Busy, DeadlineExceeded, IndexUnavailable, UnknownCollection
from rag.types import DEFAULT_COLLECTION

ENTRY = "widget.js"

router = APIRouter()


@cache
def sources() -> dict[str, tuple[bytes, bytes, str]]:
    """Each file of the widget by name: as it is, gzipped, and its ETag."""
    found = {}
    for file in files("api").joinpath("widget").iterdir():
        if file.name.endswith(".js"):
            body = file.read_bytes()
            found[file.name] = (body, gzip.compress(body, 9, mtime=0), f'"{sha256(body).hexdigest()[:20]}"')
    return found


def _file(name: str, accepted: str, known: str | None) -> Response:
    if name not in sources():
        raise HTTPException(404)
    body, packed, tag = sources()[name]
    headers = {
        "Cache-Control": "no-cache",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "ETag": tag,
        "Vary": "Accept-Encoding",
    }
    if known is not None and tag in known:
        return Response(status_code=304, headers=headers)
    if "gzip" in accepted:
        body = packed
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type="text/javascript", headers=headers)


_Accepted = Annotated[str, Header(alias="accept-encoding")]
_Known = Annotated[str | None, Header(alias="if-none-match")]


@router.get(f"/{ENTRY}", include_in_schema=False)
def entry(accepted: _Accepted = "", known: _Known = None) -> Response:
    """The one script that a page names."""
    return _file(ENTRY, accepted, known)


@router.get("/widget/{name}", include_in_schema=False)
def part(name: str, accepted: _Accepted = "", known: _Known = None) -> Response:
    """What that script loads."""
    return _file(name, accepted, known)


@router.get(
    "/v1/suggestions",
    tags=["answers"],
    responses=problems.documented(
        UnknownCollection, Busy, IndexUnavailable, DeadlineExceeded,
        OriginRefused, TokenNeeded, TooOften, statuses=(400,),
    ),
)  # fmt: skip
async def suggestions(
    request: Request, backend: UsesBackend, access: UsesAccess, collection: str = DEFAULT_COLLECTION
) -> SuggestionsOut:
    """Questions to start with: those configured, or some that the headings raise and the service answers."""
    access.admit(request, collection)
    if collection != DEFAULT_COLLECTION and collection not in backend.catalog.collections():
        raise UnknownCollection(f"there is no collection {collection!r}")
    configured = backend.settings.widget.suggestions.get(collection)
    if configured is not None:
        return SuggestionsOut(collection=collection, suggestions=list(configured))
    held: dict[str, tuple[int, list[str]]] = request.app.state.suggestions
    generation = backend.catalog.generation()
    if held.get(collection, (-1,))[0] != generation:
        turns: Turns = request.app.state.turns
        work = turns.run(lambda: made(backend.catalog, collection, backend.engine.ask))
        held[collection] = (generation, await while_connected(request, work))
    return SuggestionsOut(collection=collection, suggestions=held[collection][1])


@router.post(
    "/v1/tokens",
    tags=["answers"],
    dependencies=[Depends(requires_json)],
    responses=problems.documented(OriginRefused, TooOften, statuses=(400, 413, 415)),
)
async def tokens(sent: TokenIn, request: Request, access: UsesAccess) -> TokenOut:
    """A short-lived token to ask with, for the page that sends this: by its public key and its origin."""
    token, seconds = access.give(request, sent.key)
    return TokenOut(token=token, seconds=seconds)
