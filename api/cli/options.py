"""Options that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rag.settings import Settings


def service_token(settings: Settings | None = None) -> str | None:
    """The key or token for a running service: SAYWHERE_TOKEN, or the key of the service's own settings."""
    own = settings.api_key.get_secret_value() if settings is not None and settings.api_key else None
    return os.environ.get("SAYWHERE_TOKEN") or own


DataFolder = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="The data folder.  [env: SAYWHERE_DATA; default: data]"),
]
Collection = Annotated[str, typer.Option("--collection", metavar="NAME", help="The collection of documents.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, as the HTTP API does.")]
