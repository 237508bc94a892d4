"""A text run: text on one line of a page, without a wide gap."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRun:
    """Text on one line without a wide gap; in points, down from the page's top."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool = False
    rotated: bool = False
    """It is turned against most of the page's text, and read apart from it."""
    slanted: bool = False
    """It stands aslant, as a watermark does."""

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def top(self) -> float:
        return self.baseline - 0.8 * self.size

    @property
    def bottom(self) -> float:
        return self.baseline + 0.2 * self.size


def is_rtl_char(char: str) -> bool:
    """Whether a character is of a script that runs from right to left."""
    return unicodedata.bidirectional(char) in ("R", "AL")
