"""Text of documents on a terminal."""

from __future__ import annotations

from dataclasses import replace

from api.cli.commands.ask import format_outcome
from api.cli.commands.terminal import format_citations, format_source, one_line
from rag.types import Conflict, Reason
from tests.fakes.engine import CITATION, QUOTE, abstention, answer


def test_a_document_cannot_steer_the_terminal() -> None:
    """Escape sequences, bells, returns and direction marks come out as spaces."""
    assert one_line("a\x1b[31mred\x07\r\nb\u202ec") == "a [31mred b c"


def test_citations_are_numbered_from_one() -> None:
    """[1] is the first, as statements refer to it."""
    shown = format_citations([CITATION, CITATION])
    assert shown.startswith("[1] Minutes")
    assert "\n\n[2] Minutes" in shown
    assert f"{CITATION.start}-{CITATION.end}" in shown


def test_a_place_has_title_section_and_page() -> None:
    """The title isn't said twice where it is the outermost heading."""
    cited = replace(CITATION, section=("Minutes", "May"), page=4)
    assert format_source(cited) == "Minutes › May, page 4"


def test_an_answer_is_told_with_its_marks() -> None:
    """Answer, confidence, statement with [1], citation, and what else the documents say."""
    shown = format_outcome(replace(answer("Who?"), conflicts=(Conflict(text="Bob", citations=(0,)),)))
    assert shown.startswith("Ada\n(confidence 91%)")
    assert f"{QUOTE} [1]" in shown
    assert "But elsewhere: Bob [1]" in shown
    assert f"“{QUOTE}”" in shown


def test_every_reason_has_its_words() -> None:
    """An abstention says why in a sentence, then what is near."""
    for reason in Reason:
        shown = format_outcome(replace(abstention("Who?"), reason=reason))
        assert shown.splitlines()[0].endswith(".")
        assert QUOTE in shown
