"""A run as tables on a terminal: the figures, what got better and worse, and each case with trouble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.gate import Verdict
from evals.reports.words import FIGURES, STAGES, expected, got, number, shortened
from evals.run.comparison import Changes, FigureChange
from evals.run.runner import Record, Run
from evals.run.saved_results import Result
from evals.run.summary import Figure, Slice

_SLICED = 3  # cases below which a tag's row says nothing


def show(
    console: Console,
    name: str,
    run: Run,
    figures: Mapping[str, Figure],
    slices: Sequence[Slice] = (),
) -> None:
    """Prints the figures, the tags, then each case with trouble: asked, expected, got, lost where."""
    console.print(_figures_table(name, figures))
    kept = [one for one in slices if one.right.n >= _SLICED]
    if kept:
        console.print(_slices_table(kept))
    troubled = [record for record in run.records if record.trouble]
    if troubled:
        console.print(_cases_table(troubled))


def show_verdicts(console: Console, verdicts: Sequence[Verdict], note: str = "") -> None:
    """Prints a line a verdict, after what must be known of how they were reached."""
    if note:
        console.print(escape(note), highlight=False, soft_wrap=True)
    for verdict in verdicts:
        console.print(
            escape(str(verdict)),
            style=None if verdict.passed else "bold red",
            highlight=False,
            soft_wrap=True,
        )


def show_changes(console: Console, changes: Changes, before: str = "the baseline") -> None:
    """Prints what got better and worse, question by question, then the figures that differ."""
    if not changes and not changes.figures:
        console.print(f"nothing differs from {escape(before)}", highlight=False)
        return
    titles = (
        ("better", changes.better, "green"),
        ("worse", changes.worse, "bold red"),
        ("otherwise", changes.other, None),
    )
    for title, pairs, style in titles:
        if pairs:
            console.print(_changes_table(f"{len(pairs)} {title} than {before}", pairs, style))
    for title, cases in (("new", changes.added), ("gone", changes.removed)):
        if cases:
            console.print(f"{len(cases)} {title}: {escape(', '.join(c.id for c in cases))}", highlight=False)
    if changes.figures:
        console.print(_differences_table(before, changes.figures))


def _figures_table(name: str, figures: Mapping[str, Figure]) -> Table:
    table = Table(title=f"evaluation: {escape(name)}", title_justify="left")
    table.add_column("figure")
    table.add_column("value", justify="right")
    table.add_column("95 % interval", justify="right")
    table.add_column("n", justify="right")
    for key, figure in figures.items():
        if figure.n:
            table.add_row(FIGURES.get(key, key), _value(figure), _interval(figure), str(figure.n))
    return table


def _value(figure: Figure) -> str:
    return number(figure.name, figure.value, figure.unit)


def _interval(figure: Figure) -> str:
    return "" if figure.low is None else f"{figure.low:.3f} – {figure.high:.3f}"


def _slices_table(slices: Sequence[Slice]) -> Table:
    table = Table(title="by tag", title_justify="left")
    table.add_column("tag")
    for column in ("right", "95 % interval", "citation recall", "n"):
        table.add_column(column, justify="right")
    for one in slices:
        cells = (_value(one.right), _interval(one.right), _value(one.citation_recall), str(one.right.n))
        table.add_row(escape(one.tag), *cells)
    return table


def _cases_table(records: Sequence[Record]) -> Table:
    table = Table(title=f"{len(records)} cases with trouble", title_justify="left", show_lines=True)
    table.add_column("case", overflow="fold")
    table.add_column("what happened", overflow="fold")
    for record in records:
        lines = (
            record.case.question,
            f"expected: {shortened(expected(record))}",
            f"got: {got(record)}",
            f"trouble: {record.trouble}",
            f"lost at: {_lost(record)}",
        )
        table.add_row(escape(record.case.id), escape("\n".join(lines)))
    return table


def _lost(record: Record) -> str:
    if record.diagnosis is None:
        return ""
    return f"{STAGES[record.diagnosis.stage]}: {record.diagnosis.why}"


def _changes_table(title: str, pairs: Sequence[tuple[Result, Result]], style: str | None) -> Table:
    table = Table(title=escape(title), title_justify="left", title_style=style or "", show_lines=True)
    for column in ("case", "question", "before", "now", "lost at"):
        table.add_column(column, overflow="fold")
    for before, now in pairs:
        lost = STAGES.get(now.stage, now.stage) if now.stage else ""
        cells = (now.id, now.question, before.answer or "no answer", now.answer or "no answer", lost)
        table.add_row(*(escape(cell) for cell in cells))
    return table


def _differences_table(before: str, figures: Sequence[FigureChange]) -> Table:
    table = Table(title=f"figures that differ from {escape(before)}", title_justify="left")
    table.add_column("figure")
    for column in ("before", "now", "difference", "95 % interval", "p"):
        table.add_column(column, justify="right")
    for figure in figures:
        table.add_row(FIGURES.get(figure.name, figure.name), *_difference(figure))
    return table


def _difference(figure: FigureChange) -> tuple[str, str, str, str, str]:
    both = figure.before is not None and figure.now is not None
    return (
        number(figure.name, figure.before),
        number(figure.name, figure.now),
        f"{(figure.now or 0) - (figure.before or 0):+.3f}" if both else "",
        "" if figure.low is None else f"{figure.low:+.3f} – {figure.high:+.3f}",
        "" if figure.p_value is None else f"{figure.p_value:.3f}",
    )
