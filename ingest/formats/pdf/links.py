"""Links on a page of a PDF: the words that they lie over, and the targets that those words don't tell."""

from __future__ import annotations

import ctypes
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.formats.link_targets import shown_target

_MOST = 1_000  # links of a page
_MOST_ANNOTATIONS = 5_000
_MOST_BYTES = 2_000  # of an address
_MOST_CHARACTERS = 500  # of a link's words: an area that covers more is no link of words
_STRIPE = 12.0  # points: links are looked for in stripes of this height
_MOST_STRIPES = 500

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in the page's own points, up is more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedText:
    """``end`` is the index of the last letter or digit of the link's words in PDFium's text of the page;
    ``target`` is shown behind it. ``box`` is around the words."""

    end: int
    target: str
    box: Box


@dataclass(slots=True)
class _Words:
    """The characters that a link covers: their indices, and the first and last among visible ones."""

    href: str
    box: Box
    indices: list[int]
    first: int
    last: int


def linked_texts(page: Any, text_page: Any, raw: Any) -> list[LinkedText]:
    """The links of a ``pypdfium2.PdfPage`` whose targets say something new, in the order of its text.

    A link that is broken over lines, or marked piece by piece, is one.
    """
    links = list(_links(page, raw))
    if not links:
        return []
    count = raw.FPDFText_CountChars(text_page)
    found = []
    for words in _merged(_covered(links, text_page, raw, count)):
        text = _text(words.indices, text_page, raw)
        target = shown_target(text, words.href) and shown_target("".join(text.split()), words.href)
        end = _end(words.indices, text_page, raw, count)
        if target and end is not None and len(words.indices) <= _MOST_CHARACTERS:
            found.append(LinkedText(end=end, target=target, box=words.box))
    return found


def _links(page: Any, raw: Any) -> Iterator[tuple[str, Box]]:
    """Address and rectangle of each link that leads out of the file."""
    found = 0
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            is_link = raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_LINK
            href = _address(page, annotation, raw) if is_link else ""
            rect = raw.FS_RECTF()
            if href and raw.FPDFAnnot_GetRect(annotation, rect):
                yield href, (rect.left, min(rect.bottom, rect.top), rect.right, max(rect.bottom, rect.top))
                found += 1
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
        if found >= _MOST:
            return


def _address(page: Any, annotation: Any, raw: Any) -> str:
    """The address of a link; empty where it leads to a place in the file, or does something else."""
    link = raw.FPDFAnnot_GetLink(annotation)
    action = raw.FPDFLink_GetAction(link) if link else None
    if not action or raw.FPDFAction_GetType(action) != raw.PDFACTION_URI:
        return ""
    size = raw.FPDFAction_GetURIPath(page.pdf, action, None, 0)
    if not 1 < size <= _MOST_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFAction_GetURIPath(page.pdf, action, buffer, size)
    return buffer.value.decode("utf-8", "replace").strip()


def _covered(links: Sequence[tuple[str, Box]], text_page: Any, raw: Any, count: int) -> list[_Words]:
    """The characters whose middle a link's rectangle holds, of each link that holds any."""
    stripes: defaultdict[int, list[int]] = defaultdict(list)
    for at, (_, (_, bottom, _, top)) in enumerate(links):
        first = int(max(-1e6, min(bottom, 1e6)) // _STRIPE)
        last = int(max(-1e6, min(top, 1e6)) // _STRIPE)
        for stripe in range(first, min(last, first + _MOST_STRIPES) + 1):
            stripes[stripe].append(at)
    words: dict[int, _Words] = {}
    sides = [ctypes.c_double() for _ in range(4)]
    visible = -1
    for index in range(count):
        if raw.FPDFText_GetUnicode(text_page, index) <= 32:
            continue
        visible += 1
        if not raw.FPDFText_GetCharBox(text_page, index, *sides):
            continue
        left, right, bottom, top = (side.value for side in sides)
        x, y = (left + right) / 2, (bottom + top) / 2
        for at in stripes.get(int(max(-1e6, min(y, 1e6)) // _STRIPE), ()):
            href, box = links[at]
            if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
                covered = words.setdefault(at, _Words(href, box, [], visible, visible))
                covered.indices.append(index)
                covered.last = visible
    return sorted(words.values(), key=lambda each: (each.first, each.last))


def _merged(words: Sequence[_Words]) -> list[_Words]:
    """Neighbours with one address as one."""
    merged: list[_Words] = []
    for each in words:
        before = merged[-1] if merged else None
        if before is not None and before.href == each.href and each.first <= before.last + 1:
            before.indices = sorted({*before.indices, *each.indices})
            before.last = max(before.last, each.last)
            pairs = list(zip(before.box, each.box, strict=True))
            before.box = (min(pairs[0]), min(pairs[1]), max(pairs[2]), max(pairs[3]))
        else:
            merged.append(each)
    return merged


def _text(indices: Sequence[int], text_page: Any, raw: Any) -> str:
    """The characters, with a space where others stand between them."""
    parts = []
    for at, index in enumerate(indices):
        parts += [" "] if at and index > indices[at - 1] + 1 else []
        parts.append(_character(index, text_page, raw))
    return "".join(parts)


def _end(indices: Sequence[int], text_page: Any, raw: Any, count: int) -> int | None:
    """The last letter or digit of the words, or that of the word that they end in; None: they have none."""
    last = next((i for i in reversed(indices) if _character(i, text_page, raw).isalnum()), None)
    if last is None:
        return None
    while last + 1 < count and _character(last + 1, text_page, raw).isalnum():
        last += 1
    return last


def _character(index: int, text_page: Any, raw: Any) -> str:
    code = raw.FPDFText_GetUnicode(text_page, index)
    return chr(code) if code < 0x110000 else "\ufffd"
