"""Wording of numbers and texts in explanations."""

from __future__ import annotations


def one_line(text: str) -> str:
    """A text with all white space folded."""
    return " ".join(text.split())


def count(n: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{n} {one if n == 1 else many}"


def margin(value: float) -> str:
    """How far, in logits, the reader scored a span above or below "no answer"."""
    if value >= 0:
        return f"{value:.1f} above “not answered here”"
    return f"{-value:.1f} below “not answered here”"
