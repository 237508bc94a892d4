"""A source's bytes become a change, in the same way for a folder's file and an upload."""

from __future__ import annotations

from hashlib import sha256

import pytest

from ingest.formats.limits import Limits
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
    """Other bytes, another splitter or a resolver make another key."""
    plain, wide = Preparer(splitter=PassageSplitter()), Preparer(splitter=PassageSplitter(80, 200))
    resolving = Preparer(splitter=PassageSplitter(), resolver=PronounResolver())
    keys = {each.source_key(sha, uri="notes.md") for each in (plain, wide, resolving) for sha in ("ab", "cd")}
    assert len(keys) == 6


def test_bytes_over_the_limit_are_refused() -> None:
    """Of an upload as of a file."""
    with pytest.raises(DocumentTooLarge):
        Preparer(splitter=PassageSplitter(), limits=Limits(document_bytes=5)).prepare(DATA, "tea.md", uri="u")
