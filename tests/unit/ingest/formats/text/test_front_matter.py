"""Front matter becomes metadata; broken front matter is no error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.text.front_matter import split_front_matter


def test_plain_values_become_text() -> None:
    """Numbers, dates, booleans and lists of them; nested values are left out."""
    source = (
        "---\ntitle: On call\ndate: 2024-05-01\ndraft: false\nn: 3\ntags: [a, b]\nnav:\n  x: y\n---\nBody\n"
    )
    metadata, body = split_front_matter(source)
    assert metadata == {"title": "On call", "date": "2024-05-01", "draft": "false", "n": "3", "tags": "a, b"}
    assert body == "Body\n"


def test_toml_is_read() -> None:
    """Between lines of three plus signs."""
    assert split_front_matter('+++\ntitle = "T"\n+++\nBody') == ({"title": "T"}, "Body")


@pytest.mark.parametrize("broken", ["tags: [a", "when: 2024-13-45", "other: {{ site.x }}", "a: *nowhere"])
def test_broken_yaml_gives_its_plain_lines(broken: str) -> None:
    """An error in one line doesn't lose the title in another."""
    metadata, body = split_front_matter(f"---\ntitle: T\n{broken}\n---\nBody")
    assert metadata["title"] == "T"
    assert body == "Body"


@pytest.mark.parametrize(
    "block",
    [
        "---\ntitle: T\nn: 0x" + "f" * 9_000 + "\n---\n",
        "---\ntitle: T\n? 0x" + "f" * 9_000 + "\n: v\n---\n",
        "---\ntitle: T\nn: [1, 0x" + "f" * 9_000 + "]\n---\n",
        "---\ntitle: T\nn: " + "1" * 9_000 + "\n---\n",
    ],
    ids=["value", "key", "in a list", "decimal"],
)
def test_an_integer_of_any_length_is_no_error(block: str) -> None:
    """Python converts at most 4,300 digits to text; the title is read all the same."""
    metadata, body = split_front_matter(f"{block}Body")
    assert metadata["title"] == "T"
    assert body == "Body"


def test_a_long_integer_of_toml_is_left_out() -> None:
    """The other values are kept."""
    block = f'+++\nn = 0x{"f" * 9_000}\ntitle = "T"\n+++\nBody'
    assert split_front_matter(block) == ({"title": "T"}, "Body")


@pytest.mark.parametrize(
    "block",
    [
        "a: &long " + "x" * 20_000 + "\nb: [" + ", ".join(["*long"] * 4_000) + "]",
        "base: &base {x: y}\nother:\n  <<: *base",
        "<<: {x: y}",
    ],
    ids=["aliases", "merged alias", "merged mapping"],
)
def test_aliases_and_merge_keys_are_not_expanded(block: str) -> None:
    """A short block would have values of any size; its plain lines are read."""
    metadata, body = split_front_matter(f"---\ntitle: T\n{block}\n---\nBody")
    assert metadata["title"] == "T"
    assert "x" not in metadata
    assert sum(map(len, metadata.values())) <= len(block) + 1
    assert body == "Body"


@pytest.mark.parametrize(
    "source", ["---\nJust a line.\n---\nBody", "---\nno end", "Text\n---\na: b\n---\n", "----\n"]
)
def test_horizontal_rules_are_no_front_matter(source: str) -> None:
    """Without a mapping between two marks at the start, all of it is text."""
    assert split_front_matter(source) == ({}, source)


def test_escaped_surrogates_make_well_formed_text() -> None:
    """YAML's escapes can name surrogates: pairs are joined, a lone one becomes U+FFFD."""
    source = '---\ntitle: "a \\ud800 b"\n"\\udc00": "\\ud83d\\ude00"\n---\nBody'
    assert split_front_matter(source)[0] == {"title": "a \ufffd b", "\ufffd": "😀"}


@given(st.text(st.sampled_from(list("ab:-[]{}&*!|>'\"%@#?, \n0")), max_size=80))
def test_any_front_matter_is_read_without_an_error(inner: str) -> None:
    """The text behind it is kept, and values are text."""
    metadata, body = split_front_matter(f"---\n{inner}\n---\nBody")
    assert body.endswith("Body")
    assert all(isinstance(v, str) for v in metadata.values())
