"""HTML tables, lists and disclosures in Markdown are read as what they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.registry import format_by_name, is_read_in_process
from ingest.formats.text.markdown_html import HtmlBlocks
from tests.files import blocks, check_document, read_document

TABLE = """# Groups

<table>
  <tr>
    <th>Group</th>
    <th>Meets</th>
  </tr>

  <tr>
      <td>Content</td>

      <td>Thursday<br/>15:00 &bull; room 9</td>
  </tr>

    <tr><td>

**Access** and `x`

</td><td>Monday</td></tr>
</table>

After.
"""


def test_a_table_with_empty_lines_and_indents_is_one_table() -> None:
    """Markdown in its cells is read as such."""
    assert blocks(read_document(TABLE, "a.md")) == [
        ("heading", "Groups", None),
        ("table_header", "Group | Meets", None),
        ("table_row", "Content | Thursday 15:00 • room 9", "Group | Meets"),
        ("table_row", "Access and x | Monday", "Group | Meets"),
        ("paragraph", "After.", None),
    ]


def test_what_a_disclosure_holds_has_its_summary_as_context() -> None:
    """With lists and code in Markdown between its tags."""
    source = "<details>\n<summary>How do I start?</summary>\n\nRun it:\n\n```\n<table>\nmake\n```\n\n"
    source += "- one\n  - two\n\n</details>\n"
    assert blocks(read_document(source, "a.md")) == [
        ("paragraph", "How do I start?", None),
        ("paragraph", "Run it:", "How do I start?"),
        ("code", "<table>\nmake", "How do I start?"),
        ("list_item", "- one", "How do I start?"),
        ("list_item", "- two", "- one"),
    ]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<ul>\n  <li>One\n\n  <li>Two <script>x</script>\n</ul>", "- One\n- Two"),
        ("- item\n\n  <dl><dt>A</dt>\n\n  <dd>B</dd></dl>\n\nend", "- item\n\n  A\n\n  B\n\nend"),
        ("```\n<table>\n<tr><td>a</td></tr>\n</table>\n```", "<table>\n<tr><td>a</td></tr>\n</table>"),
        ("<table><tr><td>open\n\nmore", "open\n\nmore"),
        ("Use `<ul>` and `</ul>` here.", "Use <ul> and </ul> here."),
        ("a <html-block-0> b\n\n<ul>\n<li>c</ul>\n", "a b\n\nc"),
        ("H<sub>2</sub>O, 26<sup>2</sup>, the 5<sup>th</sup>", "H₂O, 26², the 5th"),
    ],
)
def test_html_in_markdown_is_read(source: str, text: str) -> None:
    """Lists, definitions and signs; not what is code, nor what is never closed."""
    assert read_document(source, "a.md").text == text


FRAGMENTS = [
    "<table>",
    "</table>",
    "<tr><td>",
    "\n",
    "\n\n",
    "   ",
    "```\n",
    "<ul><li>",
    "</ul>",
    "x ",
    "- ",
    "> ",
]
FRAGMENTS += [
    "<details>\n",
    "</details>\n",
    "<summary>s</summary>",
    "<dl><dt>t<dd>",
    "</dl>",
    "**b**",
    "\t",
    "<html-block-0>",
]


@given(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=25))
def test_any_mixture_gives_a_valid_document(fragments: list[str]) -> None:
    """However tags, empty lines and Markdown are mixed up."""
    check_document(read_document("word " + "".join(fragments), "a.md"))


def test_many_tags_that_are_never_closed_take_linear_time() -> None:
    """As many as fit into a large file."""
    assert HtmlBlocks("<table>\n" * 200_000).text.count("<table>") == 200_000


def test_markdown_with_html_blocks_is_read_in_a_process_of_its_own() -> None:
    """As it is read by a parser written in C; other Markdown is not."""
    markdown = format_by_name("a.md", None)
    assert is_read_in_process(markdown, b"# a\n\ntext with <b>b</b>")
    assert not is_read_in_process(markdown, b"# a\n\n  <TABLE>\n")
    assert not is_read_in_process(markdown, "# a\n\n<table>\n".encode("utf-16"))
    assert not is_read_in_process(format_by_name("a.html", None), b"<p>x")
