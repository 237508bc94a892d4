"""Settings of the widget on pages of other sites."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from rag.settings.values import FROZEN, Origin
from rag.types import DEFAULT_COLLECTION


class SiteKey(BaseModel):
    """A public key of the widget: it lets pages of these origins ask about these collections."""

    model_config = FROZEN
    origins: tuple[Origin, ...] = Field(
        min_length=1, description="Origins whose pages may use the key, such as https://docs.example.com."
    )
    collections: tuple[str, ...] = Field(
        (DEFAULT_COLLECTION,), description="Collections that the key's tokens are for."
    )


class WidgetSettings(BaseModel):
    """Access of widgets on pages of other sites, and suggested questions."""

    model_config = FROZEN
    origins: tuple[Origin | Literal["*"], ...] = Field(
        (),
        description="Origins whose pages may ask about public collections without a token, * for any "
        "origin; none by default.",
    )
    public: tuple[str, ...] = Field(
        (),
        description="Collections that pages of these origins may ask about without a token; none by default.",
    )
    keys: dict[str, SiteKey] = Field(
        {},
        description="Public keys by name: pages of a key's origins get tokens for its collections; none by "
        "default.",
    )
    token_seconds: int = Field(600, ge=1, description="Validity of a token in seconds; the widget renews it.")
    per_minute: int = Field(
        30,
        ge=1,
        description="Maximum number of requests a minute with one token, or from one address without a "
        "token.",
    )
    tokens_per_minute: int = Field(60, ge=1, description="Maximum number of tokens a minute for one address.")
    suggestions: dict[str, tuple[str, ...]] = Field(
        {},
        description="Suggested questions by collection; a collection without any gets questions made from "
        "its headings.",
    )
