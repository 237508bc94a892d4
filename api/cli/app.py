"""The commands of ``saywhere`` and their options.

The work of a command is in its module under ``api/cli/commands``, imported when the command runs, so that
``--help`` loads no models.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.eval_app import app as eval_app
from api.cli.keys_app import app as keys_app
from api.cli.options import AsJson, Collection, DataFolder
from api.cli.sources_app import app as sources_app
from rag.types import DEFAULT_COLLECTION

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(eval_app, name="eval")
app.add_typer(keys_app, name="keys")
app.add_typer(sources_app, name="sources")


def _print_version(requested: bool) -> None:
    if requested:
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
    places: Annotated[
        list[str],
        typer.Argument(
            metavar="PLACE",
            help="Files, folders, git repositories; a site's sitemap or a page of it; s3://BUCKET/PREFIX; "
            "confluence:SPACE; python:MODULE:FACTORY.",
        ),
    ],
    data: DataFolder = None,
    collection: Collection = DEFAULT_COLLECTION,
    depth: Annotated[
        int,
        typer.Option(
            "--depth",
            metavar="N",
            min=0,
            max=20,
            help="Of a site: read pages up to so many links away from the named ones.",
        ),
    ] = 0,
    revision: Annotated[
        str | None,
        typer.Option(
            "--revision",
            metavar="COMMIT",
            help="Of a git repository: read the files of this commit, branch or tag, not the working tree.",
        ),
    ] = None,
    include: Annotated[
        list[str] | None,
        typer.Option("--include", metavar="PATTERN", help="Ingest only files that match. Repeatable."),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="PATTERN", help="Skip files that match. Repeatable."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be done, and change nothing.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Keep running and ingest changes as they happen.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Rebuild the indexes, for example for another embedder.")
    ] = False,
) -> None:
    """Ingest documents; on later runs, only what changed.

    Makes the collection equal to the files: a document is removed if its file is gone, or excluded by a
    pattern or by a .saywhereignore file (same syntax as .gitignore). Empty files are skipped. Of a git
    repository the tracked files are read. Of a site only the named host is read, as its robots.txt allows.
    """
    from api.cli.commands.ingest import preview, run
    from ingest.sources.places import place_of

    paths = [place_of(place, depth=depth, revision=revision) for place in places]
    patterns = {"include": include or (), "exclude": exclude or ()}
    if dry_run:
        raise typer.Exit(preview(paths, data=data, collection=collection, **patterns))
    raise typer.Exit(run(paths, data=data, collection=collection, rebuild=rebuild, watch=watch, **patterns))


@app.command()
def report(
    data: DataFolder = None,
    number: Annotated[
        int, typer.Option("-n", metavar="N", min=1, max=500, help="How many runs, newest first.")
    ] = 1,
    as_json: AsJson = False,
) -> None:
    """Show what the last ingest did.

    Lists each file that was added, changed, renamed, removed or failed, with the reason of a failure, and
    groups of documents that are nearly the same.
    """
    from api.cli.commands.report import run

    run(data=data, number=number, as_json=as_json)


@app.command()
def ask(
    question: Annotated[list[str], typer.Argument(metavar="QUESTION", help="In plain language.")],
    data: DataFolder = None,
    collection: Collection = DEFAULT_COLLECTION,
    as_json: AsJson = False,
    trace: Annotated[bool, typer.Option("--trace", help="Print what each step did.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Explain each stage, with its scores.")] = False,
    expected: Annotated[
        str | None,
        typer.Option(
            "--expected", metavar="TEXT", help="A passage that should have answered: where was it lost?"
        ),
    ] = None,
    after: Annotated[
        list[str] | None,
        typer.Option(
            "--after",
            metavar="QUESTION",
            help="An earlier question that this one follows up; repeat it, oldest first.",
        ),
    ] = None,
) -> None:
    """Answer a question, with citations.

    In the unit that it asks for: a short answer, yes or no, a list, steps, rows, a section. An answer that
    is only likely says so first. If the documents hold no answer, the reason and the nearest passages.
    While a server has the data folder open, that server is asked.
    """
    from api.cli.commands.ask import OutputOptions, run

    output = OutputOptions(as_json=as_json, trace=trace, explain=explain, expected=expected)
    run(" ".join(question), data=data, collection=collection, output=output, after=after or ())


@app.command()
def search(
    query: Annotated[list[str], typer.Argument(metavar="QUESTION", help="A question or a few words.")],
    data: DataFolder = None,
    collection: Collection = DEFAULT_COLLECTION,
    k: Annotated[int, typer.Option("-k", metavar="N", min=1, max=100, help="How many passages at most.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Show the passages retrieved for a question, best first.

    While a server has the data folder open, that server is asked.
    """
    from api.cli.commands.search import run

    run(" ".join(query), k=k, data=data, collection=collection, as_json=as_json)


