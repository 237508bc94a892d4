"""Near-duplicates are found by what they share, and each version is read once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import cast

import pytest

from ingest.near_duplicates import ALIKE, Alike, find_near_duplicates, signature
from rag.adapters.sqlite.signatures import SqliteSignatures
from rag.ports.catalog import Catalog, Change
from tests.fakes.memory_library import MemoryLibrary
from tests.samples import document

WORDS = [f"{a}{b}" for a in "bcdfghklmnprst" for b in ("anto", "elim", "ikor", "obed", "usta", "ymer", "ari")]


def text(seed: int, words: int = 400) -> str:
    return " ".join(Random(seed).choices(WORDS, k=words))


def edited(source: str, every: int) -> str:
    """Each so many-th word is another one."""
    words = source.split()
    words[::every] = ["edited"] * len(words[::every])
    return " ".join(words)


def shared(one: str, other: str) -> float:
    """The share of five-word runs that both have, counted."""
    runs = [{tuple(t.split()[i : i + 5]) for i in range(len(t.split()) - 4)} for t in (one, other)]
    return len(runs[0] & runs[1]) / len(runs[0] | runs[1])


class Shelf(MemoryLibrary):
    """Documents by id; counts how often a text is read."""

    read = 0

    def put(self, **texts: str) -> None:
        for key, content in texts.items():
            self.write([Change(document=document(content, id=key), passages=())])

    def document(self, key: str) -> object:
        self.read += 1
        return self.changes["default", key].document


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteSignatures]:
    opened = SqliteSignatures(tmp_path / "s.sqlite3")
    yield opened
    opened.close()


def found(shelf: Shelf, store: SqliteSignatures) -> list[list[str]]:
    alike = find_near_duplicates(cast(Catalog, shelf), store, "default")
    return [[uri.removeprefix("notes/").removesuffix(".txt") for uri in group.uris] for group in alike]


@pytest.mark.parametrize("every", [400, 100, 60, 40, 20, 10])
def test_signatures_estimate_what_is_shared(every: int) -> None:
    """Within a tenth of the share that is counted."""
    one = text(1)
    other = edited(one, every)
    estimate = float((signature(one) == signature(other)).mean())
    assert estimate == pytest.approx(shared(one, other), abs=0.1)


def test_copies_and_drafts_are_grouped(store: SqliteSignatures) -> None:
    """A copy, a copy in capitals and a draft; others and what only shares a part are not."""
    shelf = Shelf()
    one = text(1)
    half = f"{one[: len(one) // 2]} {text(3, 200)}"
    shelf.put(a=one, b=one.upper().replace(" ", ",  "), c=edited(one, 100), d=half, e=text(2))
    alike = find_near_duplicates(cast(Catalog, shelf), store, "default")
    assert found(shelf, store) == [["a", "b", "c"]]
    assert ALIKE <= alike[0].similarity < 1
    shelf.put(f=text(2))
    assert found(shelf, store) == [["a", "b", "c"], ["e", "f"]]
    assert Alike(uris=("notes/e.txt", "notes/f.txt"), similarity=1.0) in find_near_duplicates(
        cast(Catalog, shelf), store, "default"
    )


def test_short_texts_are_not_compared(store: SqliteSignatures) -> None:
    """A line, and the same few words again and again, are alike by chance."""
    shelf = Shelf()
    shelf.put(a="Closed on Mondays.", b="Closed on Mondays.", c="very " * 100, d="very " * 90, e="")
    assert found(shelf, store) == []


def test_each_version_is_read_once(store: SqliteSignatures) -> None:
    """Unchanged ones never again; those that are gone are forgotten."""
    shelf = Shelf()
    shelf.put(a=text(1), b=text(2), c="short")
    assert found(shelf, store) == []
    assert shelf.read == 3
    shelf.put(b=text(1))
    assert found(shelf, store) == [["a", "b"]]
    assert shelf.read == 4
    shelf.write([], [("default", "a")])
    assert found(shelf, store) == []
    assert set(store.load("default")) == {"b", "c"}


def test_many_copies_are_one_group(store: SqliteSignatures) -> None:
    """Not a pair for every two of them."""
    shelf = Shelf()
    shelf.put(**{f"d{n:03}": edited(text(1), 390 + n % 3) for n in range(200)})
    [group] = found(shelf, store)
    assert len(group) == 200


def test_half_characters_are_no_obstacle() -> None:
    """A lone surrogate is a character like another."""
    assert len(signature(f"{text(1)} \ud800")) == 128
