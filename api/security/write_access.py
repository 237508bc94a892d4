"""Who may write and delete documents over HTTP, and read readers' feedback.

With an API key (``SAYWHERE_API_KEY``): whoever sends it. Without one: only this machine, and only while the
service listens on loopback, without ``--allow-host``, and no header says that a proxy passed the request on.
Otherwise writing is off. A page of another site is refused in every case, since a browser lets such a page
post a form to any address (CSRF).
"""

from __future__ import annotations

from hmac import compare_digest
from typing import Annotated, cast

from fastapi import Depends, Request

from api.errors import KeyNeeded, OriginRefused, WritingOff
from api.security.forwarding import is_forwarded
from api.security.origins import foreign_origin
from ingest.jobs import Ingestion


class WriteAccess:
    """Decides whether a request may write, or read feedback.

    Args:
        key: the API key; None: there is none.
        local: whether only this machine can reach the service.
        ingestion: the queue of documents to write; None: writing is off.
    """

    def __init__(self, *, key: str | None, local: bool, ingestion: Ingestion | None) -> None:
        self._key = key
        self._local = local
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

    def admit_writer(self, request: Request) -> Ingestion:
        """The queue, if the request may write.

        Raises:
            OriginRefused: a page of another site sent it.
            WritingOff: the service takes no documents, or none from this client without a key.
            KeyNeeded: the API key is missing or wrong.
        """
        if foreign_origin(request.headers) is not None:
            raise OriginRefused("documents are written by no other site's page")
        ingestion = self.ingestion()
        self.admit_team(request)
        return ingestion

    def admit_team(self, request: Request) -> None:
        """Returns if the request has the API key, or comes from this machine where there is none.

        Raises:
            OriginRefused, WritingOff, KeyNeeded: as for ``admit_writer``.
        """
        if foreign_origin(request.headers) is not None:
            raise OriginRefused("this is for no other site's page")
        if self._key is None:
            if not self._local:
                raise WritingOff("set SAYWHERE_API_KEY and send it, or serve on 127.0.0.1 alone")
            if is_forwarded(request):
                raise WritingOff("set SAYWHERE_API_KEY and send it: this request came through a proxy")
            return
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not compare_digest(credentials.strip().encode(), self._key.encode()):
            raise KeyNeeded("send the API key as: Authorization: Bearer KEY")


def _write_access(request: Request) -> WriteAccess:
    return cast(WriteAccess, request.app.state.write_access)


async def _writer(request: Request) -> Ingestion:
    return _write_access(request).admit_writer(request)


async def _team(request: Request) -> None:
    _write_access(request).admit_team(request)


async def _job_reader(request: Request) -> Ingestion:
    return _write_access(request).ingestion()


async def _access(request: Request) -> WriteAccess:
    return _write_access(request)


UsesWriteAccess = Annotated[WriteAccess, Depends(_access)]
Writer = Annotated[Ingestion, Depends(_writer)]
"""The parameter of a route that writes: the queue of documents to write."""
RequiresTeam = Depends(_team)
"""The dependency of a route that is for the team only."""
JobReader = Annotated[Ingestion, Depends(_job_reader)]
"""The parameter of a route that reads jobs."""
