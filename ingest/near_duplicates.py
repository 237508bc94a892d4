"""Documents that say nearly the same: old copies, drafts, the handbook in two folders.

MinHash over runs of five words estimates how much of two texts is shared (Broder 1997, "On the
resemblance and containment of documents"); of all pairs only those are compared that agree in one of 32
bands (Indyk and Motwani 1998). Written with arrays rather than with the ``datasketch`` library: that one
keeps a dictionary for each band, hundreds of megabytes at 100,000 documents where these sorts take 50.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol
from zlib import crc32

from rag.ports.catalog import Catalog

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Signature = NDArray[np.uint32]

ALIKE = 0.8  # of all runs of words that either text has, the share that both have
_WORDS = 5
_LEAST = 20  # runs of words; shorter texts are alike by chance
_HASHES, _BANDS = 128, 32
_AT_ONCE = 512
_FACTOR = 0x9E3779B97F4A7C15
_WORD = re.compile(r"\w+")


class SignatureStore(Protocol):
    """Keeps what was computed of each document version, for the next time."""

    def load(self, collection: str) -> Mapping[str, tuple[str, bytes]]:
        """``(version, signature)`` by document id."""
        ...

    def update(self, collection: str, put: Iterable[tuple[str, str, bytes]], gone: Iterable[str]) -> None:
        """Puts ``(document id, version, signature)``s, and forgets documents."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Documents of which each is nearly the same as another of them; ``similarity`` of the least like two
    that were compared, 1 for the same text."""

    uris: tuple[str, ...]
    similarity: float


def find_near_duplicates(catalog: Catalog, store: SignatureStore, collection: str) -> tuple[Alike, ...]:
    """All groups of a collection, ordered by their first uri. Only new versions are read.

    Raises:
        StorageError: the store can't be used.
    """
    import numpy as np

    records = {record.id: record for record in catalog.list(collection)}
    known = store.load(collection)
    fresh = [key for key, record in records.items() if known.get(key, ("",))[0] != record.version]
    made = [(key, records[key].version, signature(catalog.document(key).text).tobytes()) for key in fresh]
    store.update(collection, made, known.keys() - records.keys())
    held = {key: found for key, (_, found) in known.items() if key in records}
    held |= {key: found for key, _, found in made}
    keys = sorted((key for key in held if held[key]), key=lambda key: records[key].uri)
    if len(keys) < 2:
        return ()
    table = np.frombuffer(b"".join(held[key] for key in keys), np.uint32).reshape(len(keys), _HASHES)
    groups = (
        Alike(uris=tuple(sorted(records[keys[i]].uri for i in group)), similarity=least)
        for group, least in _groups(table)
    )
    return tuple(sorted(groups, key=lambda group: group.uris))


def signature(text: str) -> Signature:
    """128 MinHash values; none of a text that is too short to be compared."""
    import numpy as np

    words = np.fromiter((crc32(word.encode()) for word in _words(text)), np.uint64)
    if len(words) < _LEAST + _WORDS - 1:
        return np.zeros(0, np.uint32)
    runs = np.zeros(len(words) - _WORDS + 1, np.uint64)
    for offset in range(_WORDS):  # a polynomial in the words' hashes, modulo 2^64
        runs = runs * np.uint64(_FACTOR) + words[offset : offset + len(runs)]
    runs = np.unique(runs ^ (runs >> np.uint64(29)))
    if len(runs) < _LEAST:
        return np.zeros(0, np.uint32)
    factors, terms = _hashes()
    least = np.full(_HASHES, np.iinfo(np.uint32).max, np.uint32)
    for start in range(0, len(runs), _AT_ONCE):
        hashed = factors * runs[start : start + _AT_ONCE] + terms
        least = np.minimum(least, (hashed.min(axis=1) >> np.uint64(32)).astype(np.uint32))
    return least


@cache
def _hashes() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Factors and terms of the hash functions: the same for every text, for ever."""
    import numpy as np

    draw = np.random.default_rng(2026)
    factors = draw.integers(1, 2**63, (_HASHES, 1), np.uint64) | np.uint64(1)
    return factors, draw.integers(0, 2**63, (_HASHES, 1), np.uint64)


def _words(text: str) -> Iterator[str]:
    return (word[0].casefold() for word in _WORD.finditer(text.encode("utf-8", "replace").decode()))


def _groups(table: Signature) -> Iterator[tuple[list[int], float]]:
    """Rows that hang together by pairs that are alike, with the least similarity among those pairs."""
    leader = list(range(len(table)))
    least: dict[int, float] = defaultdict(lambda: 1.0)

    def context_span(row: int) -> int:
        while leader[row] != row:
            leader[row] = leader[leader[row]]
            row = leader[row]
        return row

    for one, other in _neighbours(table):
        a, b = context_span(one), context_span(other)
        similarity = float((table[one] == table[other]).mean())
        if a == b or similarity < ALIKE:
            continue
        leader[b] = a
        least[a] = round(min(least[a], least[b], similarity), 2)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for row in range(len(table)):
        groups[context_span(row)].append(row)
    return ((rows, least[first]) for first, rows in groups.items() if len(rows) > 1)


def _neighbours(table: Signature) -> Iterator[tuple[int, int]]:
    """Pairs that agree in a band: those that lie side by side when rows are sorted by it."""
    import numpy as np

    for band in np.split(table, _BANDS, axis=1):
        keys = np.zeros(len(table), np.uint64)
        for column in band.T:
            keys = keys * np.uint64(_FACTOR) + column
        order = np.argsort(keys)
        same = keys[order[1:]] == keys[order[:-1]]
        for place in np.flatnonzero(same):
            yield int(order[place]), int(order[place + 1])
