"""The laws of ``Catalog``, held by the fake and by SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.errors import UnknownDocument
from rag.ports.catalog import Catalog, Change, Move
from rag.types import Block, BlockKind, Document, Mention, Page, Passage, Section, Span
from tests.contract.opening import Opener, opener
from tests.fakes.storage import MemoryCatalog
from tests.samples import document, passage


@pytest.fixture(params=["fake", "sqlite"])
def catalogs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener[Catalog]]:
    state: dict[str, object] = {}

    def factory() -> Catalog:
        return MemoryCatalog(state) if request.param == "fake" else SqliteCatalog(tmp_path / "c.sqlite3")

    with opener(factory) as opening:
        yield opening


@pytest.fixture
def catalog(catalogs: Opener[Catalog]) -> Catalog:
    return catalogs.open()


def change(text: str, **more: object) -> Change:
    made = document(text, **more)  # type: ignore[arg-type]
    return Change(document=made, passages=(passage(made, collection=made.collection),) if text else ())


def write(catalog: Catalog, *changes: Change, removals: tuple[tuple[str, str], ...] = ()) -> None:
    catalog.record_intents(changes, removals)
    catalog.commit(changes, removals)
    catalog.clear_intents()


def rich() -> Change:
    text = "Rules\nShe paid. 𝔘nicode \ud800 é.\nItem"
    made = Document(
        id="rich",
        uri="https://example.org/a?b#c",
        title="Rules – “quoted”",
        text=text,
        media_type="text/html",
        sections=(Section(span=Span(0, 30), path=("Rules", "Sub")), Section(span=Span(30, 34), path=())),
        pages=(Page(span=Span(0, len(text)), number=3),),
        blocks=(
            Block(span=Span(0, 5), kind=BlockKind.HEADING),
            Block(span=Span(30, 34), kind=BlockKind.TABLE_ROW, context_span=Span(0, 5)),
        ),
        metadata={"team": "legal", "ü": ""},
        collection="Other ☂",
    )
    some = Passage(
        document_id=made.id,
        version=made.sha256,
        collection=made.collection,
        span=Span(6, 29),
        sentences=(Span(6, 15), Span(16, 29)),
        context_spans=(Span(0, 5),),
        mentions=(Mention(span=Span(6, 9), antecedent=Span(0, 5)),),
    )
    return Change(document=made, passages=(some,), source="folder", source_sha256="ab")


def test_nothing_of_a_document_is_lost(catalogs: Opener[Catalog]) -> None:
    """Text with lone surrogates, layout, metadata, sentences, leads and mentions come back equal."""
    catalog, given = catalogs.open(), rich()
    write(catalog, given)
    catalog = catalogs.reopened(catalog)
    assert catalog.document("rich") == given.document
    assert catalog.passages_of("rich") == list(given.passages)
    record = catalog.list()[0]
    assert (record.source, record.source_sha256, record.passages) == ("folder", "ab", 1)
    assert (record.characters, record.version) == (len(given.document.text), given.document.sha256)


def test_uncommitted_writes_are_not_seen(catalog: Catalog) -> None:
    """Between begin and commit, readers see the old version and only that."""
    old, new = change("Old text."), change("New text.")
    write(catalog, old)
    catalog.record_intents([new, change("More.", id="d2")], [])
    assert catalog.document("d1").text == "Old text."
    assert catalog.passages([new.passages[0].id]) == {}
    assert catalog.count() == 1
    catalog.commit([new], [])
    assert catalog.document("d1").text == "New text."
    assert catalog.passages([old.passages[0].id, new.passages[0].id]) == {new.passages[0].id: new.passages[0]}


def test_intents_say_what_to_undo_or_to_finish(catalogs: Opener[Catalog]) -> None:
    """They outlive a crash, name what each version replaces, and are gone when settled."""
    catalog, old, new = catalogs.open(), change("Old."), change("New.")
    write(catalog, old, change("Gone.", id="d2"))
    gone = catalog.document("d2").sha256
    catalog.record_intents([new, change("First.", id="d3")], [("default", "d2")])
    catalog = catalogs.reopened(catalog)
    found = {i.document_id: (i.version, i.replaces, i.committed) for i in catalog.intents()}
    assert found == {
        "d1": (new.document.sha256, old.document.sha256, False),
        "d2": (None, gone, False),
        "d3": (change("First.").document.sha256, None, False),
    }
    catalog.commit([new, change("First.", id="d3")], [("default", "d2")])
    catalog = catalogs.reopened(catalog)
    assert all(intent.committed for intent in catalog.intents())
    catalog.clear_intents()
    assert catalogs.reopened(catalog).intents() == []


def test_a_document_may_move_to_another_collection(catalog: Catalog) -> None:
    """The old collection gets an intent to remove it."""
    write(catalog, change("Text."))
    catalog.record_intents([change("Text.", collection="other")], [])
    version = change("Text.").document.sha256
    assert {(i.collection, i.version, i.replaces) for i in catalog.intents()} == {
        ("default", None, version),
        ("other", version, None),
    }
    catalog.commit([change("Text.", collection="other")], [])
    assert catalog.collections() == {"other"}
    assert catalog.document("d1").collection == "other"


def test_removing_what_is_not_there_changes_nothing(catalog: Catalog) -> None:
    """Not even the other parts of the same write; the collection counts too."""
    write(catalog, change("Text."))
    for removal in (("default", "nope"), ("other", "d1")):
        with pytest.raises(UnknownDocument):
            catalog.record_intents([change("New.", id="d2")], [removal])
    assert catalog.intents() == []


def test_removed_documents_are_gone(catalog: Catalog) -> None:
    """Document, passages, listing, versions and collection."""
    given = change("Text.")
    write(catalog, given)
    write(catalog, removals=(("default", "d1"),))
    with pytest.raises(UnknownDocument):
        catalog.document("d1")
    assert catalog.documents(["d1"]) == {}
    assert catalog.passages([given.passages[0].id]) == {}
    assert catalog.passages_of("d1") == []
    assert catalog.list() == []
    assert catalog.versions("default") == set()
    assert catalog.collections() == set()


def test_only_the_current_version_is_kept(catalog: Catalog) -> None:
    """An earlier version is unknown: nothing stale can be cited, nothing removed lingers."""
    old, new = change("Old."), change("New.")
    write(catalog, old)
    write(catalog, new)
    assert catalog.document("d1", new.document.sha256).text == "New."
    with pytest.raises(UnknownDocument):
        catalog.document("d1", old.document.sha256)


def test_a_version_written_again_is_read_anew(catalog: Catalog) -> None:
    """Same text, other metadata and passages: no reader gets the earlier ones."""
    first = change("One. Two.")
    write(catalog, first)
    assert catalog.document("d1").metadata == {}
    second = replace(first.document, metadata={"a": "b"}, title="Other")
    write(catalog, Change(document=second, passages=(passage(second, "Two."),)))
    assert catalog.document("d1") == second
    assert [p.span for p in catalog.passages_of("d1")] == [Span(5, 9)]


def test_listing_goes_by_id_in_pages(catalog: Catalog) -> None:
    """Code point order; ``after`` and ``limit`` walk through all, once each."""
    ids = ["Z", "a", "b/1", "b/2", "é", "日本", "𝔘"]
    write(catalog, *[change("Text.", id=key) for key in reversed(ids)])
    write(catalog, change("Text.", id="m", collection="other"))
    seen: list[str] = []
    while page := catalog.list("default", limit=3, after=seen[-1] if seen else ""):
        seen += [record.id for record in page]
    assert seen == ids
    assert [record.id for record in catalog.list()] == sorted([*ids, "m"])
    assert (catalog.count(), catalog.count("default"), catalog.count("none")) == (8, 7, 0)
    assert catalog.collections() == {"default", "other"}


def test_documents_without_passages_are_no_version_to_index(catalog: Catalog) -> None:
    """They are listed, but an index has nothing to hold of them."""
    write(catalog, change(""))
    assert catalog.count() == 1
    assert catalog.versions("default") == set()


def test_the_generation_rises_with_each_commit(catalogs: Opener[Catalog]) -> None:
    """And survives reopening; beginning and settling don't count."""
    catalog = catalogs.open()
    before = catalog.generation()
    write(catalog, change("One."))
    write(catalog, change("Two."))
    assert catalogs.reopened(catalog).generation() == before + 2


