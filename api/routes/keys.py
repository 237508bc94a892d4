"""Keys, for the team: made, listed and revoked."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool

from api import trail
from api.audit import note
from api.errors import AccessOff, OriginRefused
from api.json_body import BoundedJsonRoute
from api.media_type import requires_json
from api.openapi.problem_responses import ACCESS_ERRORS, problem_responses
from api.schemas.keys import KeyIn, KeyList, KeyOut, MadeKeyOut, key_out
from api.security.access import UsesBackend
from api.security.caller import CallerKind, caller_of
from api.security.keys import make_key
from api.security.write_access import RequiresTeam
from rag.errors import InvalidSettings, StorageError, StorageFull, UnknownKey

router = APIRouter(prefix="/v1", tags=["team"], route_class=BoundedJsonRoute)


@router.get(
    "/keys",
    dependencies=[RequiresTeam],
    responses=problem_responses(OriginRefused, *ACCESS_ERRORS, StorageError),
)
def listing(backend: UsesBackend) -> KeyList:
    """All keys without their secrets, newest first. For the team."""
    return KeyList(keys=[key_out(key) for key in backend.access_keys.list()])


@router.post(
    "/keys",
    status_code=201,
    dependencies=[RequiresTeam, Depends(requires_json)],
    responses=problem_responses(
        OriginRefused, *ACCESS_ERRORS, StorageError, StorageFull, statuses=(400, 408, 413, 415, 422)
    ),
)
async def make(body: KeyIn, request: Request, backend: UsesBackend) -> MadeKeyOut:
    """Makes a key. It is in this response only; a hash of it is stored.

    It takes a key to make one, since from the first one on every request needs a key, those of the service's
    machine too: the first one is made by `saywhere keys`, or is that of the settings.
    """
    if caller_of(request).kind is CallerKind.MACHINE:
        raise AccessOff("the first key is made by `saywhere keys make`, or set as SAYWHERE_API_KEY")

    def work() -> MadeKeyOut:
        key, text = make_key(
            backend.access_keys,
            body.name,
            body.scopes,
            collections=body.collections,
            groups=body.groups,
            per_minute=body.per_minute,
            expires_at=body.expires_at,
        )
        return MadeKeyOut(**key_out(key).model_dump(), key=text)

    try:
        made = await run_in_threadpool(work)
    except InvalidSettings as error:
        fault = {"type": "value_error", "loc": ("body",), "msg": str(error)}
        raise RequestValidationError([fault]) from None
    trail.record("key made", request, key=made.id, scopes=made.scopes)
    note(request, event="key made", key=made.id)
    return made


@router.delete(
    "/keys/{key_id}",
    dependencies=[RequiresTeam],
    responses=problem_responses(UnknownKey, OriginRefused, *ACCESS_ERRORS, StorageError, StorageFull),
)
def revoke(key_id: str, request: Request, backend: UsesBackend) -> KeyOut:
    """Revokes a key for good, at once. It stays in the list."""
    revoked = backend.access_keys.revoke(key_id, datetime.now(UTC))
    trail.record("key revoked", request, key=key_id)
    note(request, event="key revoked", key=key_id)
    return key_out(revoked)
