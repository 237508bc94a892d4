"""What a file may cost before it is refused: bytes, depth, pages, time, memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rag.errors import DocumentTooLarge


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """How the text of scanned pages is recognised (``ingest.formats.recognition``).

    ``languages`` are named as Tesseract names them, "eng+deu"; empty: pages aren't recognised.
    ``page_seconds`` bounds one page, ``seconds`` all pages of a file together; that time is on top of
    ``Limits.seconds``.
    """

    languages: str = "eng"
    page_seconds: float = 60.0
    seconds: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one source. A file over one of them is refused with an error that names it.

    ``document_bytes`` bounds the file itself, ``unpacked_bytes`` all that an archive or Office file
    unpacks to, ``members`` its entries, ``depth`` how deep elements or values nest, ``archives`` how many
    archives may lie in one another, ``pages`` pages, slides, sheets and chapters, ``cells`` a spreadsheet's,
    ``characters`` the document's text, ``blocks`` its headings, paragraphs, items and rows, ``sentences``
    what it is split into. ``seconds`` (wall clock) and ``memory_bytes`` (address space) bound the process
    that reads and splits, see ``ingest.formats.sandbox``.
    """

    document_bytes: int = 25_000_000
    unpacked_bytes: int = 250_000_000
    members: int = 10_000
    depth: int = 200
    archives: int = 3
    pages: int = 5_000
    cells: int = 5_000_000
    characters: int = 25_000_000
    blocks: int = 200_000
    sentences: int = 200_000
    seconds: float = 120.0
    memory_bytes: int = 2_000_000_000
    recognition: Recognition = Recognition()

    def require_blocks(self, count: int) -> None:
        """Raises DocumentTooLarge for a document with more blocks than the limit."""
        if count > self.blocks:
            raise DocumentTooLarge(
                f"it has more than {self.blocks:,} headings, paragraphs, items and rows; that is the limit"
            )

    def require_sentences(self, count: int) -> None:
        """Raises DocumentTooLarge for a document with more sentences than the limit."""
        if count > self.sentences:
            raise DocumentTooLarge(
                f"it has more than {self.sentences:,} sentences and rows; that is the limit"
            )


DEFAULT = Limits()


def _untold(seconds: float) -> None:
    """Nobody waits for this process, so nobody is told that it takes longer."""


@dataclass(slots=True)
class Budget:
    """What may still be spent on one source and the archives inside it: bytes ``left`` to unpack, and
    ``recognition_seconds``.

    ``on_recognition`` is called with the seconds that recognition of a page may take, before it begins.
    """

    left: int
    recognition_seconds: float = 600.0
    on_recognition: Callable[[float], None] = field(default=_untold)

    @classmethod
    def of(cls, limits: Limits, on_recognition: Callable[[float], None] = _untold) -> Budget:
        """A whole budget."""
        return cls(limits.unpacked_bytes, limits.recognition.seconds, on_recognition)
