"""The laws of ``Catalog``: the fake, SQLite and PostgreSQL keep them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.adapters.postgres.catalog import PostgresCatalog
from rag.adapters.postgres.database import Database
from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.errors import UnknownDocument
from rag.ports.catalog import Catalog, Change, Move, Original
from rag.types import Block, BlockKind, Document, Mention, Page, Passage, Section, Span
from tests.contract.opening import Opener, opener
from tests.fakes.storage import MemoryCatalog
from tests.samples import document, passage


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def catalogs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener[Catalog]]:
    state: dict[str, object] = {}

    url = request.getfixturevalue("database_url") if request.param == "postgres" else ""

    def factory() -> Catalog:
        if request.param == "postgres":
            return PostgresCatalog(Database(url), owns=True)
        return MemoryCatalog(state) if request.param == "fake" else SqliteCatalog(tmp_path / "c.sqlite3")

    with opener(factory) as opening:
        yield opening


@pytest.fixture
def catalog(catalogs: Opener[Catalog]) -> Catalog:
    return catalogs.open()


def change(text: str, **more: object) -> Change:
    doc = document(text, **more)  # type: ignore[arg-type]
    return Change(document=doc, passages=(passage(doc, collection=doc.collection),) if text else ())


def write(catalog: Catalog, *changes: Change, removals: tuple[tuple[str, str], ...] = ()) -> None:
    catalog.record_intents(changes, removals)
    catalog.commit(changes, removals)
    catalog.clear_intents()


def rich() -> Change:
    """A change whose document and passage have a value in every field."""
    text = "Rules\nShe paid. 𝔘nicode \ud800 é.\nItem"
    doc = Document(
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
    only_passage = Passage(
        document_id=doc.id,
        version=doc.sha256,
        collection=doc.collection,
        span=Span(6, 29),
        sentences=(Span(6, 15), Span(16, 29)),
        context_spans=(Span(0, 5),),
        mentions=(Mention(span=Span(6, 9), antecedent=Span(0, 5)),),
    )
    return Change(document=doc, passages=(only_passage,), source="folder", source_sha256="ab")


def test_every_field_of_a_document_is_stored(catalogs: Opener[Catalog]) -> None:
    """Text with lone surrogates, layout, metadata, sentences, context spans, mentions."""
    catalog, written = catalogs.open(), rich()
    write(catalog, written)
    catalog = catalogs.reopened(catalog)
    assert catalog.document("rich") == written.document
    assert catalog.passages_of("rich") == list(written.passages)
    record = catalog.list()[0]
    assert (record.source, record.source_sha256, record.passages) == ("folder", "ab", 1)
    assert (record.characters, record.version) == (len(written.document.text), written.document.sha256)


def test_uncommitted_writes_are_not_seen(catalog: Catalog) -> None:
    """Between intents and commit, readers see only the old version."""
    old, new = change("Old text."), change("New text.")
    write(catalog, old)
    catalog.record_intents([new, change("More.", id="d2")], [])
    assert catalog.document("d1").text == "Old text."
    assert catalog.passages([new.passages[0].id]) == {}
    assert catalog.count() == 1
    catalog.commit([new], [])
    assert catalog.document("d1").text == "New text."
    assert catalog.passages([old.passages[0].id, new.passages[0].id]) == {new.passages[0].id: new.passages[0]}


def test_intents_say_what_to_roll_back_or_to_finish(catalogs: Opener[Catalog]) -> None:
    """They are durable, name the version that each replaces, and are gone once cleared."""
    catalog, old, new = catalogs.open(), change("Old."), change("New.")
    write(catalog, old, change("Gone.", id="d2"))
    removed = catalog.document("d2").sha256
    catalog.record_intents([new, change("First.", id="d3")], [("default", "d2")])
    catalog = catalogs.reopened(catalog)
    intents = {i.document_id: (i.version, i.replaces, i.committed) for i in catalog.intents()}
    assert intents == {
        "d1": (new.document.sha256, old.document.sha256, False),
        "d2": (None, removed, False),
        "d3": (change("First.").document.sha256, None, False),
    }
    catalog.commit([new, change("First.", id="d3")], [("default", "d2")])
    catalog = catalogs.reopened(catalog)
    assert all(intent.committed for intent in catalog.intents())
    catalog.clear_intents()
    assert catalogs.reopened(catalog).intents() == []


def test_a_document_may_move_to_another_collection(catalog: Catalog) -> None:
    """There is an intent to remove it from the old collection."""
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


def test_removal_of_an_unknown_document_records_nothing(catalog: Catalog) -> None:
    """Nor are the changes of the same call recorded; a wrong collection makes a document unknown."""
    write(catalog, change("Text."))
    for removal in (("default", "nope"), ("other", "d1")):
        with pytest.raises(UnknownDocument):
            catalog.record_intents([change("New.", id="d2")], [removal])
    assert catalog.intents() == []


def test_a_removed_document_is_gone(catalog: Catalog) -> None:
    """With its passages, record, version and collection."""
    written = change("Text.")
    write(catalog, written)
    write(catalog, removals=(("default", "d1"),))
    with pytest.raises(UnknownDocument):
        catalog.document("d1")
    assert catalog.documents(["d1"]) == {}
    assert catalog.passages([written.passages[0].id]) == {}
    assert catalog.passages_of("d1") == []
    assert catalog.list() == []
    assert catalog.versions("default") == set()
    assert catalog.collections() == set()


def test_only_the_current_version_is_kept(catalog: Catalog) -> None:
    """An earlier version is unknown, so that it can't be cited."""
    old, new = change("Old."), change("New.")
    write(catalog, old)
    write(catalog, new)
    assert catalog.document("d1", new.document.sha256).text == "New."
    with pytest.raises(UnknownDocument):
        catalog.document("d1", old.document.sha256)


