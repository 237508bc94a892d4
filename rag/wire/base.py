"""Base classes of the wire models, and fields that several of them have."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

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


_MAX_COLLECTION_BYTES = 150  # in UTF-8: it names a folder, whose name may have 255 bytes


def _short_in_bytes(name: str) -> str:
    if len(name.encode("utf-8", "surrogatepass")) > _MAX_COLLECTION_BYTES:
        raise ValueError(f"more than {_MAX_COLLECTION_BYTES} bytes in UTF-8")
    return name


CollectionName = Annotated[
    str,
    AfterValidator(_short_in_bytes),
    Field(
        min_length=1,
        max_length=64,
        pattern=r"^[^\x00-\x1f\x7f/]+$",
        description="which collection; made by its first document; at most 150 bytes in UTF-8",
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
