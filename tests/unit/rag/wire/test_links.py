"""Links of citations: percent-encoding, and text fragments that browsers can match."""

from __future__ import annotations

from urllib.parse import unquote

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.types import Citation
from rag.wire.links import document_url, text_fragment


def _citation(quote: str, prefix: str = "", suffix: str = "") -> Citation:
    return Citation(
        document_id="d", version="v", title="T", uri="u", start=0, end=len(quote), quote=quote,
        prefix=prefix, suffix=suffix,
    )  # fmt: skip


def test_syntax_characters_are_escaped() -> None:
    """Dash, comma and ampersand of the text aren't taken for syntax."""
    assert text_fragment(_citation("well-known, R&D")) == "#:~:text=well%2Dknown%2C%20R%26D"


def test_a_long_quote_is_given_by_its_ends() -> None:
    """Over 120 characters: its first and last six words."""
    quote = " ".join(f"w{number}" for number in range(50))
    assert text_fragment(_citation(quote)) == (
        "#:~:text=w0%20w1%20w2%20w3%20w4%20w5,w44%20w45%20w46%20w47%20w48%20w49"
    )


def test_a_quote_of_several_lines_is_given_by_its_ends() -> None:
    """One text can't cross a block, but the two ends may be in different ones."""
    assert text_fragment(_citation("One line.\nAnother.")) == "#:~:text=One%20line.,Another."


def test_context_is_given_in_whole_words() -> None:
    """A word that is cut at the prefix's start or the suffix's end is left out."""
    fragment = text_fragment(_citation("yes", prefix="ut word then ", suffix=" and onw"))
    assert fragment == "#:~:text=word%20then-,yes,-and"


def test_context_stops_at_the_line() -> None:
    """Other lines are left out; the first word of a line is whole."""
    fragment = text_fragment(_citation("yes", prefix="Title\nHe said ", suffix=" now\nNext"))
    assert fragment == "#:~:text=He%20said-,yes,-now"
    assert text_fragment(_citation("yes", prefix="Title\n", suffix="\nNext")) == "#:~:text=yes"


@settings(deadline=None)  # on a busy machine a call may take long
@given(st.text(min_size=1), st.text(max_size=32), st.text(max_size=32))
def test_a_fragment_always_fits_the_grammar(quote: str, prefix: str, suffix: str) -> None:
    """ASCII, one or two texts, and at most two marked contexts."""
    fragment = text_fragment(_citation(quote, prefix, suffix)).removeprefix("#:~:text=")
    assert fragment.isascii()
    parts = fragment.split(",")
    middle = [p for p in parts if not p.endswith("-") and not p.startswith("-")]
    assert 1 <= len(middle) <= 2
    assert all("-" not in p for p in middle)


@settings(deadline=None)  # on a busy machine a call may take long
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_an_id_can_be_read_from_its_address(document_id: str) -> None:
    """The path decodes to the id; query and fragment are version and span alone."""
    address, _, fragment = document_url(document_id, "0123456789abcdef", 3, 9).partition("#")
    path, _, query = address.partition("?")
    assert unquote(path.removeprefix("/documents/")) == document_id
    assert (query, fragment) == ("version=0123456789ab", "3-9")
