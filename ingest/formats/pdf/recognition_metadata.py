"""What a document's metadata says of its scanned pages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ingest.formats.pdf.page_content import PageContent

_DOUBTFUL = 0.75  # mean confidence: what is read of a page with less is often wrong


def recognition_metadata(contents: Sequence[PageContent]) -> dict[str, str]:
    """``recognised_pages`` with their confidence, ``doubtful_pages``, and ``unread`` with the reasons."""
    recognised = [(n, page.confidence) for n, page in enumerate(contents, 1) if page.confidence is not None]
    doubtful = [n for n, confidence in recognised if confidence < _DOUBTFUL]
    unread = [(page.unread, n) for n, page in enumerate(contents, 1) if page.unread]
    metadata = {}
    if recognised:
        metadata["recognised_pages"] = ", ".join(f"{n} ({confidence:.2f})" for n, confidence in recognised)
    if doubtful:
        metadata["doubtful_pages"] = page_ranges(doubtful)
    if unread:
        reasons = {reason: [n for other, n in unread if other == reason] for reason, _ in unread}
        metadata["unread"] = "; ".join(
            f"{'pages' if len(pages) > 1 else 'page'} {page_ranges(pages)}: {reason}"
            for reason, pages in reasons.items()
        )
    return metadata


def page_ranges(pages: Sequence[int]) -> str:
    """Page numbers in ascending order as people write them.

    >>> page_ranges([1, 2, 3, 7])
    '1-3, 7'
    """
    runs = []
    for _, group in groupby(enumerate(pages), key=lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in group]
        runs.append(str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}")
    return ", ".join(runs)
