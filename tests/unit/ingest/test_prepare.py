"""A source's bytes become a change, in the same way for a folder's file and an upload."""

from __future__ import annotations

from hashlib import sha256

import pytest

from ingest.formats.limits import Limits, Recognition
from ingest.formats.recognition import tesseract
from ingest.plan import new_document_id
from ingest.prepare import Preparer
from ingest.split import PassageSplitter
from rag.coreference.resolver import PronounResolver
from rag.errors import DocumentTooLarge

DATA = b"# Tea\r\n\r\nWe serve oolong.\r\n"


def test_a_change_names_its_source_and_version() -> None:
    """The source key is a hash of the bytes, the version one of the text; passages are of that version."""
    preparer = Preparer(splitter=PassageSplitter())
    change = preparer.prepare(DATA, "tea.md", uri="up/tea.md", collection="hr")
    assert change.document.id == new_document_id("hr", "up/tea.md")
    assert change.source_sha256 == preparer.source_key(sha256(DATA).hexdigest(), uri=change.document.uri)
    assert change.document.text == "Tea\n\nWe serve oolong."
    assert [(p.version, p.collection, p.document_id) for p in change.passages] == [
        (change.document.sha256, "hr", change.document.id)
    ]


def test_a_source_key_differs_by_bytes_and_rules() -> None:
    """Other bytes, another splitter, a resolver or the reading of hidden parts make another key."""
    plain, wide = Preparer(splitter=PassageSplitter()), Preparer(splitter=PassageSplitter(80, 200))
    resolving = Preparer(splitter=PassageSplitter(), resolver=PronounResolver())
    hidden = Preparer(splitter=PassageSplitter(), hidden=True)
    keys = {each.source_key(sha) for each in (plain, wide, resolving, hidden) for sha in ("ab", "cd")}
    assert len(keys) == 8


def test_bytes_over_the_limit_are_refused() -> None:
    """Of an upload as of a file."""
    with pytest.raises(DocumentTooLarge):
        Preparer(splitter=PassageSplitter(), limits=Limits(document_bytes=5)).prepare(DATA, "tea.md", uri="u")


def test_a_source_key_differs_by_the_text_recognition(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of files that may hold scanned pages: they are read again once it is installed, or its languages
    change."""

    def keys(version: str | None, languages: str = "eng") -> tuple[str, str]:
        monkeypatch.setattr(tesseract, "version", lambda: version)
        limits = Limits(recognition=Recognition(languages=languages))
        preparer = Preparer(splitter=PassageSplitter(), limits=limits)
        return preparer.source_key("ab", uri="x/a.PDF"), preparer.source_key("ab", uri="x/a.md")

    without, installed, german = keys(None), keys("5.3.0"), keys("5.3.0", "deu+eng")
    assert len({without[0], installed[0], german[0]}) == 3
    assert keys("5.3.0", "")[0] == without[0]
    assert len({without[1], installed[1], german[1]}) == 1
