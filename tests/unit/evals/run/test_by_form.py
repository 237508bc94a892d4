from __future__ import annotations

from evals.run.by_form import bounded_by_form, by_form, split_form
from evals.run.runner import run
from evals.run.summary import bounded_figures, summarise
from rag.types import QuestionForm
from tests.unit.evals import fakes
from tests.unit.evals.forms import CASES, DOGS, GOOD, ITEMS, answer, scripted

RUN = run(CASES, scripted({**GOOD, "list": answer("a", ITEMS[0]), "yes_no": answer("Yes", DOGS)}))


def test_each_form_has_its_shares_with_their_n() -> None:
    """Forms in their order; the unanswerable list question counts for that form alone."""
    forms = by_form(RUN)
    assert [one.form for one in forms] == [
        QuestionForm.FACT,
        QuestionForm.YES_NO,
        QuestionForm.LIST,
        QuestionForm.WHY,
    ]
    lists = forms[2].figures
    values = {name: (figure.value, figure.n) for name, figure in lists.items()}
    assert values == {
        "answered_right": (0.0, 1),
        "partly_right": (1.0, 1),
        "answered_wrong": (0.0, 1),
        "unanswered": (0.0, 1),
        "shown": (1.0, 1),
        "evidence_coverage": (0.25, 1),
        "abstained": (1.0, 1),
    }
    assert forms[1].figures["answered_wrong"].value == 1.0
    assert forms[0].figures["abstained"].n == 0


def test_cases_without_a_form_are_in_none() -> None:
    """As those of the files of before."""
    assert by_form(run([fakes.WHO, fakes.AGE], fakes.scripted(fakes.GOOD))) == []


def test_a_figure_of_a_form_has_a_name_for_bounds() -> None:
    """Beside the figures of the run, of which none changes."""
    figures = bounded_by_form(RUN)
    assert figures["partly_right_list"].value == 1.0
    assert figures["answered_wrong_yes_no"].value == 1.0
    assert "answered_right_how_to" not in figures
    assert bounded_figures(RUN) == {**summarise(RUN), **figures}


def test_the_form_is_told_from_a_figures_name() -> None:
    """Every name that bounds use can be split again, and no figure of a run is taken for one."""
    for name in bounded_by_form(RUN):
        figure, form = split_form(name)
        assert f"{figure}_{form}" == name
        assert figure in summarise(RUN)
    assert {split_form(name)[1] for name in summarise(RUN)} == {None}
