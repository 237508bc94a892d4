"""Tesseract's library (``libtesseract``), called in this process: it starts no program and writes no file.

It is installed by the operating system (Debian: ``apt-get install tesseract-ocr``), which also has a
package for each language. Its C interface is that of Tesseract 4.1 and 5.
"""

from __future__ import annotations

import ctypes
import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from rag.errors import UnreadableDocument

_NAMES = ("libtesseract.so.5", "libtesseract.so.4", "libtesseract.5.dylib", "libtesseract.so")
_ORIENTATION_ONLY = 0
_AUTOMATIC = 3  # page segmentation: everything but the page's orientation
_WORD_LEVEL = 5
_TSV_COLUMNS = 12
_KEPT = 8  # pages whose words are kept, as a page that is read is often looked at next
_recognised: OrderedDict[str, tuple[Word, ...]] = OrderedDict()


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A recognised word; its box in pixels, down from the image's top. ``confidence`` is from 0 to 1.

    ``line`` numbers the lines of the page, from 0.
    """

    text: str
    left: int
    top: int
    right: int
    bottom: int
    confidence: float
    line: int


@cache
def version() -> str | None:
    """The version of the installed library, as "5.3.0"; None where there is none."""
    library = _library()
    return library.TessVersion().decode("ascii", "replace") if library else None


def missing_languages(languages: str) -> tuple[str, ...]:
    """Those of the languages ("eng+deu") that aren't installed; all where Tesseract isn't."""
    names = [name for name in languages.split("+") if name]
    library = _library()
    if library is None:
        return tuple(names)
    with _silent():
        return tuple(name for name in names if not _starts(library, name))


def recognise(
    pixels: bytes, width: int, height: int, *, dpi: int, languages: str, seconds: float
) -> tuple[Word, ...]:
    """The words of a grey image, line by line.

    Args:
        pixels: a byte each, row by row.
        dpi: pixels to the inch.
        languages: as Tesseract names them, joined by a plus sign.

    Raises:
        UnreadableDocument: Tesseract or a language isn't installed, or it took too long.
    """
    key = sha256(f"{width}x{height} {languages} ".encode() + pixels).hexdigest()
    if key not in _recognised:
        _recognised[key] = tuple(_words(_tsv(pixels, width, height, dpi, languages, seconds)))
    _recognised.move_to_end(key)
    while len(_recognised) > _KEPT:
        _recognised.popitem(last=False)
    return _recognised[key]


def clockwise_turns(pixels: bytes, width: int, height: int, *, dpi: int) -> int | None:
    """By how many quarter turns clockwise the text of a grey image is turned; None where it can't be told.

    Args:
        pixels, dpi: as of ``recognise``.

    Raises:
        UnreadableDocument: Tesseract isn't installed, or its data for this (the "osd" of Debian's package).
    """
    library = _library()
    if library is None:
        raise UnreadableDocument("text recognition (Tesseract) isn't installed")
    degrees, script = ctypes.c_int(), ctypes.c_char_p()
    sure, script_sure = ctypes.c_float(), ctypes.c_float()
    handle = library.TessBaseAPICreate()
    try:
        library.TessBaseAPISetVariable(handle, b"debug_file", os.devnull.encode())  # "too few characters"
        if library.TessBaseAPIInit3(handle, None, b"osd") != 0:
            raise UnreadableDocument("Tesseract has no data for the orientation of pages ('osd')")
        library.TessBaseAPISetPageSegMode(handle, _ORIENTATION_ONLY)
        library.TessBaseAPISetImage(handle, pixels, width, height, 1, width)
        library.TessBaseAPISetSourceResolution(handle, dpi)
        found = library.TessBaseAPIDetectOrientationScript(handle, degrees, sure, script, script_sure)
        return degrees.value // 90 % 4 if found else None
    finally:
        library.TessBaseAPIEnd(handle)
        library.TessBaseAPIDelete(handle)


def _tsv(pixels: bytes, width: int, height: int, dpi: int, languages: str, seconds: float) -> str:
    """Tesseract's table of what is on the image."""
    library = _library()
    if library is None:
        raise UnreadableDocument("text recognition (Tesseract) isn't installed")
    handle, monitor = library.TessBaseAPICreate(), library.TessMonitorCreate()
    try:
        if library.TessBaseAPIInit3(handle, None, languages.encode()) != 0:
            raise UnreadableDocument(f"Tesseract has no language {languages!r}")
        library.TessBaseAPISetPageSegMode(handle, _AUTOMATIC)
        library.TessBaseAPISetImage(handle, pixels, width, height, 1, width)
        library.TessBaseAPISetSourceResolution(handle, dpi)
        library.TessMonitorSetDeadlineMSecs(monitor, int(seconds * 1000))
        if library.TessBaseAPIRecognize(handle, monitor) != 0:
            raise UnreadableDocument(f"recognition of its text took over {seconds:g} seconds")
        text = library.TessBaseAPIGetTsvText(handle, 0)
        try:
            table = ctypes.cast(text, ctypes.c_char_p).value
            return (table or b"").decode("utf-8", "replace")
        finally:
            library.TessDeleteText(text)
    finally:
        library.TessBaseAPIEnd(handle)
        library.TessBaseAPIDelete(handle)
        library.TessMonitorDelete(monitor)


