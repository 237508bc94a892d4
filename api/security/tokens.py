"""Short-lived tokens for pages of other sites: they name collections, an origin and a time of issue.

A page never holds a secret. Its public key (``SiteKey``) names the collections it may ask; the service
checks the Origin header, which a browser sets and a page can't forge, and signs both. A process alone has
a random signing key: no token outlives a restart, and the widget then requests another. Processes that share
a database share a key, so that each takes the others' tokens.
"""

from __future__ import annotations

from secrets import token_bytes, token_urlsafe

from itsdangerous import BadData, URLSafeTimedSerializer
from pydantic import BaseModel, ConfigDict, ValidationError


class Token(BaseModel):
    """The signed content of a token. ``id`` is the name its uses are counted under."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    scope: str = "ask"
    origin: str
    collections: tuple[str, ...]
    id: str


class Tokens:
    """Issues tokens and verifies them.

    >>> tokens = Tokens(seconds=600)
    >>> token = tokens.verify(tokens.issue("https://docs.example.com", ("default",)))
    >>> token.origin if token else None
    'https://docs.example.com'

    Args:
        seconds: how long a token is valid.
        key: the secret that they are signed by; None: a random one.
    """

    def __init__(self, seconds: int, *, key: bytes | None = None) -> None:
        self.seconds = seconds
        self._signer = URLSafeTimedSerializer(key or token_bytes(32), salt="saywhere.widget")

    def issue(self, origin: str, collections: tuple[str, ...]) -> str:
        """A signed token with the scope ``ask``."""
        token = Token(origin=origin, collections=collections, id=token_urlsafe(9))
        return str(self._signer.dumps(token.model_dump()))

    def verify(self, text: str) -> Token | None:
        """The token's content; None where it is forged, damaged or expired."""
        try:
            return Token.model_validate(self._signer.loads(text, max_age=self.seconds))
        except (BadData, ValidationError):
            return None
