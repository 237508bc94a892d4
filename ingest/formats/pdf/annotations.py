"""What people typed into a PDF: values of form fields, and notes."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_MOST = 5_000  # annotations of a page
_MAX_BYTES = 200_000  # of one's text
_HIDDEN = 0x02 | 0x20  # hidden, not shown on the screen
_PASSWORD = 1 << 13  # a field's flag
_LINE = 16.0  # points: a field of less height has one line
_SHORT = 60  # characters of a typed line that stands where it was typed, as in a form


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Typed text and its rectangle (left, bottom, right, top) in the page's own points, up is more.

    ``in_place``: it belongs to the line that it stands in, as a field's value does; else it is a note.
    """

    text: str
    box: tuple[float, float, float, float]
    in_place: bool


def typed_texts(page: Any, raw: Any, form: Any) -> Iterator[Typed]:
    """The values of the fields and the notes of a ``pypdfium2.PdfPage`` that are shown.

    Args:
        form: the form environment of its file, or None if it has no form.
    """
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            typed = _typed(annotation, raw, form)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
        if typed is not None:
            yield typed


def _typed(annotation: Any, raw: Any, form: Any) -> Typed | None:
    if raw.FPDFAnnot_GetFlags(annotation) & _HIDDEN:
        return None
    rect = raw.FS_RECTF()
    if not raw.FPDFAnnot_GetRect(annotation, rect):
        return None
    box = (rect.left, min(rect.bottom, rect.top), rect.right, max(rect.bottom, rect.top))
    kind = raw.FPDFAnnot_GetSubtype(annotation)
    if kind == raw.FPDF_ANNOT_WIDGET:
        text = _field_value(annotation, raw, form) if form is not None else ""
        return Typed(text=text, box=box, in_place=True) if text else None
    if kind not in _note_kinds(raw) or raw.FPDFAnnot_HasKey(annotation, b"StateModel"):
        return None
    text = _clean(_string(lambda *to: raw.FPDFAnnot_GetStringValue(annotation, b"Contents", *to)))
    one_line = kind == raw.FPDF_ANNOT_FREETEXT and "\n" not in text and box[3] - box[1] < 2 * _LINE
    return Typed(text=text, box=box, in_place=one_line and len(text) <= _SHORT) if text else None


def _note_kinds(raw: Any) -> tuple[int, ...]:
    return (
        raw.FPDF_ANNOT_TEXT,
        raw.FPDF_ANNOT_FREETEXT,
        raw.FPDF_ANNOT_HIGHLIGHT,
        raw.FPDF_ANNOT_UNDERLINE,
        raw.FPDF_ANNOT_SQUIGGLY,
        raw.FPDF_ANNOT_STRIKEOUT,
        raw.FPDF_ANNOT_CARET,
        raw.FPDF_ANNOT_SQUARE,
        raw.FPDF_ANNOT_CIRCLE,
    )


def _field_value(annotation: Any, raw: Any, form: Any) -> str:
    """A field's value as text, a box that can be ticked as ☑ or ☐; nothing for buttons and passwords."""
    kind = raw.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
        return "☑" if raw.FPDFAnnot_IsChecked(form, annotation) else "☐"
    if kind not in (
        raw.FPDF_FORMFIELD_TEXTFIELD,
        raw.FPDF_FORMFIELD_COMBOBOX,
        raw.FPDF_FORMFIELD_LISTBOX,
    ):
        return ""
    if kind == raw.FPDF_FORMFIELD_TEXTFIELD and _flags(annotation, raw, form) & _PASSWORD:
        return ""
    return _clean(_string(lambda *to: raw.FPDFAnnot_GetFormFieldValue(form, annotation, *to)))


def _flags(annotation: Any, raw: Any, form: Any) -> int:
    return int(raw.FPDFAnnot_GetFormFieldFlags(form, annotation))


def _string(read: Callable[..., int]) -> str:
    """A string of PDFium's: its size is asked for first, in bytes of UTF-16."""
    size = min(read(None, 0), _MAX_BYTES)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    read(buffer, size)
    return bytes(buffer)[: size - 2].decode("utf-16-le", "replace")


def _clean(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)
