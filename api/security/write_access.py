"""Who may write and delete documents over HTTP, and see what is for the team.

Writing needs the scope ``ingest``, the team's routes ``admin`` (``api.security.access``). A page of another
site is refused in every case, since a browser lets such a page post a form to any address (CSRF).
"""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from api.errors import OriginRefused, WritingOff
from api.security.access import access_of
from api.security.caller import Caller
from api.security.origins import foreign_origin
from ingest.jobs import Ingestion
from rag.ports.access_keys import Scope


class WriteAccess:
    """Decides whether a request may write, or is the team's.

    Args:
        ingestion: the queue of documents to write; None: writing is off.
    """

    def __init__(self, ingestion: Ingestion | None) -> None:
        self._ingestion = ingestion

    @property
    def is_writable(self) -> bool:
        """Whether there is a queue of documents to write."""
        return self._ingestion is not None

    def ingestion(self) -> Ingestion:
        """The queue of documents to write. Raises WritingOff."""
        if self._ingestion is None:
            raise WritingOff("this service takes no documents")
        return self._ingestion

    async def admit(self, request: Request, scope: Scope) -> Caller:
        """The caller, if it has the scope and is no other site's page.

        Raises:
            OriginRefused: a page of another site sent it.
            AccessOff, KeyNeeded, NotAllowed, RateLimited: as ``Access`` raises them.
        """
        if foreign_origin(request.headers) is not None:
            raise OriginRefused("this is for no other site's page")
        access = access_of(request)
        caller = await access.identify(request)
        access.require(caller, request, scope)
        return caller


def _write_access(request: Request) -> WriteAccess:
    return cast(WriteAccess, request.app.state.write_access)


async def _writer(request: Request) -> Ingestion:
    access = _write_access(request)
    if foreign_origin(request.headers) is not None:
        raise OriginRefused("documents are written by no other site's page")
    ingestion = access.ingestion()
    await access.admit(request, Scope.INGEST)
    return ingestion


async def _team(request: Request) -> None:
    await _write_access(request).admit(request, Scope.ADMIN)


async def _access(request: Request) -> WriteAccess:
    return _write_access(request)


UsesWriteAccess = Annotated[WriteAccess, Depends(_access)]
Writer = Annotated[Ingestion, Depends(_writer)]
"""The parameter of a route that writes, or shows what was written: the queue of documents to write."""
RequiresTeam = Depends(_team)
"""The dependency of a route that is for the team only."""