def _words(tsv: str) -> Iterator[Word]:
    """The words of a table by ``TessBaseAPIGetTsvText``."""
    lines: dict[tuple[str, ...], int] = {}
    for row in tsv.splitlines():
        columns = row.split("\t", _TSV_COLUMNS - 1)
        if len(columns) < _TSV_COLUMNS or columns[0] != str(_WORD_LEVEL) or not columns[-1].strip():
            continue
        left, top, width, height = map(int, columns[6:10])
        yield Word(
            text=columns[-1].strip(),
            left=left,
            top=top,
            right=left + width,
            bottom=top + height,
            confidence=max(0.0, float(columns[10]) / 100),
            line=lines.setdefault(tuple(columns[1:5]), len(lines)),
        )


@contextmanager
def _silent() -> Iterator[None]:
    """Drops what the library prints about a language that it doesn't have."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _starts(library: Any, language: str) -> bool:
    handle = library.TessBaseAPICreate()
    try:
        return bool(library.TessBaseAPIInit3(handle, None, language.encode()) == 0)
    finally:
        library.TessBaseAPIEnd(handle)
        library.TessBaseAPIDelete(handle)


@cache
def _library() -> Any | None:
    """The library with the types of its functions declared; None where it isn't installed."""
    for name in _NAMES:
        try:
            library = ctypes.CDLL(name)
            library.TessBaseAPIGetTsvText  # noqa: B018 (an older library has none)
        except (OSError, AttributeError):
            continue
        pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
        out_number, out_text = ctypes.POINTER(number), ctypes.POINTER(text)
        out_share = ctypes.POINTER(ctypes.c_float)
        for function, result, arguments in (
            ("TessVersion", text, ()),
            ("TessBaseAPICreate", pointer, ()),
            ("TessBaseAPIInit3", number, (pointer, text, text)),
            ("TessBaseAPISetVariable", number, (pointer, text, text)),
            ("TessBaseAPISetPageSegMode", None, (pointer, number)),
            ("TessBaseAPISetImage", None, (pointer, text, number, number, number, number)),
            ("TessBaseAPISetSourceResolution", None, (pointer, number)),
            ("TessBaseAPIRecognize", number, (pointer, pointer)),
            ("TessBaseAPIGetTsvText", pointer, (pointer, number)),
            (
                "TessBaseAPIDetectOrientationScript",
                number,
                (pointer, out_number, out_share, out_text, out_share),
            ),
            ("TessBaseAPIEnd", None, (pointer,)),
            ("TessBaseAPIDelete", None, (pointer,)),
            ("TessDeleteText", None, (pointer,)),
            ("TessMonitorCreate", pointer, ()),
            ("TessMonitorSetDeadlineMSecs", None, (pointer, number)),
            ("TessMonitorDelete", None, (pointer,)),
        ):
            declared = getattr(library, function)
            declared.restype, declared.argtypes = result, arguments
        return library
    return None
