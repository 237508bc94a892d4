"""Near-duplicates: documents with nearly the same text, such as old copies, drafts and copied folders.

MinHash over shingles of five words estimates the Jaccard similarity of two texts (Broder 1997, "On the
resemblance and containment of documents"); only pairs that agree in one of 32 bands are compared
(locality-sensitive hashing, Indyk and Motwani 1998). The ``datasketch`` library keeps a dictionary for each
band: hundreds of megabytes at 100,000 documents, where these sorted arrays take 50.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from zlib import crc32

from rag.ports.catalog import Catalog
from rag.ports.signatures import SignatureStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Signature = NDArray[np.uint32]

SIMILARITY_THRESHOLD = 0.8  # Jaccard: of all shingles that either text has, the share that both have
_SHINGLE_WORDS = 5
_MIN_SHINGLES = 20  # shorter texts are similar by chance
_HASHES, _BANDS = 128, 32
_SHINGLES_PER_BATCH = 512  # hashed at once, to bound memory
_FACTOR = 0x9E3779B97F4A7C15
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NearDuplicates:
    """A group of documents, each nearly the same as another of them; ``similarity`` (0 to 1) is the lowest
    of the pairs that join the group."""

    uris: tuple[str, ...]
    similarity: float


def find_near_duplicates(
    catalog: Catalog, store: SignatureStore, collection: str
) -> tuple[NearDuplicates, ...]:
    """All groups of a collection, ordered by their first uri. Only new versions of documents are read.

    Raises:
        StorageError: the store can't be used.
    """
    import numpy as np

    records = {record.id: record for record in catalog.list(collection)}
    stored = store.load(collection)
    stale = [key for key, record in records.items() if stored.get(key, ("",))[0] != record.version]
    computed = [(key, records[key].version, signature(catalog.document(key).text).tobytes()) for key in stale]
    store.update(collection, computed, stored.keys() - records.keys())
    signatures = {key: data for key, (_, data) in stored.items() if key in records}
    signatures |= {key: data for key, _, data in computed}
    keys = sorted((key for key in signatures if signatures[key]), key=lambda key: records[key].uri)
    if len(keys) < 2:
        return ()
    table = np.frombuffer(b"".join(signatures[key] for key in keys), np.uint32).reshape(len(keys), _HASHES)
    groups = (
        NearDuplicates(uris=tuple(sorted(records[keys[row]].uri for row in rows)), similarity=similarity)
        for rows, similarity in _groups(table)
    )
    return tuple(sorted(groups, key=lambda group: group.uris))


def signature(text: str) -> Signature:
    """A text's 128 MinHash values (uint32); none if the text is too short to be compared."""
    import numpy as np

    words = np.fromiter((crc32(word.encode()) for word in _words(text)), np.uint64)
    if len(words) < _MIN_SHINGLES + _SHINGLE_WORDS - 1:
        return np.zeros(0, np.uint32)
    shingles = np.zeros(len(words) - _SHINGLE_WORDS + 1, np.uint64)
    for offset in range(_SHINGLE_WORDS):  # a polynomial in the words' hashes, modulo 2^64
        shingles = shingles * np.uint64(_FACTOR) + words[offset : offset + len(shingles)]
    shingles = np.unique(shingles ^ (shingles >> np.uint64(29)))
    if len(shingles) < _MIN_SHINGLES:
        return np.zeros(0, np.uint32)
    factors, terms = _hash_functions()
    minima = np.full(_HASHES, np.iinfo(np.uint32).max, np.uint32)
    for start in range(0, len(shingles), _SHINGLES_PER_BATCH):
        hashed = factors * shingles[start : start + _SHINGLES_PER_BATCH] + terms
        minima = np.minimum(minima, (hashed.min(axis=1) >> np.uint64(32)).astype(np.uint32))
    return minima


@cache
def _hash_functions() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Factors and terms, each of shape (128, 1); the same always, as signatures are stored."""
    import numpy as np

    generator = np.random.default_rng(2026)
    factors = generator.integers(1, 2**63, (_HASHES, 1), np.uint64) | np.uint64(1)
    return factors, generator.integers(0, 2**63, (_HASHES, 1), np.uint64)


def _words(text: str) -> Iterator[str]:
    return (word[0].casefold() for word in _WORD.finditer(text.encode("utf-8", "replace").decode()))


def _groups(table: Signature) -> Iterator[tuple[list[int], float]]:
    """Rows connected by similar pairs, each group with the lowest similarity of those pairs (union-find)."""
    parents = list(range(len(table)))
    lowest: dict[int, float] = defaultdict(lambda: 1.0)

    def root(row: int) -> int:
        while parents[row] != row:
            parents[row] = parents[parents[row]]
            row = parents[row]
        return row

    for one, other in _candidate_pairs(table):
        a, b = root(one), root(other)
        similarity = float((table[one] == table[other]).mean())
        if a == b or similarity < SIMILARITY_THRESHOLD:
            continue
        parents[b] = a
        lowest[a] = round(min(lowest[a], lowest[b], similarity), 2)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for row in range(len(table)):
        groups[root(row)].append(row)
    return ((rows, lowest[first]) for first, rows in groups.items() if len(rows) > 1)


def _candidate_pairs(table: Signature) -> Iterator[tuple[int, int]]:
    """Pairs of rows that agree in a band and are neighbours when rows are sorted by it."""
    import numpy as np

    for band in np.split(table, _BANDS, axis=1):
        keys = np.zeros(len(table), np.uint64)
        for column in band.T:
            keys = keys * np.uint64(_FACTOR) + column
        order = np.argsort(keys)
        same = keys[order[1:]] == keys[order[:-1]]
        for at in np.flatnonzero(same):
            yield int(order[at]), int(order[at + 1])
