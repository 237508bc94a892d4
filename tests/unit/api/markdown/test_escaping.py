"""Text of documents in Markdown is shown as it stands."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from api.markdown.escaping import cell, code_block, escape, link

_RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_SYNTAX = st.text(alphabet="ab1 \n*_`~[]()<>!&#;-+=.|:\\/\"'^$", max_size=30)


def _shown(markdown: str) -> tuple[set[str], str]:
    """The elements that Markdown renders to, and the text that a reader sees."""
    html = _RENDERER.render(markdown)
    return set(re.findall(r"<(\w+)", html)), unescape(re.sub(r"<[^>]+>", "", html)).strip()


@given(_SYNTAX)
def test_escaped_text_is_one_paragraph_of_that_text(text: str) -> None:
    """Whatever Markdown syntax stands in it: no image, link, HTML, heading, list or emphasis."""
    line = " ".join(text.split())
    assert _shown(escape(text)) == ({"p"} if line else set(), line)


@given(_SYNTAX, _SYNTAX)
def test_a_link_has_its_label_and_leads_nowhere_else(label: str, url: str) -> None:
    """Brackets of a title and blanks of an address don't end it early."""
    html = _RENDERER.render(link(f"a{label}", f"https://docs.example.com/{url}"))
    assert set(re.findall(r"<(\w+)", html)) == {"p", "a"}
    assert re.findall(r'href="(https://docs.example.com/[^"]*)"', html)
    assert unescape(re.sub(r"<[^>]+>", "", html)).strip() == " ".join(f"a{label}".split())


@given(_SYNTAX)
def test_a_cell_stays_one_cell(text: str) -> None:
    """A bar in it begins no other column."""
    elements, _ = _shown(f"| a | b |\n|---|---|\n| {cell(text)} | x |")
    assert elements == {"table", "thead", "tbody", "tr", "th", "td"}


@pytest.mark.parametrize(
    "text",
    [
        "![x](https://elsewhere.example/?q=1)",
        "[click](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "[a]: https://elsewhere.example",
        "<https://elsewhere.example>",
    ],
)
def test_a_document_puts_nothing_active_into_a_message(text: str) -> None:
    """An image would tell another site that it was read."""
    assert _shown(escape(text)) == ({"p"}, text)


@pytest.mark.parametrize(
    "text",
    [
        "He [Sheriff Grady Judd] called for it.",
        "Set snake_case_name to 5 * 3 and A & B.",
        "It's 3 < 4, and costs $5-7 (net).",
        "-5 degrees, 10,000 people!",
    ],
)
def test_ordinary_text_has_no_backslashes(text: str) -> None:
    """It stays readable where Markdown isn't rendered."""
    assert escape(text) == text


def test_code_is_kept_with_its_fences() -> None:
    """Backticks in it don't end the block; its lines keep their indentation."""
    code = "a = `b`\n\n    ```\nc"
    html = _RENDERER.render(code_block(code))
    assert html == f"<pre><code>{code}\n</code></pre>\n"
    assert code_block("x\n\ny", "  ") == "  ```\n  x\n\n  y\n  ```"
