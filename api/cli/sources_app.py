"""The commands of ``saywhere sources`` and their options."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.options import AsJson, Collection, DataFolder
from rag.types import DEFAULT_COLLECTION

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Keep collections equal to sources, on a schedule."
)


@app.command()
def add(
    place: Annotated[
        str,
        typer.Argument(
            metavar="PLACE",
            help="A folder or file, a git repository, a site, s3://BUCKET/PREFIX, confluence:SPACE, "
            "python:MODULE:FACTORY.",
        ),
    ],
    data: DataFolder = None,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="What it is called here.  [default: from the place]"),
    ] = None,
    collection: Collection = DEFAULT_COLLECTION,
    every: Annotated[
        str | None,
        typer.Option(
            "--every",
            metavar="TIME",
            help="How often `serve` syncs it: 15m, 6h, 1d. Without it only `sources sync` does.",
        ),
    ] = None,
    depth: Annotated[
        int, typer.Option("--depth", metavar="N", min=0, max=20, help="Of a site: as with ingest.")
    ] = 0,
    revision: Annotated[
        str | None,
        typer.Option("--revision", metavar="COMMIT", help="Of a git repository: as with ingest."),
    ] = None,
    include: Annotated[
        list[str] | None,
        typer.Option("--include", metavar="PATTERN", help="Ingest only files that match. Repeatable."),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="PATTERN", help="Skip files that match. Repeatable."),
    ] = None,
) -> None:
    """Add a source; nothing is read yet.

    A running service syncs it at once if it has a schedule. Keys and tokens are settings of the environment
    and aren't stored.
    """
    from api.cli.commands import sources

    raise typer.Exit(
        sources.add(
            place,
            data=data,
            name=name,
            collection=collection,
            every=every,
            depth=depth,
            revision=revision,
            include=include or (),
            exclude=exclude or (),
        )
    )


@app.command("list")
def show(data: DataFolder = None, as_json: AsJson = False) -> None:
    """List the sources: where each is, how its last sync went, when the next one is due."""
    from api.cli.commands import sources

    raise typer.Exit(sources.show(data=data, as_json=as_json))


@app.command()
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As the list has it.")],
    data: DataFolder = None,
    documents: Annotated[
        bool, typer.Option("--documents", help="Also remove its documents, which stay otherwise.")
    ] = False,
) -> None:
    """Remove a source. Its documents stay and go on answering, unless --documents is given."""
    from api.cli.commands import sources

    raise typer.Exit(sources.remove(name, data=data, documents=documents))


@app.command()
def sync(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="As the list has them.  [default: all]")
    ] = None,
    data: DataFolder = None,
) -> None:
    """Sync sources now, whatever their schedule.

    While a service runs on the data folder, that service does it.
    """
    from api.cli.commands import sources

    raise typer.Exit(sources.sync(names or (), data=data))
