"""Bounds on JSON bodies: tokens and nesting are counted as the grammar has them."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from api.json_body import _SLICE, check_bounds, parse

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


def counted(value: object) -> tuple[int, int]:
    """Brackets, commas, colons and strings of a value, and how deep it nests."""
    if isinstance(value, str):
        return 1, 0
    if not isinstance(value, list | dict):
        return 0, 0
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    of_parts = [counted(part) for part in parts]
    between = max(0, len(value) - 1) + (len(value) if isinstance(value, dict) else 0)
    return 2 + between + sum(n for n, _ in of_parts), 1 + max((depth for _, depth in of_parts), default=0)


@settings(deadline=None)  # a machine with other work takes longer
@given(VALUES, st.booleans())
def test_a_value_within_its_own_size_passes_and_no_smaller_bound_does(
    value: object, ascii_only: bool
) -> None:
    """Whatever brackets, quotes and backslashes its strings hold."""
    body = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    tokens, depth = counted(value)
    check_bounds(body, max_tokens=tokens, max_depth=depth)
    if tokens:
        with pytest.raises(HTTPException):
            check_bounds(body, max_tokens=tokens - 1, max_depth=depth)
    if depth:
        with pytest.raises(HTTPException):
            check_bounds(body, max_tokens=tokens, max_depth=depth - 1)


@pytest.mark.parametrize("offset", range(-3, 4))
@pytest.mark.parametrize("escape", ['\\"', "\\\\", "\\u0041", "é"])
def test_a_long_string_is_one_token(offset: int, escape: str) -> None:
    """Wherever an escape stands across the slices in which it is read."""
    body = ("[" + '"' + "x" * (_SLICE + offset) + escape * 40_000 + '"' + "]").encode()
    check_bounds(body, max_tokens=3, max_depth=1)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_bounded_or_parsed(body: bytes) -> None:
    """Nothing but a refusal or an error of the parser."""
    with suppress(HTTPException, ValueError):
        parse(body)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"a":' * 200_000,
        b"]" * 1_000_000,
        b'"",' * 300_000,
        b"\\" * 100_000,
        b'"' + b"\\" * 999_999,
    ],
)
def test_hostile_bodies_end_soon(body: bytes) -> None:
    """After as many tokens as are allowed."""
    with pytest.raises((HTTPException, ValueError)):
        parse(body)


def test_numbers_are_counted_by_their_commas() -> None:
    """The message names the bound."""
    body = json.dumps(list(range(30_000))).encode()
    with pytest.raises(HTTPException, match="20,000"):
        parse(body)
