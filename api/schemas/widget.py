"""What a page that embeds the widget asks for."""

from __future__ import annotations

from pydantic import Field

from rag.wire.base import In, Out


class SuggestionsOut(Out):
    """Questions to start with."""

    collection: str
    suggestions: list[str]


class TokenIn(In):
    """A page's public key."""

    key: str = Field(max_length=200)


class TokenOut(Out):
    """A token for pages of the origin that asked: `Authorization: Bearer …`."""

    token: str
    seconds: int = Field(description="how long it holds")
