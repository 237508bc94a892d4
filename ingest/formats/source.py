"""The input of a format reader: a file's bytes, its name and the limits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from ingest.formats.limits import DEFAULT, Budget, Limits
from ingest.formats.text.decode import well_formed
from rag.types import DEFAULT_COLLECTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The bytes of one file and its names. ``name`` is its file name, for messages and titles.

    ``inside`` counts the archives around it; all of them share one ``budget``. ``hidden``: hidden sheets,
    rows, columns and texts are read, too.
    """

    data: bytes
    name: str
    uri: str
    document_id: str
    collection: str = DEFAULT_COLLECTION
    limits: Limits = DEFAULT
    inside: int = 0
    hidden: bool = False
    budget: Budget = field(default_factory=lambda: Budget(DEFAULT.unpacked_bytes))

    def part(self, data: bytes, name: str) -> Source:
        """A file inside this one."""
        return replace(self, data=data, name=name, inside=self.inside + 1)

    @property
    def stem_title(self) -> str:
        """A title made of the file's name: "on call rota" of ``on-call_rota.md``."""
        name = well_formed(self.name)
        words = (PurePosixPath(name).stem or name).replace("-", " ").replace("_", " ").split()
        return " ".join(words) or name
