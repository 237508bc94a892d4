"""Base classes of the wire models, and fields that several of them have."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Offset = Annotated[int, Field(ge=0, description="code points into the document's text")]
Version = Annotated[str, Field(description="the document version, as `sha256:` and hex of its text")]
Probability = Annotated[float, Field(ge=0, le=1)]


class Out(BaseModel):
    """What is sent."""

    # Fields with a default are sent too, so the schema says that they are always there.
    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


class In(BaseModel):
    """What is received."""

    # A misspelt field is an error, not a setting silently left at its default.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


CollectionName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        pattern=r"^[^\x00-\x1f\x7f/]+$",
        description="which collection; made by its first document",
    ),
]
Uri = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="names the document, and where it is from; the same again replaces it",
    ),
]
Metadata = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=100)],
        Annotated[str, Field(max_length=1_000)],
    ],
    Field(max_length=20, description="for filters in `ask`, `search` and listings"),
]
