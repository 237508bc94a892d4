"""Text of documents and citations on a terminal."""

from __future__ import annotations

from dataclasses import replace

from api.cli.commands.terminal import code_lines, format_citations, format_source, one_line, wrap
from tests.fakes.engine import CITATION


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


def test_a_quote_of_several_lines_keeps_them() -> None:
    """Items of a list stay apart; empty lines are left out."""
    quote = "To begin:\n\n- Ask.\n- Wait."
    text = format_citations([replace(CITATION, start=0, end=len(quote), quote=quote)])
    assert text.splitlines()[1:4] == ["    “To begin:", "    - Ask.", "    - Wait.”"]


def test_a_quote_that_is_printed_already_is_not_repeated() -> None:
    """Its source and place are on one line, close to the one before."""
    text = format_citations([CITATION, CITATION], shown={0, 1})
    place = f"({CITATION.uri} {CITATION.start}-{CITATION.end})"
    assert text.splitlines() == [f"[1] Minutes {place}", f"[2] Minutes {place}"]


def test_lines_after_the_first_can_hang() -> None:
    """As those of a list's item do, under its text."""
    lines = wrap("word " * 40, "10. ", "    ").splitlines()
    assert [line[:8] for line in lines] == ["10. word", *["    word"] * (len(lines) - 1)]
    assert len(lines) == 3


def test_code_stays_as_it_stands() -> None:
    """Lines and indents are kept; tabs and control characters become spaces."""
    assert code_lines("if x:\n\trun(\x1b[31m)\n\n  end", "> ") == [
        "> if x:",
        ">     run( [31m)",
        ">",
        ">   end",
    ]
