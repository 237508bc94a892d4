"""A page of a PDF as an image."""

from __future__ import annotations

import math
import struct
import zlib
from typing import Any

from ingest.formats.pdf.opening import opened
from ingest.formats.source import Source
from rag.errors import UnreadableDocument

_SCALE = 2.0  # pixels a point: 144 to the inch
_MAX_PIXELS = 4_000_000
_MAX_SIDE = 4_000


def page_image(source: Source, number: int) -> bytes:
    """A page as PNG, at most 4 million pixels; ``number`` counts from 1.

    Raises:
        UnreadableDocument: no PDF, damaged, or without such a page.
    """
    with opened(source, forms=True) as pdf:
        if not 1 <= number <= len(pdf):
            raise UnreadableDocument(f"{source.name} has no page {number}: it has {len(pdf)}")
        page = pdf[number - 1]
        try:
            bitmap = page.render(scale=_scale(*page.get_size()), rev_byteorder=True)
            return _png(bitmap.to_numpy())
        finally:
            page.close()


def _scale(width: float, height: float) -> float:
    """Pixels a point, so that neither a side nor the area is over its limit. Sides are in points."""
    width, height = max(width, 1.0), max(height, 1.0)
    return min(_SCALE, _MAX_SIDE / max(width, height), math.sqrt(_MAX_PIXELS / (width * height)))


def _png(pixels: Any) -> bytes:
    """An array of height, width and 1, 3 or 4 channels of bytes as PNG (ISO/IEC 15948), unfiltered."""
    import numpy as np

    height, width, channels = pixels.shape
    colour_type = {1: 0, 3: 2, 4: 6}[channels]
    rows = np.zeros((height, 1 + width * channels), dtype=np.uint8)  # each begins with its filter: none
    rows[:, 1:] = pixels.reshape(height, width * channels)
    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
