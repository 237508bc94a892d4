"""The command line: ``saywhere ingest|report|ask|search|serve|verify|forget|eval|doctor``.

Only the options stand here; each command's work is in its own module under ``api/commands`` and is
imported when it is run, so that ``--help`` is instant.

Exit status: 0 all well, also where the documents hold no answer; 1 something named failed, the rest
is done; 2 wrong use; 130 interrupted.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.eval_options import app as evaluations
from rag.errors import InvalidQuestion, InvalidSettings, SaywhereError
from rag.types import DEFAULT_COLLECTION

FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(evaluations, name="eval")

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="The data folder.  [env: SAYWHERE_DATA; default: data]"),
]
Collection = Annotated[str, typer.Option("--collection", help="Which collection of documents.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, as the HTTP interface does.")]


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(version("saywhere"))
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    """Answers questions from your documents and says exactly where."""


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders.")],
    data: Data = None,
    collection: Collection = DEFAULT_COLLECTION,
    include: Annotated[
        list[str] | None,
        typer.Option("--include", metavar="PATTERN", help="Take only files like this. Repeatable."),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="PATTERN", help="Leave out files like this. Repeatable."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on, and follow changes as they happen, until stopped.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make the indexes anew, as after a change of embedder.")
    ] = False,
) -> None:
    """Read documents, and what changed since the last time.

    Makes the index equal to the folders: documents whose files are gone, or left out by a pattern
    or a .saywhereignore file (written as a .gitignore), are removed.
    """
    from api.cli.commands.ingest import preview, run

    patterns = {"include": include or (), "exclude": exclude or ()}
    if dry_run:
        raise typer.Exit(preview(paths, data=data, collection=collection, **patterns))
    raise typer.Exit(run(paths, data=data, collection=collection, rebuild=rebuild, watch=watch, **patterns))


@app.command()
def report(
    data: Data = None,
    number: Annotated[int, typer.Option("-n", min=1, max=500, help="How many runs, the latest first.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Show what the last ingest did.

    Names each file that was added, changed, renamed, removed or failed, and why it failed.
    """
    from api.cli.commands.report import run

    run(data=data, number=number, as_json=as_json)


@app.command()
def ask(
    question: Annotated[list[str], typer.Argument(metavar="QUESTION", help="In plain language.")],
    data: Data = None,
    collection: Collection = DEFAULT_COLLECTION,
    as_json: AsJson = False,
    trace: Annotated[bool, typer.Option("--trace", help="Tell what each step did.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell in plain words how the answer came about.")
    ] = False,
    expected: Annotated[
        str | None,
        typer.Option("--expected", metavar="TEXT", help="A passage you had in mind: where was it lost?"),
    ] = None,
) -> None:
    """Answer a question, and say exactly where.

    Where the documents hold no answer it says so, and shows what is near.
    """
    from api.cli.commands.ask import Telling, run

    telling = Telling(as_json=as_json, trace=trace, explain=explain, expected=expected)
    run(" ".join(question), data=data, collection=collection, telling=telling)


@app.command()
def search(
    query: Annotated[list[str], typer.Argument(metavar="QUESTION", help="A question or a few words.")],
    data: Data = None,
    collection: Collection = DEFAULT_COLLECTION,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages at most.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Show the passages nearest to a question."""
    from api.cli.commands.search import run

    run(" ".join(query), k=k, data=data, collection=collection, as_json=as_json)


@app.command()
def serve(
    data: Data = None,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; 0.0.0.0 lets others in.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes any free one.")] = 8000,
    watch: Annotated[
        list[Path] | None,
        typer.Option("--watch", metavar="PATH", help="Keep the index equal to this folder. Repeatable."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="Answer to this name too (a proxy's). Repeatable."),
    ] = None,
) -> None:
    """Answer over HTTP until stopped."""
    from api.cli.commands.serve import run

    raise typer.Exit(run(data=data, host=host, port=port, allow_hosts=allow_host or (), watch=watch or ()))


@app.command()
def verify(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Saved answers: JSON, a list, or a line each.  [-: standard input]"
        ),
    ],
    data: Data = None,
) -> None:
    """Check the citations of saved answers.

    Each is held against the documents as they are stored now; one that no longer holds is told, and
    where its words are now.
    """
    from api.cli.commands.verify import run

    raise typer.Exit(run(file, data=data))


@app.command()
def forget(
    documents: Annotated[
        list[str] | None, typer.Argument(metavar="[DOCUMENT]...", help="Their ids, or their uris.")
    ] = None,
    data: Data = None,
    collection: Collection = DEFAULT_COLLECTION,
    as_json: AsJson = False,
) -> None:
    """Remove documents for good, with a receipt.

    Nothing of them stays in any file of the data folder, nor what readers said of answers that cite them;
    the receipt tells how that was checked. Without a document, gives back what was removed before.
    """
    from api.cli.commands.forget import run

    raise typer.Exit(run(documents or (), data=data, collection=collection, as_json=as_json))


@app.command()
def doctor(data: Data = None) -> None:
    """Look for what is wrong with this installation."""
    from api.cli.commands.doctor import run

    raise typer.Exit(run(data=data))


def main() -> int:
    """Runs the command that the arguments name; errors of ours become one line and a status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except (InvalidQuestion, InvalidSettings) as error:
        return _fail(error, WRONG_USE)
    except SaywhereError as error:
        return _fail(error, FAILED)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            print("saywhere: interrupted", file=sys.stderr)
        raise
    return 0


def _fail(error: SaywhereError, status: int) -> int:
    print(f"saywhere: {error}", file=sys.stderr)
    return status
