"""Settings of ``saywhere ingest`` for buckets of S3 and of services that speak its protocol."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, Field, SecretStr, model_validator

from rag.settings.values import FROZEN, HttpUrl


class S3Settings(BaseModel):
    """How buckets are read."""

    model_config = FROZEN
    endpoint_url: HttpUrl | None = Field(
        None,
        description="URL of a service other than Amazon's, such as https://minio.intra.example:9000; the "
        "bucket stands in the path.",
    )
    region: str = Field(
        "us-east-1",
        pattern=r"^[a-z0-9-]{1,50}$",
        description="Region of the bucket, which requests are signed for.",
    )
    access_key: SecretStr | None = Field(
        None, min_length=1, description="Access key; without one buckets are read as anybody can."
    )
    secret_key: SecretStr | None = Field(None, min_length=1, description="Secret key of the access key.")
    session_token: SecretStr | None = Field(
        None, min_length=1, description="Session token of keys that expire."
    )
    objects: int = Field(
        100_000, ge=1, description="Maximum number of objects listed in one run; folders count, too."
    )
    request_seconds: float = Field(60.0, gt=0, description="Maximum time of one request, in seconds.")

    @model_validator(mode="after")
    def _keys_belong_together(self) -> Self:
        if (self.access_key is None) != (self.secret_key is None):
            raise ValueError("access key and secret key are set together, or neither")
        if self.session_token is not None and self.access_key is None:
            raise ValueError("a session token needs the access key and the secret key that it belongs to")
        return self
