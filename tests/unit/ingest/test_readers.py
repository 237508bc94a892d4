"""Readers of a document: by rules, metadata sent with it, and its own front matter, each only narrowing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingest.formats.text.front_matter import split_front_matter
from ingest.prepare import Preparer
from ingest.reader_rules import ReaderRules
from ingest.split import PassageSplitter
from ingest.sync import sync
from rag.errors import InvalidSettings
from rag.storage.library import Library
from tests.fakes.models import BagEmbedder
from tests.fakes.storage import MemoryCatalog, MemoryDenseIndex, MemoryLexicalIndex
from tests.files import zipped

RULES = ReaderRules({"hr/": ("hr", "board"), "hr/open.md": ("staff",), "secret.md": ()})


def _preparer(rules: ReaderRules = RULES) -> Preparer:
    return Preparer(splitter=PassageSplitter(), reader_rules=rules)


def _readers(text: str, uri: str = "notes.md", metadata: dict[str, str] | None = None) -> Any:
    change = _preparer().prepare(text.encode(), Path(uri).name, uri=uri, metadata=metadata)
    assert not [name for name in change.document.metadata if name.lower() == "readers"]
    return change.readers


@pytest.mark.parametrize(
    ("front_matter", "uri", "sent", "readers"),
    [
        ("", "notes.md", {}, None),
        ("", "hr/pay.md", {}, ("board", "hr")),
        ("", "hr/open.md", {}, ("staff",)),
        ("", "secret.md", {}, ()),
        ("readers: hr", "notes.md", {}, ("hr",)),
        ("readers: [hr, it]", "notes.md", {}, ("hr", "it")),
        ("Readers: hr", "notes.md", {}, ("hr",)),
        ("readers: hr", "hr/pay.md", {}, ("hr",)),
        ("readers: [everybody, hr]", "hr/pay.md", {}, ("hr",)),
        ("readers: everybody", "hr/pay.md", {}, ()),
        ("", "notes.md", {"readers": "hr, it"}, ("hr", "it")),
        ("readers: [hr, it]", "hr/pay.md", {"readers": "it, hr"}, ("hr",)),
        ("", "notes.md", {"readers": ""}, ()),
        ("readers:", "notes.md", {}, ()),
        ("readers: []", "notes.md", {}, ()),
        ("readers: {a: b}", "notes.md", {}, ()),
        ('readers:\n  - hr\ntitle: "broken', "notes.md", {}, ()),
        ("title: my readers", "notes.md", {}, None),
    ],
)
def test_readers_only_narrow(
    front_matter: str, uri: str, sent: dict[str, str], readers: tuple[str, ...] | None
) -> None:
    """What can't be understood is nobody; no metadata name them."""
    block = f"---\n{front_matter}\n---\n" if front_matter else ""
    assert _readers(f"{block}# Pay\n\nAda is paid.\n", uri, sent) == readers


def test_a_file_in_an_archive_narrows_all_of_it() -> None:
    """The archive is one document: it has the readers that each of its files has."""
    parts = {
        "a.md": b"---\nreaders: [hr, it]\n---\n# A\n\nOne.\n",
        "b.md": b"---\nreaders: [hr]\n---\n# B\n\nTwo.\n",
        "c.md": b"# C\n\nThree.\n",
    }
    change = _preparer().prepare(zipped(parts), "all.zip", uri="all.zip")
    assert change.readers == ("hr",)


def test_front_matter_without_readers_stays_as_it_is() -> None:
    """The word within a value is no name of readers."""
    metadata, _ = split_front_matter("---\ntitle: x\nnote: 'readers: all'\n---\nText.\n")
    assert metadata == {"title": "x", "note": "readers: all"}


@pytest.mark.parametrize("pattern", ["!hr/", "", "  ", "# a"])
def test_a_rule_that_names_no_documents_is_refused(pattern: str) -> None:
    """It would leave documents open that somebody meant to close."""
    with pytest.raises(InvalidSettings, match="SAYWHERE_READERS"):
        ReaderRules({pattern: ("hr",)})


def test_a_changed_rule_takes_its_files_in_again(tmp_path: Path) -> None:
    """Those alone, with the same text; the next sync changes nothing."""
    folder = tmp_path / "docs"
    (folder / "hr").mkdir(parents=True)
    (folder / "hr" / "pay.md").write_text("# Pay\n\nAda is paid.\n")
    (folder / "notes.md").write_text("# Notes\n\nAda came.\n")
    catalog = MemoryCatalog()
    library = Library(catalog, MemoryDenseIndex(), MemoryLexicalIndex(), BagEmbedder())
    library.recover()
    plain, ruled = _preparer(ReaderRules()), _preparer(ReaderRules({"docs/hr/": ("hr",)}))
    assert len(sync(library, catalog, plain, [folder]).added) == 2
    assert catalog.hidden_from(frozenset()) == {}
    report = sync(library, catalog, ruled, [folder])
    assert (report.changed, report.unchanged) == (("docs/hr/pay.md",), ("docs/notes.md",))
    assert len(catalog.hidden_from(frozenset())) == 1
    assert not sync(library, catalog, ruled, [folder]).changed
    assert sync(library, catalog, plain, [folder]).changed == ("docs/hr/pay.md",)
    assert catalog.hidden_from(frozenset()) == {}
