"""Settings of what is seen from outside: the form of the log, and traces."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from rag.settings.values import FROZEN, HttpUrl


class TelemetrySettings(BaseModel):
    """The log's form, and where traces go. Metrics are at `/metrics` without a setting."""

    model_config = FROZEN
    log_format: Literal["text", "json"] = Field(
        "text", description="Form of the log's lines: text, or json with the id of the request."
    )
    traces_url: HttpUrl | None = Field(
        None,
        description="URL of an OpenTelemetry collector that takes OTLP over gRPC, such as "
        "http://127.0.0.1:4317, to which a trace of each request is sent, without questions or answers; "
        "needs the extra `otel`. None by default.",
    )
    traces_share: float = Field(
        1.0,
        ge=0,
        le=1,
        description="Share of the requests that are traced, where a request's own traceparent doesn't say.",
    )
