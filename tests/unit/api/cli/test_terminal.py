"""Answers and text of documents on a terminal."""

from __future__ import annotations

from dataclasses import replace

from api.cli.commands.ask import format_outcome
from api.cli.commands.terminal import format_citations, format_source, one_line
from rag.types import Conflict, Reason
from tests.fakes.engine import CITATION, QUOTE, abstention, answer


def test_control_characters_are_removed() -> None:
    """Escape sequences, bells, returns and direction marks become spaces."""
    assert one_line("a\x1b[31mred\x07\r\nb\u202ec") == "a [31mred b c"


def test_citations_are_numbered_from_one() -> None:
    """As statements refer to them."""
    text = format_citations([CITATION, CITATION])
    assert text.startswith("[1] Minutes")
    assert "\n\n[2] Minutes" in text
    assert f"{CITATION.start}-{CITATION.end}" in text


def test_a_source_has_title_headings_and_page() -> None:
    """The title isn't repeated where it is the outermost heading."""
    citation = replace(CITATION, section=("Minutes", "May"), page=4)
    assert format_source(citation) == "Minutes › May, page 4"


def test_an_answer_has_numbered_citations() -> None:
    """Answer, confidence, statement with [1], conflict, and the quote."""
    text = format_outcome(replace(answer("Who?"), conflicts=(Conflict(text="Bob", citations=(0,)),)))
    assert text.startswith("Ada\n(confidence 91%)")
    assert f"{QUOTE} [1]" in text
    assert "But elsewhere: Bob [1]" in text
    assert f"“{QUOTE}”" in text


def test_every_reason_has_a_sentence() -> None:
    """An abstention begins with it; the nearest passages follow."""
    for reason in Reason:
        text = format_outcome(replace(abstention("Who?"), reason=reason))
        assert text.splitlines()[0].endswith(".")
        assert QUOTE in text
