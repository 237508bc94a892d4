"""What a page of a PDF holds: text runs, what was typed into it, rules; of a scan the words recognised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.formats.limits import Budget, Limits
from ingest.formats.pdf.annotations import Typed, typed_texts
from ingest.formats.pdf.characters import upright
from ingest.formats.pdf.garbled import is_garbled
from ingest.formats.pdf.link_signs import LinkSigns
from ingest.formats.pdf.rules import Rule, horizontal_rules
from ingest.formats.pdf.scanned_page import is_scanned, recognised_page
from ingest.formats.pdf.text_run import TextRun
from ingest.formats.pdf.text_runs import text_runs
from ingest.formats.text.decode import well_formed
from rag.errors import UnreadableDocument

_TYPED_SIZE = 11.0  # points, in a field that is higher
_LINE = 1.3  # lines of a field, in type sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """``height`` in points; ``notes`` are typed by people and stand beside the text.

    ``confidence``: the mean confidence of recognised words; None where the page has text of its own.
    ``unread``: why a page with something drawn on it has no text; empty where it has, or is blank.
    """

    runs: list[TextRun] = field(default_factory=list)
    height: float = 1.0
    notes: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    confidence: float | None = None
    unread: str = ""


def page_content(
    page: Any, raw: Any, form: Any, limits: Limits, budget: Budget, links: LinkSigns
) -> PageContent:
    """The content of a ``pypdfium2.PdfPage``.

    Args:
        form: the form environment of its file, or None if it has no form.
        links: gives the targets of its links their signs in the runs' texts.
    """
    runs, rotation = text_runs(page, raw, links)
    typed = list(typed_texts(page, raw, form))
    garbled = is_garbled(runs)
    scanned = is_scanned(page, raw, runs)
    confidence, unread = None, ""
    if scanned:
        try:
            recognised = recognised_page(page, limits, budget)
        except UnreadableDocument as error:
            unread = f"its text is garbled in the file, and {error}" if garbled else str(error)
            runs = [] if garbled else runs
        else:
            found = recognised.text_runs()
            confidence = recognised.confidence if found else None
            runs = found or ([] if garbled else runs)
    runs = [*runs, *_typed_runs(typed, rotation, page.get_size())]
    return PageContent(
        runs=runs,
        height=_height(page, runs),
        notes=tuple(well_formed(each.text) for each in typed if not each.in_place),
        rules=tuple(horizontal_rules(page, raw)) if rotation == 0 and not scanned else (),
        confidence=confidence,
        unread=unread,
    )


def _typed_runs(typed: Sequence[Typed], rotation: int, size: tuple[float, float]) -> Iterator[TextRun]:
    """What stands where it was typed, line by line."""
    for each in typed:
        if not each.in_place:
            continue
        left, top, right, bottom = upright(each.box, rotation, size)
        lines = well_formed(each.text).split("\n")
        points = max(4.0, min(_TYPED_SIZE, (bottom - top) / (_LINE * len(lines))))
        first = top + points if len(lines) > 1 else (top + bottom) / 2 + 0.35 * points
        for at, line in enumerate(lines):
            yield TextRun(
                text=line,
                left=left,
                right=max(right if len(lines) == 1 else left, min(right, left + 0.5 * points * len(line))),
                baseline=first + at * _LINE * points,
                size=points,
            )


def _height(page: Any, runs: Sequence[TextRun]) -> float:
    """The page's height in points; its longer side where text stands below the shorter one (turned pages)."""
    width, height = page.get_size()
    lowest = max((run.bottom for run in runs), default=0.0)
    return float(height if lowest <= height else max(width, height))
