"""Forms and verdicts in every report: terminal, JSON, Markdown, HTML, JUnit."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

from rich.console import Console

from evals.metrics.verdict import AnswerVerdict
from evals.reports import terminal
from evals.reports.data import as_data
from evals.reports.html import html
from evals.reports.junit import junit
from evals.reports.labels import FIGURES, FORM_FIGURES, FORMS, VERDICTS, expected_label, shortened
from evals.reports.markdown import markdown
from evals.run.by_form import by_form
from evals.run.runner import Run, run
from evals.run.summary import bounded_figures, slices, summarise
from rag.types import AnswerUnit, Certainty, QuestionForm, Statement, StatementRole
from tests.unit.evals import fakes
from tests.unit.evals.forms import CASES, DOGS, GOOD, ITEMS, LIST_PASSAGE, answer, corpus, scripted, traced

CUT = answer("a", *ITEMS[:2], unit=AnswerUnit.LIST, certainty=Certainty.LIKELY, item_count=4)
RUN = run(
    CASES,
    scripted({**GOOD, "list": CUT, "yes_no": answer("Yes", DOGS, short_answer_confidence=0.8)}),
    corpus=corpus(),
)


def data(result: Run = RUN) -> dict[str, Any]:
    return as_data(
        "visitors",
        result,
        figures=summarise(result),
        slices=slices(result),
        forms=by_form(result),
        verdicts=[],
        models={},
        corpus=corpus(),
    )


def case(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(one for one in data()["cases"] if one["id"] == name)
    return found


def test_the_terminal_has_a_row_a_form() -> None:
    """Shares in the order of the columns, n, and the share declined of the unanswerable, in 80 columns."""
    out = io.StringIO()
    terminal.show(Console(file=out, width=80), "visitors", RUN, summarise(RUN), forms=by_form(RUN))
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in out.getvalue().splitlines()]
    lists = next(row for row in rows if row[:1] == ["list"])
    assert lists == ["list", "0.00", "1.00", "0.00", "0.00", "1.00", "0.50", "1", "1.00 (1)"]
    assert next(row for row in rows if row[:1] == ["why"])[-2:] == ["1", ""]
    (head,) = [line for line in out.getvalue().splitlines() if "┃ form" in line]
    assert [cell.strip() for cell in head.split("┃")[1:-1]] == [
        "form",
        "right",
        "partly",
        "wrong",
        "abstained",
        "shown",
        "evidence",
        "n",
        "declined",
    ]


def test_the_terminal_has_no_such_table_without_forms() -> None:
    """Sets of before look as before."""
    out = io.StringIO()
    plain = run([fakes.WHO], fakes.scripted(fakes.GOOD))
    terminal.show(Console(file=out, width=160), "ada", plain, summarise(plain), forms=by_form(plain))
    assert "by form" not in out.getvalue()
    assert "By form" not in html(data(plain))
    assert "| form |" not in markdown(data(plain))


def test_the_data_have_form_verdict_and_what_the_answer_says_of_itself() -> None:
    """Of each case, and the figures of each form."""
    cut = case("list")
    assert (cut["form"], cut["verdict"], cut["polarity"]) == ("list", "partly", None)
    outcome = cut["outcome"]
    assert (outcome["unit"], outcome["certainty"], outcome["item_count"]) == ("list", "likely", 4)
    assert outcome["statements"][0]["role"] == "sentence"
    assert cut["scores"]["evidence_coverage"] == 0.5
    yes = case("yes_no")
    assert (yes["polarity"], yes["outcome"]["short_answer_confidence"]) == ("no", 0.8)
    assert (yes["scores"]["evidence_holds"], yes["scores"]["short_answer_right"]) == (1.0, 0.0)
    assert [one["form"] for one in data()["forms"]] == ["fact", "yes_no", "list", "why"]
    assert data()["forms"][2]["figures"]["partly_right"] == {"value": 1.0, "n": 1, "interval": [1.0, 1.0]}


def test_the_trace_has_the_relevance_of_passages() -> None:
    """Null where the reader gave none."""
    outcome = traced(CUT, [LIST_PASSAGE], relevance={"list": 1.5})
    result = run(CASES[:1], lambda _question: outcome, corpus=corpus())
    (row,) = data(result)["cases"][0]["trace"]["passages"]
    assert (row["relevance"], row["read"], row["gold"]) == (1.5, None, True)
    assert '<td class="number">1.5</td>' in html(data(result))


def test_markdown_has_a_row_a_form() -> None:
    """As the terminal."""
    (line,) = [line for line in markdown(data()).splitlines() if line.startswith("| yes/no |")]
    cells = [cell.strip() for cell in line.split("|")[1:-1]]
    assert cells == ["yes/no", "0.000", "0.000", "1.000", "0.000", "0.000", "1.000", "1", "–", "0"]


def test_the_page_has_forms_verdicts_and_certainty() -> None:
    """A table of forms; at a case its form, verdict, certainty and unit."""
    page = re.sub(r"\s+", " ", html(data()))
    assert "By form of the question" in page
    assert "<dd>list · partly right</dd>" in page
    assert "likely · list · 90 % sure" in page
    assert "<b>1</b> answered partly</div>" in page


def test_junit_says_form_and_verdict_of_a_failed_case() -> None:
    """In the failure's text; a case without a form has no such line."""
    root = ElementTree.fromstring(junit("visitors", RUN, []))  # noqa: S314 (our own output)
    failure = root.find(".//testcase[@name='list']/failure")
    assert failure is not None
    assert "\nform: list, partly right\n" in str(failure.text)
    plain = run([fakes.WHO], fakes.scripted({fakes.WHO.question: fakes.abstention()}))
    assert "form:" not in junit("ada", plain, [])


def test_parts_that_all_count_are_joined_by_a_plus() -> None:
    """And are counted where there are many; a yes/no question expects its polarity."""
    records = {record.case.id: record for record in RUN.records}
    label = expected_label(records["list"])
    assert label == " + ".join(repr(item) for item in ITEMS)
    assert shortened(label) == f"{ITEMS[0]!r} + {ITEMS[1]!r} (and 2 more)"
    assert expected_label(records["yes_no"]) == f"no: {DOGS!r}"
    assert expected_label(records["fact"]) == "at nine"


def test_every_form_verdict_and_figure_has_a_name() -> None:
    """So that no report shows a key."""
    assert set(FORMS) == set(QuestionForm)
    assert set(VERDICTS) == set(AnswerVerdict)
    assert set(summarise(RUN)) <= set(FIGURES)
    assert {f"{name}_list" for name in FORM_FIGURES} <= set(bounded_figures(RUN))


def test_the_role_of_a_statement_is_kept() -> None:
    """An item is told from a sentence."""
    item = Statement(text=ITEMS[0], citations=(0,), role=StatementRole.ITEM)
    listed = replace(answer("a", ITEMS[0]), statements=(item,))
    result = run(CASES[:1], lambda _question: listed)
    (statement,) = data(result)["cases"][0]["outcome"]["statements"]
    assert statement == {"text": ITEMS[0], "citations": [0], "role": "item"}
