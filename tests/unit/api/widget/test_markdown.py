"""Answers that the widget copies as Markdown, in each unit; its modules run in Node.js."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import api
from rag.types import Answer, Certainty, Outcome, Statement, StatementRole
from rag.wire.convert import outcome_out
from tests.fakes import outcomes

WIDGET = Path(api.__file__).parent / "widget"
_COPY = """
import {{ toMarkdown }} from {markdown};
import {{ textsOf }} from {texts};
console.log(JSON.stringify({turns}.map((turn) => toMarkdown(turn, "https://host.example/", textsOf("en")))));
"""


def _reply(outcome: Outcome) -> dict[str, Any]:
    return outcome_out(outcome).model_dump(mode="json")


def _copied(node: str, reply: dict[str, Any]) -> list[str]:
    """The blocks of the copied answer before its sources, without the question."""
    script = _COPY.format(
        markdown=json.dumps((WIDGET / "markdown.js").as_uri()),
        texts=json.dumps((WIDGET / "texts.js").as_uri()),
        turns=json.dumps([{"question": reply["question"], "reply": reply}]),
    )
    process = subprocess.run(
        [node, "--input-type=module", "-e", script], capture_output=True, text=True, check=True, timeout=60
    )
    [markdown] = json.loads(process.stdout)
    answer, _, sources = markdown.rpartition("\n\nSources:\n\n")
    assert len(sources.splitlines()) == len(reply["citations"])
    question, *blocks = answer.split("\n\n")
    assert question.startswith("> ")
    return list(blocks)


def test_a_list_is_a_list(node: str) -> None:
    """With what was left out, and the part of the question that has no answer."""
    heading, lead_in, items, cut, missing = _copied(node, _reply(outcomes.LIST))
    assert (heading, lead_in) == ("**What is paid** [1]", "The following may be claimed: [2]")
    assert items.splitlines() == [f"- {item} [{n}]" for n, item in enumerate(outcomes.LIST_ITEMS, 3)]
    assert (cut, missing) == ("3 of 5 shown.", "Not found in the documents: “since when”")


def test_steps_are_numbered_through_the_code_between_them(node: str) -> None:
    """The code is fenced, as it stands; the answer is marked as likely first."""
    likely, _, _, before, code, after = _copied(node, _reply(outcomes.STEPS_ANSWER))
    assert likely == "*Likely – please check*"
    assert [line[:2] for line in before.splitlines()] == ["1.", "2."]
    assert code == f"```\n{outcomes.CODE}\n```\n[5]"
    assert after.startswith("3. ")


def test_a_fence_is_longer_than_backticks_in_the_code(node: str) -> None:
    """So that the code can't end it."""
    code = Statement(text="echo ````", citations=(0,), role=StatementRole.CODE)
    blocks = _copied(node, _reply(replace(outcomes.STEPS_ANSWER, statements=(code,))))
    assert blocks[1] == "`````\necho ````\n`````\n[1]"


def test_rows_are_lines(node: str) -> None:
    """Each with its columns' names and its citations."""
    [rows] = _copied(node, _reply(outcomes.ROWS))
    assert rows.splitlines() == [
        "- Country: Norway; Day: 61 €; Night: 120 €; 145 € in Oslo [1][2]",
        "- Country: Denmark; Day: 52 €; Night: 110 € [3][2]",
    ]


def test_yes_or_no_stands_before_its_sentence(node: str) -> None:
    """As a short answer does."""
    assert _copied(node, _reply(outcomes.YES_NO)) == ["**No**", "Pets are never paid for. [1]"]


@pytest.mark.parametrize("outcome", outcomes.ANSWERS, ids=lambda outcome: outcome.unit)
def test_only_a_likely_answer_is_marked(node: str, outcome: Answer) -> None:
    """In every unit."""
    marked = [
        "*Likely – please check*" in _copied(node, _reply(replace(outcome, certainty=certainty)))
        for certainty in Certainty
    ]
    assert marked == [certainty is Certainty.LIKELY for certainty in Certainty]


def test_an_answer_of_an_earlier_version_is_a_short_answer(node: str) -> None:
    """Without unit and roles, as a tab may have stored it before an upgrade."""
    reply = _reply(outcomes.SHORT_ANSWER)
    for name in ("unit", "certainty", "item_count", "unanswered", "short_answer_confidence"):
        del reply[name]
    del reply["statements"][0]["role"]
    assert _copied(node, reply) == ["**the team's lead**", "Trips are approved by the team's lead. [1]"]
