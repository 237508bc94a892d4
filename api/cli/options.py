"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataFolder = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="The data folder.  [env: SAYWHERE_DATA; default: data]"),
]
Collection = Annotated[str, typer.Option("--collection", metavar="NAME", help="The collection of documents.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, as the HTTP API does.")]