@app.command()
def serve(
    data: DataFolder = None,
    host: Annotated[
        str,
        typer.Option(
            "--host", metavar="ADDRESS", help="Address to listen on; 0.0.0.0: every address of this machine."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=0, max=65535, help="0: any free port.")
    ] = 8000,
    watch: Annotated[
        list[Path] | None,
        typer.Option("--watch", metavar="PATH", help="Keep the index equal to this folder. Repeatable."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host",
            metavar="NAME",
            help="Answer to this host name too (a proxy's). Repeatable.",
        ),
    ] = None,
    any_host: Annotated[
        bool,
        typer.Option("--any-host", help="Answer to any host name, where other machines reach the address."),
    ] = False,
    open_reading: Annotated[
        bool,
        typer.Option(
            "--open-reading",
            help="Let whoever reaches the service ask, search and read, but for documents with readers.",
        ),
    ] = False,
    workers: Annotated[
        int,
        typer.Option(
            "--workers",
            metavar="N",
            min=1,
            help="Number of processes that answer; several need a database.",
        ),
    ] = 1,
) -> None:
    """Serve the HTTP API, the widget and the pages until stopped.

    On an address that other machines reach it needs --allow-host, an API key or --any-host; and something
    that says who may read: a key, people by token or proxy, a public collection, or --open-reading. Each
    request, write, deletion and refusal is logged on standard error.
    """
    from api.cli.commands.serve import run

    hosts = allow_host or ()
    raise typer.Exit(
        run(
            data=data,
            host=host,
            port=port,
            allow_hosts=hosts,
            any_host=any_host,
            open_reading=open_reading,
            watch=watch or (),
            workers=workers,
        )
    )


@app.command()
def mcp(
    data: DataFolder = None,
    url: Annotated[
        str | None,
        typer.Option("--url", metavar="URL", help="Ask a running service instead of opening a data folder."),
    ] = None,
) -> None:
    """Serve the Model Context Protocol over standard input and output.

    Gives an MCP client the tools `ask`, `search` and `fetch`. A data folder has one process: beside `serve`,
    use --url, or the same protocol at its address /mcp.
    """
    from api.cli.commands.mcp import run

    raise typer.Exit(run(data=data, url=url))


