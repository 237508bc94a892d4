"""Watermarks: big type across the lines of the text, and stamps aslant, such as "DRAFT"."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.formats.pdf.text_run import TextRun
from ingest.formats.titles import is_title, tidy

_BIG = 1.5  # times the body's type size, aslant
_HUGE = 3.0  # the same, upright
_MOST_WORDS = 8
_SLANT = 0.3  # of its width: how far what stands aslant reaches up and down
_MOST = 50  # of a page
_LEAST_CROSSED = 3  # lines of text


def without_watermarks(page: Sequence[TextRun], body: float) -> list[TextRun]:
    """The runs of a page without watermarks; all of them if there is nothing else.

    Args:
        body: the type size of the running text, in points.
    """
    candidates = [run for run in page if _may_be_watermark(run, body)]
    if not candidates or len(candidates) > _MOST:
        return list(page)
    marks = {id(run) for run in candidates if _is_stamp(run) or _crosses_lines(run, page)}
    return [run for run in page if id(run) not in marks] or list(page)


def _may_be_watermark(run: TextRun, body: float) -> bool:
    if len(run.text.split()) > _MOST_WORDS:
        return False
    return run.size > (_BIG if run.slanted else _HUGE) * body and (run.slanted or not run.rotated)


def _is_stamp(run: TextRun) -> bool:
    return run.slanted and not is_title(tidy(run.text))


def _crosses_lines(run: TextRun, page: Sequence[TextRun]) -> bool:
    rise = _SLANT * run.width if run.slanted else 0.0
    top, bottom = run.top - rise, run.bottom + rise
    crossed = sum(
        top < other.baseline - 0.3 * other.size < bottom and run.left < other.right and other.left < run.right
        for other in page
        if other is not run and not other.rotated and other.size < run.size / 2
    )
    return crossed >= _LEAST_CROSSED
