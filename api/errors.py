"""Errors of the HTTP layer alone; those of the core are in ``rag/errors.py``.

``api/problems`` turns both into responses.
"""

from __future__ import annotations


class ClientGone(Exception):
    """The client closed the connection before it had its answer."""


class AccessDenied(Exception):
    """The request isn't allowed. The subclass says why."""


class OriginRefused(AccessDenied):
    """Pages of this site may not make this request (403)."""


class WritingOff(AccessDenied):
    """This service takes no documents over HTTP (403)."""


class AccessOff(AccessDenied):
    """No credential is set that would allow this (403)."""


class NotAllowed(AccessDenied):
    """The key or person is known, and may not do this (403)."""


class TokenNeeded(AccessDenied):
    """The token is missing, invalid, expired, or issued for something else (401)."""


class KeyNeeded(TokenNeeded):
    """The key or token is missing, wrong, expired or revoked (401)."""


class UnknownAnswer(AccessDenied):
    """This service gave no answer with this id (403)."""


class RateLimited(AccessDenied):
    """The allowance is used up for another ``seconds`` (429)."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"the next one is let in in {seconds} s")
        self.seconds = seconds