@app.command()
def verify(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Saved answers: JSON, a list, or one per line.  [-: standard input]",
        ),
    ],
    data: DataFolder = None,
) -> None:
    """Check the citations of saved answers against the stored documents.

    Prints each citation that no longer holds, and where its text is now.
    """
    from api.cli.commands.verify import run

    raise typer.Exit(run(file, data=data))


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A text in UTF-8.  [-: standard input]")],
    data: DataFolder = None,
    collection: Collection = DEFAULT_COLLECTION,
    documents: Annotated[
        list[str] | None,
        typer.Option(
            "--document", metavar="DOCUMENT", help="Check against this document id alone. Repeatable."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check whether the documents support a text, sentence by sentence.

    Prints for each sentence whether it is supported, partly, not found or contradicted, with the places. The
    exit status is 1 unless all are supported.
    """
    from api.cli.commands.check import run

    raise typer.Exit(run(file, data=data, collection=collection, documents=documents or (), as_json=as_json))


@app.command()
def gaps(
    data: DataFolder = None,
    collection: Annotated[
        str | None, typer.Option("--collection", metavar="NAME", help="Only this collection of documents.")
    ] = None,
    closed: Annotated[
        bool, typer.Option("--closed", help="Also gaps that later documents have answered.")
    ] = False,
    number: Annotated[
        int, typer.Option("-n", metavar="N", min=1, max=500, help="How many gaps at most.")
    ] = 20,
    usage: Annotated[
        bool,
        typer.Option(
            "--usage",
            help="Instead: what is asked most, what was disliked, which documents were never cited.",
        ),
    ] = False,
    case: Annotated[
        tuple[str, Path] | None,
        typer.Option("--case", metavar="GAP FILE.jsonl", help="Instead: add a gap to a file of cases."),
    ] = None,
    right: Annotated[
        list[str] | None,
        typer.Option("--right", metavar="TEXT", help="With --case: an accepted answer. Repeatable."),
    ] = None,
    unanswerable: Annotated[
        str | None,
        typer.Option(
            "--unanswerable", metavar="KIND", help="With --case: the documents hold no answer; KIND says why."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what was asked and not answered, grouped by meaning.

    Of questions that a service logged (SAYWHERE_QUESTION_LOG__ENABLED). A gap closes when later documents
    answer it.
    """
    from api.cli.commands import gaps as command
    from evals.cases.add import ExpectedAnswer

    if case is not None:
        expected = ExpectedAnswer(answers=right or (), unanswerable_kind=unanswerable)
        command.make_case(case[0], case[1], expected, data=data)
    elif usage:
        command.show_usage(data=data, collection=collection or DEFAULT_COLLECTION, as_json=as_json)
    else:
        selection = command.Selection(collection=collection, closed=closed, number=number)
        command.run(data=data, selection=selection, as_json=as_json)


@app.command()
def forget(
    documents: Annotated[
        list[str] | None, typer.Argument(metavar="DOCUMENT", help="Document ids or uris.")
    ] = None,
    data: DataFolder = None,
    collection: Collection = DEFAULT_COLLECTION,
    as_json: AsJson = False,
) -> None:
    """Erase documents for good, and print a receipt.

    Erases the documents and the feedback on answers that cite them, then searches every file of the data
    folder for their sentences; the receipt says what was searched and found. Without a document, frees the
    space of documents removed before.
    """
    from api.cli.commands.forget import run

    raise typer.Exit(run(documents or (), data=data, collection=collection, as_json=as_json))


@app.command()
def backup(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A folder of backups; made if it isn't there.")
    ],
    data: DataFolder = None,
    keep: Annotated[
        int | None,
        typer.Option("--keep", metavar="N", min=1, help="Remove all but the N newest backups in it."),
    ] = None,
    indexes: Annotated[
        bool,
        typer.Option(
            "--indexes",
            help="Also copy the indexes, which a restore makes anew otherwise. Not beside a server.",
        ),
    ] = False,
) -> None:
    """Back up the data folder, also while a server runs on it.

    Makes a folder named by the time: documents, their files, feedback, logged questions and uploads that
    wait. What `saywhere forget` erased since is erased from the earlier backups there, too.
    """
    from api.cli.commands.backup import run

    raise typer.Exit(run(path, data=data, keep=keep, indexes=indexes))


@app.command()
def restore(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A backup, or a folder of backups: its newest one.")
    ],
    data: DataFolder = None,
) -> None:
    """Restore a backup into a data folder without documents, and make its indexes.

    Checks every file of the backup first. Answers and citations are the same as when it was made.
    """
    from api.cli.commands.restore import run

    raise typer.Exit(run(path, data=data))


@app.command()
def rebuild(data: DataFolder = None) -> None:
    """Make the indexes of all collections anew from the stored documents.

    For a data folder that nobody serves. A server that finds indexes of other models makes them anew itself,
    and answers from the old ones until then.
    """
    from api.cli.commands.rebuild import run

    raise typer.Exit(run(data=data))


@app.command()
def config(
    data: DataFolder = None,
    only_set: Annotated[bool, typer.Option("--set", help="Only settings that aren't the default.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the settings, with secrets masked."""
    from api.cli.commands.config import run

    raise typer.Exit(run(data=data, only_set=only_set, as_json=as_json))


@app.command()
def doctor(
    data: DataFolder = None,
    deep: Annotated[bool, typer.Option("--deep", help="Also compute the hash of every stored text.")] = False,
) -> None:
    """Check this installation and the data folder."""
    from api.cli.commands.doctor import run

    raise typer.Exit(run(data=data, deep=deep))
