"""A plan says what a folder's files mean for what the catalog holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.plan import FoundFile, document_id, plan, reads_alike
from rag.ports.catalog import DocumentRecord

names = st.sampled_from(["a", "b", "c/d", "c/e", "f"])
hashes = st.sampled_from(["1", "2", "3"])


def record(uri: str, digest: str, title: str = "") -> DocumentRecord:
    return DocumentRecord(
        id=uri,
        collection="default",
        uri=uri,
        title=title or uri,
        media_type="text/plain",
        version="v",
        characters=1,
        passages=1,
        updated_at="",
        source="/r",
        source_sha256=digest,
    )


def file(uri: str, digest: str) -> FoundFile:
    return FoundFile(uri=uri, path=f"/{uri}", size=1, sha256=digest)


@given(st.dictionaries(names, hashes), st.dictionaries(names, hashes))
def test_every_file_and_every_record_has_one_fate(held: dict[str, str], there: dict[str, str]) -> None:
    """Nothing is planned twice or forgotten, and applying the plan makes the catalog the folder."""
    todo = plan([record(*item) for item in held.items()], [file(*item) for item in there.items()])
    fates = [f.uri for f in (*todo.added, *todo.changed, *todo.unchanged)]
    fates += [new.uri for _, new in todo.renamed]
    assert sorted(fates) == sorted(there)
    after = dict(held)
    for gone in (*todo.removed, *(old for old, _ in todo.renamed)):
        del after[gone.uri]
    moved = [new for _, new in todo.to_move]
    after |= {f.uri: f.sha256 for f in (*todo.to_read, *moved)}
    assert not {f.uri for f in todo.to_read} & {f.uri for f in moved}
    assert after == there
    assert all(held[f.uri] == there[f.uri] for f in todo.unchanged)
    assert all(old.source_sha256 == new.sha256 for old, new in todo.renamed)


def test_what_could_not_be_seen_is_not_removed() -> None:
    """A file or a folder that failed keeps its documents; one with a like name doesn't profit."""
    todo = plan([record("c/d", "1"), record("cc", "1"), record("a", "1")], [], unknown=["c", "a"])
    assert [gone.uri for gone in todo.removed] == ["cc"]


def test_twins_are_renamed_one_to_one() -> None:
    """Two copies moved are two renames; a third copy is an addition."""
    todo = plan([record("a", "1"), record("b", "1")], [file("x", "1"), file("y", "1"), file("z", "1")])
    assert [(old.uri, new.uri) for old, new in todo.renamed] == [("a", "x"), ("b", "y")]
    assert [f.uri for f in todo.added] == ["z"]


def test_ids_differ_by_collection_and_uri() -> None:
    """The same uri in another collection is another document; ids are 16 hex digits."""
    ids = {document_id(c, u) for c in ("a", "b") for u in ("x", "y")}
    assert len(ids) == 4
    assert all(len(i) == 16 and int(i, 16) >= 0 for i in ids)


def test_a_taken_id_is_not_given_again() -> None:
    """A document that was renamed keeps its id, so that a new file at its old place gets another."""
    first = document_id("a", "x")
    second = document_id("a", "x", {first})
    assert document_id("a", "x", {first, second}) not in {first, second}
    assert second != first


@pytest.mark.parametrize(
    ("old", "title", "new", "alike"),
    [
        ("n/on-call.md", "Rota", "n/rota.md", True),
        ("n/on-call.md", "on call", "n/rota.md", False),  # its name is its title
        ("n/on-call.md", "on call", "m/deep/on-call.md", True),
        ("n/on-call.md", "Rota", "n/on-call.txt", False),  # another reader reads it
        ("n/on-call.md", "Rota", "n/on-call.MD", True),
    ],
)
def test_a_rename_is_read_again_only_where_the_name_matters(
    old: str, title: str, new: str, alike: bool
) -> None:
    """Format and title may come from the name; else nothing of the document changes."""
    assert reads_alike(record(old, "1", title), file(new, "1")) is alike
