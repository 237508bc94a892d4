"""A run as tables on a terminal: figures, tags, failing cases, verdicts, and the comparison of two runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.gate import Verdict
from evals.reports.labels import (
    FIGURES,
    FORM_FIGURES,
    FORMS,
    STAGES,
    expected_label,
    number,
    outcome_label,
    shortened,
)
from evals.run.by_form import FormFigures
from evals.run.comparison import FigureDifference, Pair, RunComparison
from evals.run.figures import Figure
from evals.run.runner import Record, Run
from evals.run.summary import Slice

_MIN_SLICE = 3  # cases of a tag that gets a row


def show(
    console: Console,
    name: str,
    run: Run,
    figures: Mapping[str, Figure],
    slices: Sequence[Slice] = (),
    forms: Sequence[FormFigures] = (),
) -> None:
    """Prints the figures, the forms, the tags, then each failing case: question, expected, answer, stage."""
    console.print(_figures_table(name, figures))
    if forms:
        console.print(_forms_table(forms))
    shown = [one for one in slices if one.right.n >= _MIN_SLICE]
    if shown:
        console.print(_slices_table(shown))
    failing = [record for record in run.records if record.failure]
    if failing:
        console.print(_cases_table(failing))


def show_verdicts(console: Console, verdicts: Sequence[Verdict], note: str = "") -> None:
    """Prints a line a verdict, after the note on how the run is judged."""
    if note:
        console.print(escape(note), highlight=False, soft_wrap=True)
    for verdict in verdicts:
        console.print(
            escape(str(verdict)),
            style=None if verdict.passed else "bold red",
            highlight=False,
            soft_wrap=True,
        )


def show_comparison(console: Console, comparison: RunComparison, before: str = "the baseline") -> None:
    """Prints what is better and worse, question by question, then the figures that differ."""
    if not comparison and not comparison.figures:
        console.print(f"nothing differs from {escape(before)}", highlight=False)
        return
    titles = (
        ("better", comparison.better, "green"),
        ("worse", comparison.worse, "bold red"),
        ("otherwise", comparison.other, None),
    )
    for title, pairs, style in titles:
        if pairs:
            console.print(_pairs_table(f"{len(pairs)} {title} than {before}", pairs, style))
    for title, cases in (("new", comparison.added), ("gone", comparison.removed)):
        if cases:
            console.print(f"{len(cases)} {title}: {escape(', '.join(c.id for c in cases))}", highlight=False)
    if comparison.figures:
        console.print(_differences_table(before, comparison.figures))


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


def _forms_table(forms: Sequence[FormFigures]) -> Table:
    """Fits 80 columns. ``declined`` is of the unanswerable, with their number."""
    table = Table(title="by form of the question", title_justify="left", padding=(0, 0, 0, 1))
    table.add_column("form")
    for column in (*FORM_FIGURES.values(), "n", "declined"):
        table.add_column(column, justify="right")
    for one in forms:
        right, declined = one.figures["answered_right"], one.figures["abstained"]
        shares = (_share(one.figures[name]) for name in FORM_FIGURES)
        of_unanswerable = f"{_share(declined)} ({declined.n})" if declined.n else ""
        table.add_row(FORMS[one.form], *shares, str(right.n), of_unanswerable)
    return table


def _share(figure: Figure) -> str:
    return "–" if figure.value is None else f"{figure.value:.2f}"


def _cases_table(records: Sequence[Record]) -> Table:
    table = Table(title=f"{len(records)} cases with trouble", title_justify="left", show_lines=True)
    table.add_column("case", overflow="fold")
    table.add_column("what happened", overflow="fold")
    for record in records:
        lines = (
            record.case.question,
            f"expected: {shortened(expected_label(record))}",
            f"got: {outcome_label(record)}",
            f"trouble: {record.failure}",
            f"lost at: {_stage(record)}",
        )
        table.add_row(escape(record.case.id), escape("\n".join(lines)))
    return table


def _stage(record: Record) -> str:
    if record.diagnosis is None:
        return ""
    return f"{STAGES[record.diagnosis.stage]}: {record.diagnosis.why}"


def _pairs_table(title: str, pairs: Sequence[Pair], style: str | None) -> Table:
    table = Table(title=escape(title), title_justify="left", title_style=style or "", show_lines=True)
    for column in ("case", "question", "before", "now", "lost at"):
        table.add_column(column, overflow="fold")
    for before, now in pairs:
        stage = STAGES.get(now.stage, now.stage) if now.stage else ""
        cells = (now.id, now.question, before.answer or "no answer", now.answer or "no answer", stage)
        table.add_row(*(escape(cell) for cell in cells))
    return table


def _differences_table(before: str, figures: Sequence[FigureDifference]) -> Table:
    table = Table(title=f"figures that differ from {escape(before)}", title_justify="left")
    table.add_column("figure")
    for column in ("before", "now", "difference", "95 % interval", "p"):
        table.add_column(column, justify="right")
    for figure in figures:
        table.add_row(FIGURES.get(figure.name, figure.name), *_difference(figure))
    return table


def _difference(figure: FigureDifference) -> tuple[str, str, str, str, str]:
    both = figure.before is not None and figure.now is not None
    return (
        number(figure.name, figure.before),
        number(figure.name, figure.now),
        f"{(figure.now or 0) - (figure.before or 0):+.3f}" if both else "",
        "" if figure.low is None else f"{figure.low:+.3f} – {figure.high:+.3f}",
        "" if figure.p_value is None else f"{figure.p_value:.3f}",
    )