def test_a_version_written_again_replaces_the_earlier_one(catalog: Catalog) -> None:
    """With the same text and other metadata and passages; no cache returns the earlier ones."""
    first = change("One. Two.")
    write(catalog, first)
    assert catalog.document("d1").metadata == {}
    second = replace(first.document, metadata={"a": "b"}, title="Other")
    write(catalog, Change(document=second, passages=(passage(second, "Two."),)))
    assert catalog.document("d1") == second
    assert [p.span for p in catalog.passages_of("d1")] == [Span(5, 9)]


def test_listings_are_ordered_by_id_and_paged(catalog: Catalog) -> None:
    """In the order of code points; ``after`` and ``limit`` give each record once."""
    ids = ["Z", "a", "b/1", "b/2", "é", "日本", "𝔘"]
    write(catalog, *[change("Text.", id=key) for key in reversed(ids)])
    write(catalog, change("Text.", id="m", collection="other"))
    listed: list[str] = []
    while page := catalog.list("default", limit=3, after=listed[-1] if listed else ""):
        listed += [record.id for record in page]
    assert listed == ids
    assert [record.id for record in catalog.list()] == sorted([*ids, "m"])
    assert (catalog.count(), catalog.count("default"), catalog.count("none")) == (8, 7, 0)
    assert catalog.collections() == {"default", "other"}


def test_a_document_without_passages_has_no_version_to_index(catalog: Catalog) -> None:
    """It is listed, but has no rows in an index."""
    write(catalog, change(""))
    assert catalog.count() == 1
    assert catalog.versions("default") == set()


def test_the_generation_rises_with_each_commit(catalogs: Opener[Catalog]) -> None:
    """By one; it is durable; intents don't change it."""
    catalog = catalogs.open()
    generation = catalog.generation()
    write(catalog, change("One."))
    write(catalog, change("Two."))
    assert catalogs.reopened(catalog).generation() == generation + 2


def test_the_fingerprint_is_durable(catalogs: Opener[Catalog]) -> None:
    """It is None at first, then the last one set."""
    catalog = catalogs.open()
    assert catalog.fingerprint() is None
    catalog.set_fingerprint("a")
    catalog.set_fingerprint("b")
    assert catalogs.reopened(catalog).fingerprint() == "b"


def test_thousands_of_ids_in_one_call(catalog: Catalog) -> None:
    """Unknown ones and quotes in ids included."""
    changes = [change("Text.", id=f"d'{i}\"") for i in range(300)]
    write(catalog, *changes)
    ids = [c.passages[0].id for c in changes]
    assert set(catalog.passages([*ids, *map(str, range(5_000))])) == set(ids)
    assert len(catalog.documents([c.document.id for c in changes])) == 300


def test_a_sound_catalog_passes_its_check(catalog: Catalog) -> None:
    """Also after vacuum, which changes no document."""
    write(catalog, rich(), change("Text."))
    write(catalog, removals=(("default", "d1"),))
    catalog.vacuum()
    catalog.check()
    assert catalog.document("rich") == rich().document


def test_a_moved_document_changes_only_its_uri_and_source(catalogs: Opener[Catalog]) -> None:
    """Id, version and passages stay; no cache returns the old uri."""
    catalog, written = catalogs.open(), rich()
    write(catalog, written)
    assert catalog.document("rich").uri == written.document.uri
    move = Move(collection="Other ☂", document_id="rich", uri="b/rich.html", source="folder2")
    catalog.record_intents([], [])
    catalog.commit([], [], [move])
    assert catalog.document("rich") == replace(written.document, uri="b/rich.html")
    catalog = catalogs.reopened(catalog)
    assert catalog.passages_of("rich") == list(written.passages)
    record = catalog.find_by_uri("Other ☂", "b/rich.html")
    assert record is not None
    assert (record.id, record.source, record.version) == ("rich", "folder2", written.document.sha256)
    assert catalog.find_by_uri("Other ☂", written.document.uri) is None
    assert catalog.find_by_uri("default", "b/rich.html") is None


def test_a_move_of_an_unknown_document_rolls_back_the_commit(catalog: Catalog) -> None:
    """With all its other changes."""
    new = change("New text.")
    catalog.record_intents([new], [])
    with pytest.raises(UnknownDocument):
        catalog.commit([new], [], [Move(collection="default", document_id="nope", uri="x")])
    assert catalog.count() == 0


