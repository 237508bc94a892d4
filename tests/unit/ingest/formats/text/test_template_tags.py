"""Template tags are removed from text, and kept in code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.text.template_tags import without_tags


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("## Pa11y {%include components/tag.html %}\n", "## Pa11y \n"),
        ("[a]({{ site.baseurl }}/b)", "[a](/b)"),
        ("{% include x\n  a=b %}Text", "Text"),
        ("* TOC\n{:toc .x}", "* TOC\n"),
        ("Use `{{ x }}` and ``{% y `z` %}``", "Use `{{ x }}` and ``{% y `z` %}``"),
        ("```\n{{ kept }}\n```\n{{ gone }}", "```\n{{ kept }}\n```\n"),
        ("~~~~\n{{ kept }}\n```\n{{ kept }}\n~~~~\n{{ gone }}", "~~~~\n{{ kept }}\n```\n{{ kept }}\n~~~~\n"),
        ("key: ${{ secrets.X }}", "key: ${{ secrets.X }}"),
        ("{ a } {b: c} 50% {", "{ a } {b: c} 50% {"),
    ],
)
def test_tags_outside_code_are_removed(source: str, text: str) -> None:
    """Liquid, Jinja and kramdown attributes; fences and code spans are unchanged."""
    assert without_tags(source) == text


@given(st.text(st.sampled_from(list("ab`~ \n%")), max_size=100))
def test_text_without_tags_is_unchanged(source: str) -> None:
    """Text without a brace has no tags."""
    assert without_tags(source) == source


@pytest.mark.parametrize("unit", ["{%", "{{", "`", "`a``", "{:", "```\n"])
def test_unclosed_tags_are_kept_in_linear_time(unit: str) -> None:
    """A megabyte of them takes less than the suite's time limit."""
    source = unit * (1_000_000 // len(unit))
    assert without_tags(source) == source
