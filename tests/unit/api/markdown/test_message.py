"""Answers as Markdown messages: text, marks, sources, and annotations that point into it."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from api.links import Links
from api.markdown.message import message_of
from api.markdown.writer import Message
from rag.types import Answer, Outcome
from rag.wire.convert import outcome_out
from tests.fakes import outcomes

BASE = "https://docs.example.com"
ANSWERED = [one for one in outcomes.OUTCOMES.values() if isinstance(one, Answer)]


def _message(outcome: Outcome) -> Message:
    return message_of(Links(BASE).answer(outcome_out(outcome)))


def _body(outcome: Outcome) -> str:
    """The message without its list of sources."""
    return _message(outcome).text.partition("\n\nSources:\n")[0]


@pytest.mark.parametrize("outcome", ANSWERED, ids=lambda outcome: outcome.question)
def test_each_annotation_is_a_mark_and_leads_to_a_marked_source(outcome: Answer) -> None:
    """``text[start:end]`` is ``[n]``, and the n-th source of the list has the annotation's title and URL."""
    message = _message(outcome)
    urls = {f"{BASE}{citation.url}" for citation in outcome_out(outcome).citations}
    sources = re.findall(r"^(\d+)\. \[(.+)\]\((.+)\)$", message.text.rpartition("Sources:\n\n")[2], re.M)
    assert message.annotations
    for annotation in message.annotations:
        mark = message.text[annotation.start : annotation.end]
        number, title, url = sources[int(mark.strip("[]")) - 1]
        assert (mark, title, url) == (f"[{number}]", annotation.title, annotation.url)
        assert url in urls


@pytest.mark.parametrize("outcome", ANSWERED, ids=lambda outcome: outcome.question)
def test_every_statement_is_shown_with_its_marks(outcome: Answer) -> None:
    """As text that a Markdown renderer shows; no mark is left out."""
    message = _message(outcome)
    html = MarkdownIt("commonmark").enable("table").render(message.text)
    assert len(message.annotations) == sum(
        len(part.citations) for part in (*outcome.statements, *outcome.conflicts)
    )
    assert len(re.findall(r"\[\d+\]", html)) == len(message.annotations)


def test_marks_are_numbered_as_they_come() -> None:
    """So the annotations' sources, without repetition, are in the order of their numbers."""
    numbers = [_message(outcomes.ROWS).text[a.start : a.end] for a in _message(outcomes.ROWS).annotations]
    assert numbers == ["[1]", "[2]", "[3]", "[2]"]


def test_a_short_answer_comes_before_its_sentence() -> None:
    """In bold, so that it can be read at a glance."""
    assert _body(outcomes.SHORT_ANSWER) == "**the team's lead**\n\nTrips are approved by the team's lead. [1]"


def test_a_likely_answer_says_so() -> None:
    """In words, since a chat has no other place for it."""
    assert _body(outcomes.LIKELY_SHORT_ANSWER).startswith("Likely, please check: **the team's lead**\n\n")
    assert _body(outcomes.SENTENCES).startswith("Likely, please check:\n\nWho travels with a child")


def test_a_list_is_a_list() -> None:
    """With its heading and lead-in, what was left out, and the part of the question without an answer."""
    assert _body(outcomes.LIST) == (
        "**What is paid** [1]\n\n"
        "The following may be claimed: [2]\n\n"
        "- Train and bus tickets, second class. [3]\n"
        "- A hotel of at most 120 € a night. [4]\n"
        "- Meals, where the host gives none. [5]\n\n"
        "3 of 5 shown; the others are in the source.\n\n"
        "Not found in the documents: “since when”"
    )


def test_steps_are_numbered_across_their_code() -> None:
    """Code is fenced, as it stands, within its step."""
    html = MarkdownIt("commonmark").render(_body(outcomes.STEPS_ANSWER))
    assert html.count("<ol>") == 1
    assert html.count("<li>") == 3
    assert "trip new --team sea \\\n    --to &quot;Old Harbour&quot;\n</code></pre>" in html


def test_rows_are_a_table() -> None:
    """Where they have the same columns; each row has its marks."""
    assert _body(outcomes.ROWS) == (
        "| Country | Day | Night | Source |\n|---|---|---|---|\n"
        "| Norway | 61 € | 120 €; 145 € in Oslo | [1][2] |\n"
        "| Denmark | 52 € | 110 € | [3][2] |"
    )


def test_a_conflict_is_told() -> None:
    """With a mark of its own."""
    assert _body(outcomes.CONFLICT).endswith("\n\nBut elsewhere: the head of the fleet [2]")


def test_an_abstention_is_a_sentence_with_the_nearest_places() -> None:
    """Linked and quoted in short; it cites nothing."""
    message = _message(outcomes.ABSTENTION)
    first, _, places = message.text.partition("\n\n")
    assert first == "The documents don't answer this surely enough. The nearest places:"
    assert len(places.split("\n")) == 5
    assert places.split("\n")[1] == (
        f"2. [Travel handbook › Flat rates]({BASE}"
        f"{outcome_out(outcomes.ABSTENTION).abstention.nearest[1].url}): "  # type: ignore[union-attr]
        f"“{outcomes.PARAGRAPHS[1]}”"
    )
    assert message.annotations == ()


def test_pieces_end_with_paragraphs() -> None:
    """What is sent at a time can be shown at once."""
    pieces = _message(outcomes.SHORT_ANSWER).pieces
    assert [piece.strip().split("\n")[0] for piece in pieces] == [
        "**the team's lead**",
        "Trips are approved by the team's lead. [1]",
        "Sources:",
    ]


def test_a_canned_reply_is_its_text_and_links_to_the_documents_it_lists() -> None:
    """No list of sources, and nothing that looks like an abstention."""
    assert _message(outcomes.GREETING).text == "Hello! Ask a question."
    listed = _message(outcomes.DOCUMENT_LIST)
    assert listed.text == (
        "I look for answers in these documents:\n\n"
        f"- [Travel handbook]({BASE}/documents/handbook)\n\n1 of 3 shown."
    )
    assert listed.annotations == ()
