"""Watermarks: big type aslant, or across the lines of the text."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.formats.pdf.text_run import TextRun

_BIG = 1.5  # times the body's type size, aslant
_HUGE = 3.0  # the same, upright
_MOST_WORDS = 8
_LEAST_CROSSED = 3  # lines of text


def without_watermarks(page: Sequence[TextRun], body: float) -> list[TextRun]:
    """The runs of a page without watermarks; all of them if there is nothing else.

    Args:
        body: the type size of the running text, in points.
    """
    kept = [run for run in page if not _is_watermark(run, page, body)]
    return kept or list(page)


def _is_watermark(run: TextRun, page: Sequence[TextRun], body: float) -> bool:
    if len(run.text.split()) > _MOST_WORDS:
        return False
    if run.slanted:
        return run.size > _BIG * body
    if run.rotated or run.size < _HUGE * body:
        return False
    crossed = sum(
        run.top < other.baseline - 0.3 * other.size < run.bottom
        and run.left < other.right
        and other.left < run.right
        for other in page
        if other is not run and not other.rotated and other.size < run.size / 2
    )
    return crossed >= _LEAST_CROSSED
