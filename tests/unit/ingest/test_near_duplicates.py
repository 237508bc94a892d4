"""Near-duplicates are grouped by the shingles that they share, and each version is read once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import cast

import pytest

from ingest.near_duplicates import SIMILARITY_THRESHOLD, NearDuplicates, find_near_duplicates, signature
from rag.adapters.sqlite.signatures import SqliteSignatures
from rag.ports.catalog import Catalog, Change
from tests.fakes.memory_library import MemoryLibrary
from tests.samples import document

WORDS = [f"{a}{b}" for a in "bcdfghklmnprst" for b in ("anto", "elim", "ikor", "obed", "usta", "ymer", "ari")]


def text(seed: int, words: int = 400) -> str:
    return " ".join(Random(seed).choices(WORDS, k=words))


def edited(source: str, every: int) -> str:
    """The text with each ``every``-th word replaced."""
    words = source.split()
    words[::every] = ["edited"] * len(words[::every])
    return " ".join(words)


def shared(one: str, other: str) -> float:
    """The Jaccard similarity of two texts' shingles of five words."""
    shingles = [{tuple(t.split()[i : i + 5]) for i in range(len(t.split()) - 4)} for t in (one, other)]
    return len(shingles[0] & shingles[1]) / len(shingles[0] | shingles[1])


class CountingLibrary(MemoryLibrary):
    """Documents by id; counts how often a text is read."""

    reads = 0

    def put(self, **texts: str) -> None:
        for key, content in texts.items():
            self.write([Change(document=document(content, id=key), passages=())])

    def document(self, key: str) -> object:
        self.reads += 1
        return self.changes["default", key].document


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteSignatures]:
    opened = SqliteSignatures(tmp_path / "s.sqlite3")
    yield opened
    opened.close()


def groups_of(library: CountingLibrary, store: SqliteSignatures) -> list[list[str]]:
    groups = find_near_duplicates(cast(Catalog, library), store, "default")
    return [[uri.removeprefix("notes/").removesuffix(".txt") for uri in group.uris] for group in groups]


@pytest.mark.parametrize("every", [400, 100, 60, 40, 20, 10])
def test_signatures_estimate_the_similarity(every: int) -> None:
    """Within 0.1 of the similarity of all shingles."""
    one = text(1)
    other = edited(one, every)
    estimate = float((signature(one) == signature(other)).mean())
    assert estimate == pytest.approx(shared(one, other), abs=0.1)


def test_copies_and_drafts_are_grouped(store: SqliteSignatures) -> None:
    """A copy, a copy in capitals and a draft; another text and one that shares a half are not."""
    library = CountingLibrary()
    one = text(1)
    half = f"{one[: len(one) // 2]} {text(3, 200)}"
    library.put(a=one, b=one.upper().replace(" ", ",  "), c=edited(one, 100), d=half, e=text(2))
    groups = find_near_duplicates(cast(Catalog, library), store, "default")
    assert groups_of(library, store) == [["a", "b", "c"]]
    assert SIMILARITY_THRESHOLD <= groups[0].similarity < 1
    library.put(f=text(2))
    assert groups_of(library, store) == [["a", "b", "c"], ["e", "f"]]
    assert NearDuplicates(uris=("notes/e.txt", "notes/f.txt"), similarity=1.0) in find_near_duplicates(
        cast(Catalog, library), store, "default"
    )


def test_short_texts_are_not_compared(store: SqliteSignatures) -> None:
    """Nor are texts of few different shingles: these are similar by chance."""
    library = CountingLibrary()
    library.put(a="Closed on Mondays.", b="Closed on Mondays.", c="very " * 100, d="very " * 90, e="")
    assert groups_of(library, store) == []


def test_each_version_is_read_once(store: SqliteSignatures) -> None:
    """Unchanged documents aren't read again; signatures of removed ones are deleted."""
    library = CountingLibrary()
    library.put(a=text(1), b=text(2), c="short")
    assert groups_of(library, store) == []
    assert library.reads == 3
    library.put(b=text(1))
    assert groups_of(library, store) == [["a", "b"]]
    assert library.reads == 4
    library.write([], [("default", "a")])
    assert groups_of(library, store) == []
    assert set(store.load("default")) == {"b", "c"}


def test_many_copies_are_one_group(store: SqliteSignatures) -> None:
    """All 200 of them, rather than pairs."""
    library = CountingLibrary()
    library.put(**{f"d{n:03}": edited(text(1), 390 + n % 3) for n in range(200)})
    [group] = groups_of(library, store)
    assert len(group) == 200


def test_a_text_with_a_lone_surrogate_has_a_signature() -> None:
    """It is a character like another."""
    assert len(signature(f"{text(1)} \ud800")) == 128