def test_the_fingerprint_is_kept(catalogs: Opener[Catalog]) -> None:
    """None until it is set; the last one set holds."""
    catalog = catalogs.open()
    assert catalog.fingerprint() is None
    catalog.set_fingerprint("a")
    catalog.set_fingerprint("b")
    assert catalogs.reopened(catalog).fingerprint() == "b"


def test_many_ids_are_asked_at_once(catalog: Catalog) -> None:
    """Thousands, unknown ones among them, odd characters too."""
    changes = [change("Text.", id=f"d'{i}\"") for i in range(300)]
    write(catalog, *changes)
    ids = [c.passages[0].id for c in changes]
    assert set(catalog.passages([*ids, *map(str, range(5_000))])) == set(ids)
    assert len(catalog.documents([c.document.id for c in changes])) == 300


def test_a_sound_catalog_passes_its_check(catalog: Catalog) -> None:
    """And vacuum changes nothing of what is stored."""
    write(catalog, rich(), change("Text."))
    write(catalog, removals=(("default", "d1"),))
    catalog.vacuum()
    catalog.check()
    assert catalog.document("rich") == rich().document


def test_a_moved_document_keeps_all_but_its_place(catalogs: Opener[Catalog]) -> None:
    """Id, version and passages stay; every reader sees the new uri at once."""
    catalog, given = catalogs.open(), rich()
    write(catalog, given)
    assert catalog.document("rich").uri == given.document.uri
    move = Move(collection="Other ☂", document_id="rich", uri="b/rich.html", source="folder2")
    catalog.record_intents([], [])
    catalog.commit([], [], [move])
    assert catalog.document("rich") == replace(given.document, uri="b/rich.html")
    catalog = catalogs.reopened(catalog)
    assert catalog.passages_of("rich") == list(given.passages)
    record = catalog.find_by_uri("Other ☂", "b/rich.html")
    assert record is not None
    assert (record.id, record.source, record.version) == ("rich", "folder2", given.document.sha256)
    assert catalog.find_by_uri("Other ☂", given.document.uri) is None
    assert catalog.find_by_uri("default", "b/rich.html") is None


