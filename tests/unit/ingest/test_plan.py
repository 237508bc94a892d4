"""A plan compares a folder's files with the catalog's records."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.plan import ListedFile, new_document_id, plan, reads_the_same
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


def file(uri: str, digest: str) -> ListedFile:
    return ListedFile(uri=uri, key=f"/{uri}", size=1, fingerprint=digest)


@given(st.dictionaries(names, hashes), st.dictionaries(names, hashes))
def test_every_file_and_every_record_has_one_outcome(stored: dict[str, str], files: dict[str, str]) -> None:
    """None has two outcomes or none, and applying the plan makes the catalog equal to the folder."""
    planned = plan([record(*item) for item in stored.items()], [file(*item) for item in files.items()])
    uris = [f.uri for f in (*planned.added, *planned.changed, *planned.unchanged)]
    uris += [new.uri for _, new in planned.renamed]
    assert sorted(uris) == sorted(files)
    after = dict(stored)
    for gone in (*planned.removed, *(old for old, _ in planned.renamed)):
        del after[gone.uri]
    moved = [new for _, new in planned.to_move]
    after |= {f.uri: f.fingerprint for f in (*planned.to_read, *moved)}
    assert not {f.uri for f in planned.to_read} & {f.uri for f in moved}
    assert after == files
    assert all(stored[f.uri] == files[f.uri] for f in planned.unchanged)
    assert all(old.source_sha256 == new.fingerprint for old, new in planned.renamed)


def test_documents_of_unreadable_files_and_folders_stay() -> None:
    """A document whose uri only begins like an unreadable folder's is removed."""
    planned = plan([record("c/d", "1"), record("cc", "1"), record("a", "1")], [], unreadable=["c", "a"])
    assert [gone.uri for gone in planned.removed] == ["cc"]


def test_files_of_the_same_bytes_are_renamed_one_to_one() -> None:
    """Two copies moved are two renames; a third copy is an addition."""
    planned = plan([record("a", "1"), record("b", "1")], [file("x", "1"), file("y", "1"), file("z", "1")])
    assert [(old.uri, new.uri) for old, new in planned.renamed] == [("a", "x"), ("b", "y")]
    assert [f.uri for f in planned.added] == ["z"]


def test_ids_differ_by_collection_and_uri() -> None:
    """The same uri in another collection is another document; ids are 16 hex digits."""
    ids = {new_document_id(c, u) for c in ("a", "b") for u in ("x", "y")}
    assert len(ids) == 4
    assert all(len(i) == 16 and int(i, 16) >= 0 for i in ids)


def test_an_id_in_use_is_not_used_again() -> None:
    """A renamed document keeps its id, so that a new file at its old uri gets another."""
    first = new_document_id("a", "x")
    second = new_document_id("a", "x", {first})
    assert new_document_id("a", "x", {first, second}) not in {first, second}
    assert second != first


@pytest.mark.parametrize(
    ("old", "title", "new", "expected"),
    [
        ("n/on-call.md", "Rota", "n/rota.md", True),
        ("n/on-call.md", "on call", "n/rota.md", False),  # its name is its title
        ("n/on-call.md", "on call", "m/deep/on-call.md", True),
        ("n/on-call.md", "Rota", "n/on-call.txt", False),  # another format
        ("n/on-call.md", "Rota", "n/on-call.MD", True),
    ],
)
def test_a_rename_is_read_again_only_where_the_name_matters(
    old: str, title: str, new: str, expected: bool
) -> None:
    """Format and title may come from the name; else the document stays the same."""
    assert reads_the_same(record(old, "1", title), file(new, "1")) is expected