def test_listings_are_filtered_by_metadata_and_uri(catalog: Catalog) -> None:
    """All pairs have to be equal; quotes and wildcards have no meaning."""
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


def with_original(text: str, data: bytes, **more: object) -> Change:
    return replace(change(text, **more), original=Original.of(data, "a/b.md", "text/markdown"))


def test_a_document_has_the_record_of_its_file(catalog: Catalog) -> None:
    """Until a version without a file, or its removal; one without a file, or unknown, has none."""
    write(catalog, with_original("One.", b"1", id="one"), change("Two.", id="two"))
    record = catalog.original("one")
    assert record is not None
    assert (record.name, record.media_type, record.size) == ("b.md", "text/markdown", 1)
    assert catalog.original("two") is None
    assert catalog.original("nowhere") is None
    write(catalog, change("One again.", id="one"))
    assert catalog.original("one") is None
    write(catalog, with_original("One.", b"1", id="one"))
    write(catalog, removals=(("default", "one"),))
    assert catalog.original("one") is None
    assert catalog.originals() == {}
    assert catalog.original_bytes() == 0


def test_files_are_listed_once_for_all_documents_that_have_them(catalog: Catalog) -> None:
    """By hash with their sizes: of some documents, or of all."""
    same = (with_original("One.", b"same", id="one"), with_original("Two.", b"same", id="two"))
    write(catalog, *same, with_original("Three.", b"other", id="three"))
    one, three = catalog.original("one"), catalog.original("three")
    assert one is not None
    assert three is not None
    assert catalog.originals() == {one.sha256: 4, three.sha256: 5}
    assert catalog.originals(["two", "nowhere"]) == {one.sha256: 4}
    assert catalog.originals([]) == {}
    assert catalog.original_sizes([three.sha256, "0" * 64]) == {three.sha256: 5}
    assert catalog.original_sizes([]) == {}
    assert catalog.original_bytes() == 9


def test_a_moved_document_names_its_file_anew(catalog: Catalog) -> None:
    """By the last part of its uri; the bytes stay."""
    write(catalog, with_original("One.", b"1", id="one"))
    catalog.commit((), (), [Move(collection="default", document_id="one", uri="new/name.md")])
    record = catalog.original("one")
    assert record is not None
    assert (record.name, record.size) == ("name.md", 1)


def test_all_files_can_be_dropped(catalog: Catalog) -> None:
    """The documents stay."""
    write(catalog, with_original("One.", b"1", id="one"))
    catalog.drop_originals()
    assert catalog.original("one") is None
    assert catalog.document("one").text == "One."


def test_listings_are_searched_by_title_and_uri(catalog: Catalog) -> None:
    """For a text anywhere in either, whatever its case; wildcards have no meaning."""
    for key, title in (("a", "Travel rules"), ("b", "Pay 100%"), ("c", "Leave")):
        write(catalog, change("Text.", id=key, title=title))

    def listed(text: str) -> list[str]:
        return [record.id for record in catalog.list(containing=text)]

    assert (listed("RULES"), listed("0%"), listed("%"), listed("nothing")) == (["a"], ["b"], ["b"], [])
    assert listed("notes/c") == ["c"]
    assert [record.id for record in catalog.list("none", containing="rules")] == []


def _with_readers(text: str, readers: tuple[str, ...] | None, **more: object) -> Change:
    return replace(change(text, **more), readers=readers)


def test_documents_are_hidden_from_who_is_no_reader(catalogs: Opener[Catalog]) -> None:
    """One of the groups suffices; no readers at all is for everybody, an empty list for nobody."""
    catalog = catalogs.open()
    write(
        catalog,
        _with_readers("All.", None, id="all"),
        _with_readers("Two.", ("hr", "board"), id="two"),
        _with_readers("None.", (), id="none", collection="other"),
    )
    for opened in (catalog, catalogs.reopened(catalog)):
        assert opened.hidden_from(frozenset()) == {"two": "default", "none": "other"}
        assert opened.hidden_from({"hr"}) == {"none": "other"}
        assert opened.hidden_from({"board", "x"}) == {"none": "other"}
        assert opened.hidden_from({"", "HR"}) == {"two": "default", "none": "other"}
        assert opened.readers(["all", "two", "none", "x"]) == {"two": ("board", "hr"), "none": ()}


def test_readers_are_those_of_the_last_version(catalog: Catalog) -> None:
    """They change with a commit, stay where the document moves, and go with it."""
    write(catalog, _with_readers("One.", ("hr",), id="a"))
    catalog.commit((), (), [Move(collection="default", document_id="a", uri="new")])
    assert catalog.readers(["a"]) == {"a": ("hr",)}
    write(catalog, _with_readers("One.", ("board",), id="a"))
    assert catalog.readers(["a"]) == {"a": ("board",)}
    write(catalog, _with_readers("One.", None, id="a"))
    assert catalog.hidden_from(frozenset()) == {}
    write(catalog, _with_readers("One.", ("board",), id="a"))
    write(catalog, removals=(("default", "a"),))
    assert catalog.hidden_from(frozenset()) == {}
    write(catalog, change("One.", id="a"))
    assert catalog.readers(["a"]) == {}
