"""A catalog as somebody sees it: what isn't visible isn't there, in every call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from rag.errors import UnknownDocument
from rag.ports.catalog import Catalog, Change, Original
from rag.storage.visible_catalog import Remembered, VisibleCatalog
from rag.types import Document
from rag.types.view import View
from tests.fakes.storage import MemoryCatalog
from tests.samples import document, passage


def _change(name: str, *readers: str, collection: str = "default", restricted: bool = True) -> Change:
    doc = replace(document(f"Text of {name}.", id=name), uri=f"{name}.md", collection=collection)
    original = Original.of(name.encode(), f"{name}.md", "text/markdown")
    named = readers if restricted else None
    return Change(
        document=doc, passages=(passage(doc, collection=collection),), original=original, readers=named
    )


@pytest.fixture
def catalog() -> MemoryCatalog:
    stored = MemoryCatalog()
    stored.commit(
        (
            _change("open", restricted=False),
            _change("hr", "hr"),
            _change("nobody"),
            _change("vault", "hr", collection="vault"),
            _change("other", restricted=False, collection="other"),
        ),
        (),
    )
    return stored


def _seen(catalog: MemoryCatalog, view: View) -> VisibleCatalog:
    return VisibleCatalog(cast(Catalog, catalog), view, Remembered())


@pytest.mark.parametrize(
    ("view", "visible"),
    [
        (View(), {"open", "hr", "nobody", "vault", "other"}),
        (View(groups=frozenset()), {"open", "other"}),
        (View(groups=frozenset({"hr"})), {"open", "hr", "vault", "other"}),
        (View(groups=frozenset({""})), {"open", "other"}),
        (View(collections=frozenset({"vault"}), groups=frozenset()), set()),
        (View(collections=frozenset({"vault"})), {"vault"}),
        (View(collections=frozenset({"default"}), groups=frozenset({"hr"})), {"open", "hr"}),
        (View(collections=frozenset()), set()),
    ],
    ids=["all", "nobody", "hr", "no name", "nobody's vault", "the vault", "hr's default", "nothing"],
)
def test_every_call_has_the_visible_documents_alone(
    catalog: MemoryCatalog, view: View, visible: set[str]
) -> None:
    """By id, by passage, in lists, counts, versions, collections and files."""
    seen = _seen(catalog, view)
    records = catalog.list()
    collections = {record.collection for record in records if record.id in visible}
    assert {record.id for record in seen.list()} == visible
    assert {record.id for record in seen.list(limit=2)} == set(sorted(visible)[:2])
    assert seen.count() == len(visible)
    assert seen.collections() == collections
    assert set(seen.documents([record.id for record in records])) == visible
    passages = [p.id for record in records for p in catalog.passages_of(record.id)]
    assert {p.document_id for p in seen.passages(passages).values()} == visible
    files = seen.originals()
    assert len(files) == len(visible)
    assert seen.original_sizes(catalog.originals()) == files
    assert seen.original_bytes() == sum(files.values())
    for record in records:
        is_visible = record.id in visible
        assert bool(seen.passages_of(record.id)) is is_visible
        assert (seen.original(record.id) is not None) is is_visible
        assert (seen.find_by_uri(record.collection, record.uri) is not None) is is_visible
        assert ((record.id, record.version) in seen.versions(record.collection)) is is_visible
        assert ((record.id, record.version) in seen.matching_versions(record.collection, {})) is is_visible
        allowed = seen.visible_versions(record.collection)
        assert (allowed is None or (record.id, record.version) in allowed) is is_visible
        assert seen.count(record.collection) == sum(
            other.id in visible for other in records if other.collection == record.collection
        )
        assert seen.visible_passages(record.collection) == seen.count(record.collection)
        assert (record.id in seen.readers([record.id])) is (
            is_visible and record.id in ("hr", "nobody", "vault")
        )
        if is_visible:
            assert seen.document(record.id, record.version).id == record.id
            continue
        for version in (None, record.version, "0"):
            with pytest.raises(UnknownDocument, match=f"^no document '{record.id}'$"):
                seen.document(record.id, version)


def test_all_of_a_collection_is_no_list(catalog: MemoryCatalog) -> None:
    """Where nothing is hidden the indexes search without a filter, which is faster."""
    seen = _seen(catalog, View(groups=frozenset({"hr"})))
    assert seen.visible_versions("other") is None
    assert seen.visible_versions("vault") is None
    assert seen.visible_versions("default") is not None


class _Overtaken:
    """A catalog in which a commit comes between the look at what is hidden and the reading."""

    def __init__(self, catalog: MemoryCatalog, change: Change) -> None:
        self._catalog = catalog
        self._change: Change | None = change

    def __getattr__(self, name: str) -> Any:
        return getattr(self._catalog, name)

    def documents(self, document_ids: Any) -> dict[str, Document]:
        return self._read("documents", document_ids)

    def document(self, *arguments: Any) -> Document:
        return cast(Document, self._read("document", *arguments))

    def _read(self, name: str, *arguments: Any) -> Any:
        if self._change is not None:
            change, self._change = self._change, None
            self._catalog.commit((change,), ())
        return getattr(self._catalog, name)(*arguments)


def test_no_text_is_shown_by_the_readers_of_another_version(catalog: MemoryCatalog) -> None:
    """A commit that hides a document while it is read hides it."""
    view = View(groups=frozenset())
    for read in ("document", "documents"):
        catalog.commit((_change("open", restricted=False),), ())
        overtaken = cast(Catalog, _Overtaken(catalog, _change("open", "hr")))
        seen = VisibleCatalog(overtaken, view, Remembered())
        if read == "documents":
            assert seen.documents(["open"]) == {}
        else:
            with pytest.raises(UnknownDocument):
                seen.document("open")


def test_a_change_of_readers_is_seen_at_once(catalog: MemoryCatalog) -> None:
    """What is remembered is of one state of the catalog."""
    seen = _seen(catalog, View(groups=frozenset()))
    assert seen.visible_passages("default") == 1
    catalog.commit((_change("hr", restricted=False),), ())
    assert seen.visible_passages("default") == 2
    assert seen.document("hr").id == "hr"
    catalog.commit((_change("hr"),), ())
    assert seen.count("default") == 1


def test_a_view_is_for_reading(catalog: MemoryCatalog) -> None:
    """A write through it would be of documents that it doesn't show."""
    seen = _seen(catalog, View(groups=frozenset()))
    for write in (seen.clear_intents, seen.intents, seen.drop_originals, seen.vacuum):
        with pytest.raises(TypeError):
            write()
    with pytest.raises(TypeError):
        seen.commit((), ())
