"""What the widget needs beside answers: its script, questions to start with, tokens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response

from api import problems
from api.backend import UsesBackend
from api.media_type import requires_json
from api.schemas.widget import SuggestionsOut, TokenIn, TokenOut
from api.security.origins import OriginRefused, RateLimited, TokenNeeded, UsesAccess
from api.security.request_limits import ConcurrencyLimiter, while_connected
from api.suggestions import made
from api.widget_script import script
from rag.errors import Busy, DeadlineExceeded, IndexUnavailable, UnknownCollection
from rag.types import DEFAULT_COLLECTION

router = APIRouter()


@router.get("/widget.js", include_in_schema=False)
def widget(
    accepted: Annotated[str, Header(alias="accept-encoding")] = "",
    known: Annotated[str, Header(alias="if-none-match")] = "",
) -> Response:
    """The one script that a page names."""
    found = script()
    headers = {
        "Cache-Control": "no-cache",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "ETag": found.etag,
        "Vary": "Accept-Encoding",
    }
    if found.etag in known:
        return Response(status_code=304, headers=headers)
    packed = "gzip" in accepted
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(found.gzipped if packed else found.body, media_type="text/javascript", headers=headers)


@router.get(
    "/v1/suggestions",
    tags=["answers"],
    responses=problems.documented(
        UnknownCollection, Busy, IndexUnavailable, DeadlineExceeded,
        OriginRefused, TokenNeeded, RateLimited, statuses=(400,),
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
        turns: ConcurrencyLimiter = request.app.state.turns
        work = turns.run(lambda: made(backend.catalog, collection, backend.engine.ask))
        held[collection] = (generation, await while_connected(request, work))
    return SuggestionsOut(collection=collection, suggestions=held[collection][1])


@router.post(
    "/v1/tokens",
    tags=["answers"],
    dependencies=[Depends(requires_json)],
    responses=problems.documented(OriginRefused, RateLimited, statuses=(400, 413, 415)),
)
async def tokens(sent: TokenIn, request: Request, access: UsesAccess) -> TokenOut:
    """A short-lived token to ask with, for the page that sends this: by its public key and its origin."""
    token, seconds = access.give(request, sent.key)
    return TokenOut(token=token, seconds=seconds)
