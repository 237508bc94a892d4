"""Pictures (PNG, JPEG, TIFF, WebP) as pages of a PDF: they are read, drawn and marked as scans are."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import Any

from ingest.formats.source import Source
from rag.errors import DocumentTooLarge, NoTextRecognised, UnreadableDocument

MEDIA_TYPES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/tiff": "TIFF", "image/webp": "WEBP"}
EXTENSIONS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp")
_SIGNATURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_DPI = 300  # as pages are drawn for recognition
_POINTS = 72  # to the inch
_MAX_PIXELS = 12_000_000  # of a page
_MAX_DECODED = 150_000_000  # pixels of a picture before it is made smaller
_LEAST_SIDE, _LEAST_PIXELS = 24, 20_000  # of less, it is an icon
_BELIEVED = range(100, 1_201)  # dots to the inch: programs write 72 and 96 for "unknown"
_SHEET = (8.27, 11.69)  # inches: a picture that doesn't tell its size is taken for a sheet of A4
_LEAST_GUESSED, _MOST_GUESSED = 72, 300  # dots to the inch
_REDUCED = 254  # TIFF's tag NewSubfileType, whose first bit marks a smaller copy of another page


def is_picture(data: bytes) -> bool:
    """Whether the bytes begin as a picture of these formats does."""
    return data.startswith(_SIGNATURES) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP")


def media_type(data: bytes) -> str:
    """The media type of such a picture."""
    kinds = {b"\x89P": "image/png", b"\xff\xd8": "image/jpeg", b"RI": "image/webp"}
    return kinds.get(data[:2], "image/tiff")


class PicturePages:
    """A picture with the interface of a ``pypdfium2.PdfDocument``. A TIFF has a page for each picture in it,
    smaller copies apart; of an animation the first picture is the page. One page at a time is in memory.

    Raises:
        UnreadableDocument: no picture, or damaged.
        NoTextRecognised: it is an icon.
        DocumentTooLarge: more pixels than the limit.
    """

    formenv = None

    def __init__(self, source: Source) -> None:
        from PIL import Image

        self._source = source
        self._shown: Any = None
        try:
            image = self._picture()
            self._frames = list(_frames(image, source.limits.pages + 1))
        except Image.DecompressionBombError:
            raise DocumentTooLarge(_too_large(source)) from None
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  # Pillow's readers raise whatever their code runs into
            raise UnreadableDocument(f"{source.name} is no picture, or damaged") from None
        width, height = image.size
        if len(self._frames) == 1 and (min(width, height) < _LEAST_SIDE or width * height < _LEAST_PIXELS):
            raise NoTextRecognised(
                f"{source.name} has {width} by {height} pixels: it is too small for a text"
            )

    def __len__(self) -> int:
        return len(self._frames)

    def __getitem__(self, index: int) -> Any:
        """A page, as a ``pypdfium2.PdfPage``; the one before is closed.

        Raises:
            pypdfium2.PdfiumError: it is damaged.
            DocumentTooLarge: more pixels than the limit.
        """
        import pypdfium2 as pdfium

        self.close()
        try:
            image = self._picture()
            image.seek(self._frames[index])
            if math.prod(image.size) > _MAX_DECODED:
                raise DocumentTooLarge(_too_large(self._source))
            pixels, size = _page(image)
        except (DocumentTooLarge, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001  # as above
            raise pdfium.PdfiumError(f"damaged: {error}") from None
        self._shown = pdfium.PdfDocument.new()
        page = self._shown.new_page(*size)
        drawn = pdfium.PdfImage.new(self._shown)
        drawn.set_bitmap(pdfium.PdfBitmap.from_pil(pixels))
        drawn.set_matrix(pdfium.PdfMatrix().scale(*size))
        page.insert_obj(drawn)
        page.gen_content()
        return page

    def get_metadata_dict(self, **_: bool) -> dict[str, str]:
        """None: what a camera writes says nothing of the text."""
        return {}

    def close(self) -> None:
        """Closes the page last had."""
        if self._shown is not None:
            self._shown.close()
            self._shown = None

    def _picture(self) -> Any:
        from PIL import Image

        return Image.open(io.BytesIO(self._source.data), formats=tuple(MEDIA_TYPES.values()))


def _frames(image: Any, most: int) -> Iterator[int]:
    """The indices of a file's pictures that are pages."""
    if image.format != "TIFF":
        yield 0
        return
    for index in range(most):
        try:
            image.seek(index)
        except EOFError:
            return
        if index == 0 or not int(image.tag_v2.get(_REDUCED, 0)) & 1:
            yield index


def _page(image: Any) -> tuple[Any, tuple[float, float]]:
    """The picture as a page is drawn, upright, on white; and the page's size in points."""
    from PIL import Image, ImageOps

    across, down = _dots(image)
    width, height = (pixels / dots * _DPI for pixels, dots in zip(image.size, (across, down), strict=True))
    scale = min(1.0, math.sqrt(_MAX_PIXELS / max(1.0, width * height)))
    target = max(1, round(width * scale)), max(1, round(height * scale))
    image.draft(None, target)  # a JPEG is decoded smaller
    upright_size = (width * _POINTS / _DPI, height * _POINTS / _DPI)
    exif = image.getexif()
    drawn = _on_white(image).resize(target, Image.Resampling.LANCZOS)
    if image.format != "TIFF" and exif.get(0x0112, 1) in range(2, 9):  # TIFFs are turned as they are decoded
        drawn.info.pop("exif", None)
        drawn.getexif()[0x0112] = exif[0x0112]
        drawn = ImageOps.exif_transpose(drawn)
        if exif[0x0112] > 4:
            upright_size = upright_size[::-1]
    return drawn, upright_size


def _dots(image: Any) -> tuple[float, float]:
    """Dots to the inch, across and down; those that a sheet of A4 would have, where the file tells none."""
    try:
        across, down = (float(each) for each in image.info["dpi"])
        if {round(across), round(down)} <= set(_BELIEVED) or _is_fax(across, down):
            return across, down
    except (KeyError, TypeError, ValueError, OverflowError, ZeroDivisionError):
        pass
    short, long = sorted(image.size)
    guessed = min(max(min(short / _SHEET[0], long / _SHEET[1]), _LEAST_GUESSED), _MOST_GUESSED)
    return guessed, guessed


def _is_fax(across: float, down: float) -> bool:
    """Whether a page has the coarse lines of a fax: 204 dots across, 98 down."""
    return 195 <= across <= 210 and 95 <= down <= 100


def _on_white(image: Any) -> Any:
    """The picture in grey or colours of 8 bits, what is transparent on white."""
    from PIL import Image

    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        return Image.fromarray(_spread(image))
    if image.mode in ("1", "L") and "transparency" not in image.info:
        return image.convert("L")
    if "A" in image.getbands() or "transparency" in image.info:
        coloured = image.convert("RGBA")
        paper = Image.new("RGBA", coloured.size, "white")
        return Image.alpha_composite(paper, coloured).convert("RGB")
    return image.convert("RGB")


def _spread(image: Any) -> Any:
    """Grey of more than 8 bits, spread from black to white."""
    import numpy as np

    values = np.nan_to_num(np.asarray(image, dtype=np.float64), posinf=0.0, neginf=0.0)
    least, most = float(values.min()), float(values.max())
    return np.uint8((values - least) * (255 / (most - least or 1.0)))


def _too_large(source: Source) -> str:
    return f"{source.name} has over {_MAX_DECODED:,} pixels; that is the limit"
