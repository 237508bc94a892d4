"""What can go wrong with a request: the service can't be reached, refuses it, or isn't Saywhere."""

from __future__ import annotations

from dataclasses import dataclass


class ClientError(Exception):
    """Base class of the client's errors."""


class Unreachable(ClientError):
    """No response came: the address is wrong, the service is down, or it took too long."""


class InvalidResponse(ClientError):
    """The response hasn't the form that it should have; perhaps another program serves there."""


@dataclass(eq=False)
class RequestFailed(ClientError):
    """The service answered with an error.

    Attributes:
        status: HTTP status.
        problem: the kind of problem, such as ``invalid-question``; empty where the response names none.
        detail: what is wrong, in one line.
        request_id: under which the service's log has more.
        retry_after: seconds after which the service wants to be asked again; None: it doesn't say.
    """

    status: int
    problem: str
    detail: str
    request_id: str = ""
    retry_after: float | None = None

    def __str__(self) -> str:
        return f"{self.status} {self.detail or self.problem}".strip()


class NotFound(RequestFailed):
    """There is no such document, collection or address (404)."""


class AccessRefused(RequestFailed):
    """The key or token is missing or wrong, or the request isn't allowed (401, 403)."""


class ServiceBusy(RequestFailed):
    """Too many requests, or the index isn't ready (429, 503), after every try."""


def failure(
    status: int, *, problem: str, detail: str, request_id: str, retry_after: float | None
) -> RequestFailed:
    """The error of a status."""
    kinds = {401: AccessRefused, 403: AccessRefused, 404: NotFound, 429: ServiceBusy, 503: ServiceBusy}
    return kinds.get(status, RequestFailed)(
        status=status, problem=problem, detail=detail, request_id=request_id, retry_after=retry_after
    )
