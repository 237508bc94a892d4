"""The commands of ``saywhere eval`` and their options; their work is in ``api/cli/commands``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from api.cli.options import Collection, DataFolder
from rag.types import DEFAULT_COLLECTION


class _RunByDefault(TyperGroup):
    """Inserts ``run`` where no command is named: ``saywhere eval seeds`` is ``saywhere eval run seeds``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in {"--help", "-h"}):
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_RunByDefault,
    add_completion=False,
    rich_markup_mode=None,
    help="Evaluate with questions whose answers are known.\n\n"
    "`saywhere eval seeds` is short for `saywhere eval run seeds`.",
)

File = Path | None


@app.command()
def run(
    dataset: Annotated[
        str, typer.Argument(metavar="DATASET", help="A set's name, a file of cases, or a public data set.")
    ] = "seeds",
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", metavar="DIR", help="Ask the documents of this data folder instead of the set's own."
        ),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            "--url", metavar="URL", help="Ask a running service.  [env of its token: SAYWHERE_TOKEN]"
        ),
    ] = None,
    collection: Collection = DEFAULT_COLLECTION,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", metavar="N", min=1, max=64, help="Questions at once.")
    ] = 1,
    changed: Annotated[
        bool, typer.Option("--changed", help="Ask only cases that changed documents can affect.")
    ] = False,
    baseline: Annotated[
        File,
        typer.Option(
            "--baseline", metavar="FILE", help="Compare with this baseline instead of the set's own."
        ),
    ] = None,
    update_baseline: Annotated[
        bool,
        typer.Option("--update-baseline", help="Show what changed, and accept this run as the baseline."),
    ] = False,
    mutate: Annotated[
        bool,
        typer.Option(
            "--mutate", help="Mutation test: break pipeline and documents, and check that the cases fail."
        ),
    ] = False,
    mutants: Annotated[
        int, typer.Option("--mutants", metavar="N", min=1, help="Cases whose documents are mutated.")
    ] = 10,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--compare", metavar="A B", help="Compare two JSON reports; ask nothing."),
    ] = None,
    json_path: Annotated[File, typer.Option("--json", metavar="FILE", help="Write a JSON report.")] = None,
    junit_path: Annotated[
        File, typer.Option("--junit", metavar="FILE", help="Write a JUnit XML report.")
    ] = None,
    markdown_path: Annotated[
        File, typer.Option("--markdown", metavar="FILE", help="Write a summary for a pull request.")
    ] = None,
    html_path: Annotated[File, typer.Option("--html", metavar="FILE", help="Write an HTML report.")] = None,
    times: Annotated[
        bool,
        typer.Option(
            "--times/--no-times",
            help="Whether reports have times; without them, equal runs write equal bytes.",
        ),
    ] = True,
) -> None:
    """Run an evaluation (the default command).

    Asks every case of a set, and fails where scores are below their bounds or worse than the baseline. With
    neither bounds nor a baseline each case must pass.

    Exit status: 0 passed, 1 failed, 2 could not run.
    """
    from api.cli.commands import eval as command
    from evals.evaluation import Options, Reports

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
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="File for the drafts.")],
    data: DataFolder = None,
    collection: Collection = DEFAULT_COLLECTION,
    count: Annotated[
        int, typer.Option("--count", "-n", metavar="N", min=1, max=1000, help="How many drafts at most.")
    ] = 30,
) -> None:
    """Draft cases from ingested documents, for a person to correct.

    Only where a document's own wording makes a question, so there may be fewer than wanted. Drafts are not
    asked: correct each one and remove its "draft".
    """
    from api.cli.commands.eval_cases import init as command

    raise typer.Exit(command(file, data=data, collection=collection, count=count))


@app.command()
def add(
    dataset: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="File of cases to add to.")],
    answers: Annotated[
        File, typer.Argument(metavar="ANSWER", help="Saved answers, as for verify.  [-: standard input]")
    ] = None,
    feedback: Annotated[
        bool,
        typer.Option("--feedback", help="Take answers that readers marked unhelpful, from the data folder."),
    ] = False,
    data: DataFolder = None,
    right: Annotated[
        list[str] | None, typer.Option("--right", metavar="TEXT", help="An accepted answer. Repeatable.")
    ] = None,
    cite: Annotated[
        list[str] | None,
        typer.Option("--cite", metavar="QUOTE", help="A quote that must be cited. Repeatable."),
    ] = None,
    unanswerable: Annotated[
        str | None,
        typer.Option("--unanswerable", metavar="KIND", help="The documents hold no answer; KIND says why."),
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", metavar="TAG", help="A tag of the case. Repeatable.")
    ] = None,
) -> None:
    """Add a wrong answer as a case.

    Without an accepted answer, a quote or --unanswerable it becomes a draft.
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
        typer.Option(
            "--data",
            metavar="DIR",
            help="Check against the documents of this data folder instead of the set's own.",
        ),
    ] = None,
) -> None:
    """Find cases that no longer fit their documents.

    For example quotes that no document contains, or accepted answers that none says.
    """
    from api.cli.commands.eval_cases import lint as command

    raise typer.Exit(command(dataset, data=data))
