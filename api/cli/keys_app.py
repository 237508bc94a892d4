"""The commands of ``saywhere keys`` and their options."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.options import AsJson, DataFolder
from rag.ports.access_keys import Scope

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Make, list and revoke keys.")


@app.command()
def make(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who or what the key is for.")],
    data: DataFolder = None,
    scope: Annotated[
        list[Scope] | None,
        typer.Option(
            "--scope", help="What it may do; admin is everything. Repeatable.  [default: ask, search]"
        ),
    ] = None,
    collection: Annotated[
        list[str] | None,
        typer.Option("--collection", metavar="NAME", help="Only this collection. Repeatable."),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(
            "--group", metavar="NAME", help="Also documents whose readers are this group. Repeatable."
        ),
    ] = None,
    per_minute: Annotated[
        int | None, typer.Option("--per-minute", metavar="N", min=1, help="Maximum requests a minute.")
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", metavar="N", min=1, max=36_500, help="Days until it expires.")
    ] = None,
) -> None:
    """Make a key, and print it this once.

    Only a hash of it is stored. Once there is a key, requests over HTTP need one, those of this machine too.
    """
    from api.cli.commands import keys

    scopes = scope or (Scope.ASK, Scope.SEARCH)
    raise typer.Exit(
        keys.make(
            name,
            data=data,
            scopes=scopes,
            collections=collection or (),
            groups=group or (),
            per_minute=per_minute,
            days=days,
        )
    )


@app.command("list")
def show(data: DataFolder = None, as_json: AsJson = False) -> None:
    """List all keys with what they are for, newest first."""
    from api.cli.commands import keys

    raise typer.Exit(keys.show(data=data, as_json=as_json))


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The key's id, as the list has it.")],
    data: DataFolder = None,
) -> None:
    """Revoke a key for good, at once."""
    from api.cli.commands import keys

    raise typer.Exit(keys.revoke(key, data=data))
