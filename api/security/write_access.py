"""Who may put documents in and take them out over HTTP, and read what readers said of answers.

With an API key (``SAYWHERE_API_KEY``) whoever sends it. Without one, only who is on this machine: the
service listens on loopback and stands behind no proxy. Else writing is off. No page of another site
ever may, whatever it sends: a browser lets such a page post a form without asking.
"""

from __future__ import annotations

from hmac import compare_digest
from typing import Annotated, cast

from fastapi import Depends, Request

from api.security.origins import AccessDenied, OriginRefused, TokenNeeded, foreign_origin
from ingest.jobs import Ingestion


class WritingOff(AccessDenied):
    """This service takes no documents."""


class KeyNeeded(TokenNeeded):
    """The API key is missing or wrong."""


class WriteAccess:
    """Lets requests that write in or raises Refused.

    Args:
        key: the API key; None: there is none.
        local: whether only this machine can reach the service.
        ingestion: what takes documents in; None: writing is off.
    """

    def __init__(self, *, key: str | None, local: bool, ingestion: Ingestion | None) -> None:
        self._key = key
        self._local = local
        self._ingestion = ingestion

    def reached(self) -> Ingestion:
        """What takes documents in."""
        if self._ingestion is None:
            raise WritingOff("this service takes no documents")
        return self._ingestion

    def admit(self, request: Request) -> Ingestion:
        """Lets a request that writes in."""
        if foreign_origin(request.headers) is not None:
            raise OriginRefused("documents are written by no other site's page")
        ingestion = self.reached()
        self.trust(request)
        return ingestion

    def trust(self, request: Request) -> None:
        """Lets the team in: who sends the key; where there is none, who is on this machine."""
        if foreign_origin(request.headers) is not None:
            raise OriginRefused("this is for no other site's page")
        if self._key is None:
            if not self._local:
                raise WritingOff("set SAYWHERE_API_KEY and send it, or serve on 127.0.0.1 alone")
            return
        kind, _, sent = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not compare_digest(sent.strip().encode(), self._key.encode()):
            raise KeyNeeded("send the API key as: Authorization: Bearer KEY")


async def _may_write(request: Request) -> Ingestion:
    return cast(WriteAccess, request.app.state.writing).admit(request)


async def _trusted(request: Request) -> None:
    cast(WriteAccess, request.app.state.writing).trust(request)


async def _reads_jobs(request: Request) -> Ingestion:
    return cast(WriteAccess, request.app.state.writing).reached()


MayWrite = Annotated[Ingestion, Depends(_may_write)]
IsTrusted = Depends(_trusted)
ReadsJobs = Annotated[Ingestion, Depends(_reads_jobs)]
