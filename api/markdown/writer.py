"""Writes a message piece by piece, and keeps where in it which source is cited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.wire.asking import CitationOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """A mark such as ``[1]`` at code points ``[start, end)`` of the message, and the source it leads to."""

    start: int
    end: int
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A Markdown message in the pieces in which it may be sent, with its annotations in text order."""

    pieces: tuple[str, ...]
    annotations: tuple[Annotation, ...] = ()

    @property
    def text(self) -> str:
        return "".join(self.pieces)


class Writer:
    """Collects the text of a message. Sources are numbered from 1 as they are first cited.

    Args:
        citations: what the indices of ``mark`` refer to.
    """

    def __init__(self, citations: Sequence[CitationOut]) -> None:
        self._citations = citations
        self._numbers: dict[int, int] = {}
        self._annotations: list[Annotation] = []
        self._pieces = [""]
        self._length = 0

    def start_piece(self) -> None:
        """Ends a piece; what follows may be sent later."""
        if self._pieces[-1]:
            self._pieces.append("")

    def write(self, text: str) -> None:
        """Adds text to the current piece."""
        self._pieces[-1] += text
        self._length += len(text)

    def mark(self, indices: Sequence[int]) -> None:
        """Adds the marks of citations, without space before them."""
        for index in indices:
            number = self._numbers.setdefault(index, len(self._numbers) + 1)
            mark, citation = f"[{number}]", self._citations[index]
            self._annotations.append(
                Annotation(
                    start=self._length,
                    end=self._length + len(mark),
                    title=source_title(citation),
                    url=citation.url,
                )
            )
            self.write(mark)

    @property
    def is_empty(self) -> bool:
        return not self._length

    @property
    def cited(self) -> list[CitationOut]:
        """The citations that have a mark, by their numbers."""
        return [self._citations[index] for index in self._numbers]

    def message(self) -> Message:
        return Message(pieces=tuple(filter(None, self._pieces)), annotations=tuple(self._annotations))


def source_title(citation: CitationOut) -> str:
    """Title, headings and page of a citation, on one line."""
    path = [citation.title, *(heading for heading in citation.section if heading != citation.title)]
    page = "" if citation.page is None else f", page {citation.page}"
    return " ".join((" › ".join(path) + page).split())
