"""Small talk: lines that ask nothing of the documents, and questions that only look like them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.small_talk.detection import LANGUAGES, small_talk
from rag.question.small_talk.language import NO_DOCUMENTS
from rag.settings.small_talk import KINDS
from rag.settings.small_talk import LANGUAGES as TAGS
from rag.types import TalkKind

LINES = json.loads(Path(__file__).with_name("small_talk_lines.json").read_text("utf-8"))
TALK = [(kind, line) for kind, lines in LINES["talk"].items() for line in lines]


@pytest.mark.parametrize(("kind", "line"), TALK)
def test_small_talk_is_told_by_kind(kind: str, line: str) -> None:
    """In both languages, with other polite words around it, spelt as people type."""
    talk = small_talk(line)
    assert talk is not None
    assert talk.kind == kind


@pytest.mark.parametrize("question", LINES["questions"])
def test_a_question_that_looks_like_small_talk_is_a_question(question: str) -> None:
    """It has the same words, and asks something of documents."""
    assert small_talk(question) is None


def test_the_lists_are_large_enough_to_tell() -> None:
    assert len(TALK) >= 60
    assert len(LINES["questions"]) >= 60
    assert {kind for kind, _ in TALK} == set(TalkKind)


def test_a_line_is_replied_to_in_its_language() -> None:
    tags = [talk.language.tag for line in ("Thank you!", "Vielen Dank!") if (talk := small_talk(line))]
    assert tags == ["en", "de"]


def test_every_language_has_a_text_for_every_kind_and_the_settings_know_them_all() -> None:
    assert tuple(language.tag for language in LANGUAGES) == TAGS
    for language in LANGUAGES:
        assert set(language.texts) == {*TalkKind, NO_DOCUMENTS} == set(KINDS)
        assert all(text.strip() for text in language.texts.values())


@given(st.text(max_size=300))
def test_any_text_can_be_looked_at(text: str) -> None:
    talk = small_talk(text)
    assert talk is None or talk.kind in TalkKind


def test_a_long_line_costs_no_more_than_a_short_one() -> None:
    """Polite words without end, then one that is none."""
    assert small_talk("thanks " * 28 + "x") is None
    assert small_talk("hello " * 100_000) is None