def test_a_move_of_nothing_undoes_the_whole_commit(catalog: Catalog) -> None:
    """The rest of it isn't done either."""
    new = change("New text.")
    catalog.record_intents([new], [])
    with pytest.raises(UnknownDocument):
        catalog.commit([new], [], [Move(collection="default", document_id="nope", uri="x")])
    assert catalog.count() == 0


def test_documents_are_listed_by_metadata_and_place(catalog: Catalog) -> None:
    """All pairs must be there, exactly; odd names and values are only names and values."""
    for key, metadata in {
        "a": {"team": "hr", "year": "2025"},
        "b": {"team": "hr"},
        "c": {"team": "HR", '"odd$.name': "it's"},
        "d": {},
    }.items():
        write(catalog, change(f"Text {key}.", id=key, metadata=metadata))

    def listed(**filters: str) -> list[str]:
        return [record.id for record in catalog.list("default", filters=filters)]

    assert listed(team="hr") == ["a", "b"]
    assert listed(team="hr", year="2025") == ["a"]
    assert listed(**{'"odd$.name': "it's"}) == ["c"]
    assert listed(team="") == []
    assert listed() == ["a", "b", "c", "d"]
    assert [r.id for r in catalog.list(after="a", limit=1, filters={"team": "hr"})] == ["b"]
    assert [r.id for r in catalog.list(under="notes/c")] == ["c"]
    assert catalog.list(under="notes/%") == []
    assert catalog.matching_versions("default", {"team": "hr"}) == {
        (key, catalog.document(key).sha256) for key in ("a", "b")
    }
    assert catalog.matching_versions("other", {"team": "hr"}) == set()
