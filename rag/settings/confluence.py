"""Settings of ``saywhere ingest`` for spaces of Confluence, in the cloud and in a data centre."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, Field, SecretStr, model_validator

from rag.settings.values import FROZEN, HttpUrl


class ConfluenceSettings(BaseModel):
    """How spaces are read."""

    model_config = FROZEN
    url: HttpUrl | None = Field(
        None,
        description="URL of Confluence: https://example.atlassian.net/wiki in the cloud, "
        "https://wiki.intra.example in a data centre.",
    )
    email: str | None = Field(
        None,
        min_length=1,
        max_length=320,
        description="Address of the account that the token belongs to, in the cloud; unset in a data centre.",
    )
    token: SecretStr | None = Field(
        None,
        min_length=1,
        description="API token in the cloud, personal access token in a data centre. Without one spaces are "
        "read as anybody can.",
    )
    restricted: Literal["skip", "readers"] = Field(
        "skip",
        description="What becomes of pages that not everybody in the space may see: skip, or readers: the "
        "groups of Confluence that may see one are its readers; groups have the same names in both then.",
    )
    pages: int = Field(20_000, ge=1, description="Maximum number of pages listed in one run.")
    request_seconds: float = Field(60.0, gt=0, description="Maximum time of one request, in seconds.")

    @model_validator(mode="after")
    def _email_needs_a_token(self) -> Self:
        if self.email is not None and self.token is None:
            raise ValueError("an e-mail address needs the token of its account")
        return self
