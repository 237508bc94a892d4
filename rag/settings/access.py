"""Settings of who may see what: public collections, people known by a provider, the audit log."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from rag.settings.values import FROZEN, HttpUrl

# Signatures with a private key alone: whoever checks a token can't make one.
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


def _header_name(value: str) -> str:
    """The value in lower case. Raises ValueError if it is no name of an HTTP header."""
    if not value or not all(c.isascii() and (c.isalnum() or c == "-") for c in value):
        raise ValueError(f"{value!r} is no name of a header: give it as in X-Forwarded-User")
    if value.lower() in ("authorization", "cookie", "host", "origin"):
        raise ValueError(f"{value!r} is a header that any client sends")
    return value.lower()


HeaderName = Annotated[str, AfterValidator(_header_name)]


class AccessSettings(BaseModel):
    """Who may see what."""

    model_config = FROZEN
    public: tuple[str, ...] = Field(
        (),
        description="Collections that whoever reaches the service may ask, search and read, without any "
        "credential; documents with readers are left out.",
    )
    jwks_url: HttpUrl | None = Field(
        None,
        description="URL of the identity provider's signing keys (JWKS); with it people are known by their "
        "tokens (JWT).",
    )
    jwt_issuer: str | None = Field(None, min_length=1, description="Issuer (iss) that a token must have.")
    jwt_audience: str | None = Field(None, min_length=1, description="Audience (aud) that a token must have.")
    jwt_algorithms: tuple[Algorithm, ...] = Field(
        ("RS256", "ES256"), min_length=1, description="Algorithms that a token may be signed with."
    )
    jwt_groups_claim: str = Field(
        "groups",
        min_length=1,
        description="Claim of a token that lists the person's groups; a claim within another one with a dot, "
        "as in realm_access.roles.",
    )
    jwks_seconds: int = Field(
        300, ge=10, description="Time in seconds after which the provider's keys are fetched again."
    )
    user_header: HeaderName | None = Field(
        None,
        description="Header in which a proxy of SAYWHERE_TRUSTED_PROXIES names the person, such as "
        "X-Forwarded-User; from any other address it is ignored.",
    )
    groups_header: HeaderName | None = Field(
        None, description="Header in which that proxy lists the person's groups, divided by commas."
    )
    admin_groups: tuple[str, ...] = Field(
        (), description="Groups whose people may do everything and see every document."
    )
    ingest_groups: tuple[str, ...] = Field(
        (), description="Groups whose people may write and delete documents."
    )

    @property
    def knows_people(self) -> bool:
        """Whether people can be known, by token or by header."""
        return self.jwks_url is not None or self.user_header is not None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.jwks_url is not None and not (self.jwt_issuer and self.jwt_audience):
            raise ValueError("tokens need their issuer and audience (jwt_issuer, jwt_audience)")
        if self.jwks_url is None and (self.jwt_issuer or self.jwt_audience):
            raise ValueError("tokens need the provider's keys (jwks_url)")
        if self.groups_header is not None and self.user_header is None:
            raise ValueError("groups need the header that names the person (user_header)")
        return self


class AuditSettings(BaseModel):
    """The audit log: who did what, and when, in lines of JSON. No question and no text is in it."""

    model_config = FROZEN
    enabled: bool = Field(
        True, description="Whether requests that read or write are logged in audit.jsonl of the data folder."
    )
    bytes: int = Field(
        10_000_000, ge=1_000, description="Size in bytes at which the log is rotated: a new file is begun."
    )
    files: int = Field(
        10, ge=1, description="Maximum number of earlier files kept; the oldest are deleted first."
    )
