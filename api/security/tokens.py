"""Short-lived tokens for other sites' pages: what one may ask, from which origin, until when.

A page never holds a secret. Its public key names what it may ask; the service checks where the page
is from, which a browser tells and a page can't forge, and signs that. The signing key is made anew
with each process: a token outlives no restart, and its widget gets another.
"""

from __future__ import annotations

from secrets import token_bytes, token_urlsafe

from itsdangerous import BadData, URLSafeTimedSerializer
from pydantic import BaseModel, ConfigDict, ValidationError


class Token(BaseModel):
    """What a token says. ``id`` is what its use is counted under."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    scope: str = "ask"
    origin: str
    collections: tuple[str, ...]
    id: str


class Tokens:
    """Signs tokens and reads them again.

    >>> tokens = Tokens(seconds=600)
    >>> found = tokens.read(tokens.give("https://docs.example.com", ("default",)))
    >>> found.origin if found else None
    'https://docs.example.com'
    """

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self._signer = URLSafeTimedSerializer(token_bytes(32), salt="saywhere.widget")

    def give(self, origin: str, collections: tuple[str, ...]) -> str:
        """A token with the scope to ask."""
        token = Token(origin=origin, collections=collections, id=token_urlsafe(9))
        return str(self._signer.dumps(token.model_dump()))

    def read(self, sent: str) -> Token | None:
        """What a token says; None where it is forged, damaged, or too old."""
        try:
            return Token.model_validate(self._signer.loads(sent, max_age=self.seconds))
        except (BadData, ValidationError):
            return None
