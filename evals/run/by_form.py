"""The figures of each form of question: facts, yes/no, lists, how-to, why, definitions, overviews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evals.run.figures import Figure
from evals.run.runner import Run
from evals.run.verdict_figures import share_figures
from rag.types import QuestionForm


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFigures:
    """The shares of verdicts of one form's cases, by the name of the figure."""

    form: QuestionForm
    figures: Mapping[str, Figure]


def by_form(run: Run) -> list[FormFigures]:
    """The figures of each form that has cases, in the order of the forms. Cases without one are left out."""
    found = []
    for form in QuestionForm:
        records = [record for record in run.records if record.case.form is form]
        if records:
            figures = {figure.name: figure for figure in share_figures(records)}
            found.append(FormFigures(form=form, figures=figures))
    return found


def bounded_by_form(run: Run) -> dict[str, Figure]:
    """The same under the names that bounds use: ``answered_right_list`` and the like."""
    return {f"{name}_{one.form}": figure for one in by_form(run) for name, figure in one.figures.items()}


def split_form(figure: str) -> tuple[str, QuestionForm | None]:
    """A figure's name without its form, and that form.

    >>> split_form("answered_right_how_to")
    ('answered_right', <QuestionForm.HOW_TO: 'how_to'>)
    >>> split_form("citation_recall")
    ('citation_recall', None)
    """
    form = next((form for form in QuestionForm if figure.endswith(f"_{form}")), None)
    return (figure, None) if form is None else (figure.removesuffix(f"_{form}"), form)
