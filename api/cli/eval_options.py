"""The options of ``saywhere eval``, and of the commands under it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from rag.types import DEFAULT_COLLECTION


class _RunsByDefault(TyperGroup):
    """``saywhere eval seeds`` is ``saywhere eval run seeds``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in {"--help", "-h"}):
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_RunsByDefault,
    add_completion=False,
    rich_markup_mode=None,
    help="Ask questions whose answers are known.\n\n"
    "`saywhere eval seeds` is short for `saywhere eval run seeds`.",
)

File = Path | None
Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="The data folder.  [env: SAYWHERE_DATA; default: data]"),
]
Collection = Annotated[str, typer.Option("--collection", help="Which collection of documents.")]


@app.command()
def run(
    dataset: Annotated[
        str, typer.Argument(metavar="DATASET", help="A set's name, a file of cases, or a published set.")
    ] = "seeds",
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Ask this data folder, not the set's own documents."),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option("--url", help="Ask a running service.  [token: SAYWHERE_TOKEN]"),
    ] = None,
    collection: Collection = DEFAULT_COLLECTION,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=64, help="Questions at once.")] = 1,
    changed: Annotated[
        bool, typer.Option("--changed", help="Ask only what changed documents can have touched.")
    ] = False,
    baseline: Annotated[
        File, typer.Option("--baseline", metavar="FILE", help="Hold it against this, not the set's own.")
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Show what changed, and accept it as the baseline.")
    ] = False,
    mutate: Annotated[
        bool, typer.Option("--mutate", help="Break pipeline and documents on purpose; is it noticed?")
    ] = False,
    mutants: Annotated[int, typer.Option("--mutants", min=1, help="Cases whose documents are broken.")] = 10,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--compare", metavar="A B", help="Ask nothing: show what differs between two reports."),
    ] = None,
    json_path: Annotated[File, typer.Option("--json", metavar="FILE", help="Write it all as JSON.")] = None,
    junit_path: Annotated[File, typer.Option("--junit", metavar="FILE", help="Write JUnit XML.")] = None,
    markdown_path: Annotated[
        File, typer.Option("--markdown", metavar="FILE", help="Write a summary for a pull request.")
    ] = None,
    html_path: Annotated[File, typer.Option("--html", metavar="FILE", help="Write a page to browse.")] = None,
    times: Annotated[
        bool, typer.Option("--times/--no-times", help="Without times two runs write the same bytes.")
    ] = True,
) -> None:
    """Ask a set of questions, and fail where figures miss their limits or became worse.

    Exit status: 0 passed, 1 failed, 2 could not run.
    """
    from api.cli.commands import eval as command
    from evals.run.command import Options, Reports

    if compare is not None:
        raise typer.Exit(command.compare(*compare))
    reports = Reports(json=json_path, junit=junit_path, markdown=markdown_path, html=html_path, times=times)
    options = Options(
        data=data,
        url=url,
        token=command.token(),
        collection=collection,
        jobs=jobs,
        affected_only=changed,
        baseline=baseline,
        update_baseline=update_baseline,
        mutants=mutants if mutate else 0,
        reports=reports,
    )
    raise typer.Exit(command.run(dataset, options))


@app.command()
def init(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="Where to write the drafts.")],
    data: Data = None,
    collection: Collection = DEFAULT_COLLECTION,
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=1000, help="How many at most.")] = 30,
) -> None:
    """Draft cases from what is ingested, for a person to correct.

    Drafts are never asked: put each right and take its "draft" away.
    """
    from api.cli.commands.eval_cases import init as command

    raise typer.Exit(command(file, data=data, collection=collection, count=count))


@app.command()
def add(
    dataset: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="The cases to add to.")],
    answers: Annotated[
        File, typer.Argument(metavar="ANSWER", help="Saved answers: JSON, list or lines.  [-: input]")
    ] = None,
    feedback: Annotated[
        bool, typer.Option("--feedback", help="Take what readers found unhelpful in the data folder.")
    ] = False,
    data: Data = None,
    right: Annotated[
        list[str] | None, typer.Option("--right", metavar="TEXT", help="What would be right. Repeatable.")
    ] = None,
    cite: Annotated[
        list[str] | None, typer.Option("--cite", metavar="QUOTE", help="What must be cited. Repeatable.")
    ] = None,
    unanswerable: Annotated[
        str | None, typer.Option("--unanswerable", metavar="KIND", help="The documents don't hold it.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Repeatable.")] = None,
) -> None:
    """Make a bad answer a case.

    Where nothing is said of what would be right, it becomes a draft.
    """
    from api.cli.commands.eval_cases import add as command
    from evals.cases.add import ExpectedAnswer

    expected = ExpectedAnswer(
        answers=right or (), quotes=cite or (), unanswerable_kind=unanswerable, tags=tag or ()
    )
    if (answers is None) is not feedback:
        raise typer.BadParameter("give saved answers or --feedback")
    raise typer.Exit(command(dataset, expected, answers=answers, data=data))


@app.command()
def lint(
    dataset: Annotated[
        str, typer.Argument(metavar="DATASET", help="A set's name or a file of cases.")
    ] = "seeds",
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Look in this data folder, not the set's own documents."),
    ] = None,
) -> None:
    """Find cases that no longer fit their documents, such as quotes that are gone."""
    from api.cli.commands.eval_cases import lint as command

    raise typer.Exit(command(dataset, data=data))
