"""The characters of a PDF page as PDFium gives them, with their places on the upright page."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.formats.pdf.link_signs import is_sign

_HYPHENS = {"\x02": "\xad", "\ufffe": "\xad"}  # how PDFium marks a hyphen that breaks a word
_SYMBOLS = {  # bullets and boxes of the fonts Symbol and Wingdings, which have no code of their own
    "\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "▪", "\uf076": "▪", "\uf06f": "☐", "\uf0a8": "☐", "\uf0fe": "☑",
    "\uf0fc": "✓",
}  # fmt: skip
SLANTED = 4
_MOST_SLANT = 0.1  # of a quarter turn: a page that was scanned askew is still upright
_BOLD = re.compile(rb"bold|black|heavy|-bd|medi\b|demi|cmbx|sfbx", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Character:
    """A visible character; in points, down from the page's top. ``size`` is the height of its box.

    ``after_space`` and ``after_line_break``: what stands between it and the character before.
    """

    char: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    after_space: bool
    after_line_break: bool
    link_sign: str = ""
    """Stands behind it for the target of a link that ends with it, see ``LinkSigns``."""


def rotations(text_page: Any, raw: Any) -> dict[int, int]:
    """Quarter turns (0 to 3) of each visible character of a ``pypdfium2.PdfTextPage``, by its index.

    ``SLANTED`` for one that stands aslant, as those of a watermark.
    """
    quarters = {}
    for index in range(raw.FPDFText_CountChars(text_page)):
        code = raw.FPDFText_GetUnicode(text_page, index)
        if code > 32 or chr(code) in _HYPHENS:
            angle = raw.FPDFText_GetCharAngle(text_page, index)
            quarters[index] = _quarter_turns(angle)
    return quarters


def _quarter_turns(angle: float) -> int:
    """Of an angle in radians; a negative one is unknown."""
    if angle < 0:
        return 0
    turns = angle / (math.pi / 2)
    return round(turns) % 4 if abs(turns - round(turns)) < _MOST_SLANT else SLANTED


def characters(
    text_page: Any,
    raw: Any,
    rotation: int,
    page_size: tuple[float, float],
    quarters: dict[int, int],
    link_signs: Mapping[int, str],
) -> Iterator[Character]:
    """The visible characters of one rotation, in the order of the content stream.

    Args:
        page_size: width and height in points.
        quarters: each character's rotation, from ``rotations``.
        link_signs: the signs of targets, by the index of the character that they stand behind.
    """
    rect, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    font_name, flags = ctypes.create_string_buffer(64), ctypes.c_int()
    after_space = after_line_break = False
    for index in range(raw.FPDFText_CountChars(text_page)):
        code = raw.FPDFText_GetUnicode(text_page, index)
        char = chr(code) if code < 0x110000 else "\ufffd"
        if char.isspace():
            after_space, after_line_break = True, after_line_break or char in "\r\n"
            continue
        char = "\ufffd" if is_sign(char) else _HYPHENS.get(char) or _SYMBOLS.get(char, char)
        if quarters.get(index, rotation) != rotation or ord(char) < 32:
            continue
        if not raw.FPDFText_GetLooseCharBox(text_page, index, rect):
            continue
        raw.FPDFText_GetCharOrigin(text_page, index, x, y)
        raw.FPDFText_GetFontInfo(text_page, index, font_name, len(font_name), flags)
        bold_name = _BOLD.search(font_name.value) is not None
        box = upright((rect.left, rect.bottom, rect.right, rect.top), rotation, page_size)
        yield Character(
            char=char,
            left=box[0],
            right=box[2],
            baseline=upright((x.value, y.value, x.value, y.value), rotation, page_size)[1],
            size=max(box[3] - box[1], 0.1),
            bold=bold_name or raw.FPDFText_GetFontWeight(text_page, index) >= 600,
            after_space=after_space,
            after_line_break=after_line_break,
            link_sign=link_signs.get(index, ""),
        )
        after_space = after_line_break = False


def upright(
    box: tuple[float, float, float, float], rotation: int, page_size: tuple[float, float]
) -> tuple[float, float, float, float]:
    """A box (left, bottom, right, top; up is more) as (left, top, right, bottom; down is more)."""
    left, bottom, right, top = box
    width, height = page_size
    match rotation:
        case 1:
            return height - top, width - right, height - bottom, width - left
        case 2:
            return width - right, bottom, width - left, top
        case 3:
            return bottom, left, top, right
        case _:
            return left, height - top, right, height - bottom
