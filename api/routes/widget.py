"""The widget's script, its suggested questions, and its tokens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response

from api.backend import Backend
from api.errors import OriginRefused, RateLimited, TokenNeeded
from api.json_body import BoundedJsonRoute
from api.media_type import requires_json
from api.openapi.problem_responses import ACCESS_ERRORS, problem_responses
from api.schemas.widget import SuggestionsOut, TokenIn, TokenOut
from api.security.access import AskedBackend
from api.security.caller import caller_of
from api.security.origins import UsesAskAccess
from api.security.request_limits import while_connected
from api.suggestion_cache import SuggestionCache
from api.suggestions import most_asked, suggest_questions
from api.widget_bundle import bundle
from rag.errors import Busy, DeadlineExceeded, IndexUnavailable, StorageError, UnknownCollection
from rag.types import DEFAULT_COLLECTION

_MAX_FEEDBACK = 1000  # of the newest entries those asked most are found

router = APIRouter(route_class=BoundedJsonRoute)


@router.get("/widget.js", include_in_schema=False)
def widget(
    accept_encoding: Annotated[str, Header(alias="accept-encoding")] = "",
    if_none_match: Annotated[str, Header(alias="if-none-match")] = "",
) -> Response:
    """The widget as one script, which is all that a page has to name."""
    script = bundle()
    headers = {
        "Cache-Control": "no-cache",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "ETag": script.etag,
        "Vary": "Accept-Encoding",
    }
    if script.etag in if_none_match:
        return Response(status_code=304, headers=headers)
    gzipped = "gzip" in accept_encoding
    if gzipped:
        headers["Content-Encoding"] = "gzip"
    return Response(script.gzipped if gzipped else script.body, media_type="text/javascript", headers=headers)


@router.get(
    "/v1/suggestions",
    tags=["answers"],
    responses=problem_responses(
        UnknownCollection, Busy, IndexUnavailable, StorageError, DeadlineExceeded,
        *ACCESS_ERRORS, OriginRefused, TokenNeeded, RateLimited, statuses=(400,),
    ),
)  # fmt: skip
async def suggestions(
    request: Request, backend: AskedBackend, access: UsesAskAccess, collection: str = DEFAULT_COLLECTION
) -> SuggestionsOut:
    """Suggested questions: those in the settings, or some that the service answers well."""
    access.admit(request, collection)
    if collection != DEFAULT_COLLECTION and collection not in backend.catalog.collections():
        raise UnknownCollection(f"there is no collection {collection!r}")
    configured = backend.settings.widget.suggestions.get(collection)
    if configured is not None:
        return SuggestionsOut(collection=collection, suggestions=list(configured))
    view = caller_of(request).view
    whole: Backend = request.app.state.backend
    cache: SuggestionCache = request.app.state.suggestions

    def make() -> list[str]:
        # What others asked may have words of documents that this reader may not see.
        hidden = {} if view.groups is None else whole.catalog.hidden_from(view.groups)
        shows_all = collection not in hidden.values()
        entries = backend.feedback.list(helpful=True, limit=_MAX_FEEDBACK) if shows_all else []
        asked = most_asked(entries, collection)
        return suggest_questions(backend.catalog, collection, backend.engine.ask, asked=asked)

    questions = cache.get((collection, view), backend.catalog.generation(), make)
    return SuggestionsOut(collection=collection, suggestions=await while_connected(request, questions))


@router.post(
    "/v1/tokens",
    tags=["answers"],
    dependencies=[Depends(requires_json)],
    responses=problem_responses(OriginRefused, RateLimited, statuses=(400, 408, 413, 415)),
)
async def tokens(body: TokenIn, request: Request, access: UsesAskAccess) -> TokenOut:
    """Issues a short-lived token to a page, by its public key and its Origin header."""
    token, seconds = access.issue_token(request, body.key)
    return TokenOut(token=token, seconds=seconds)
