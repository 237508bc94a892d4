"""Vectors to sentences: Chroma, embedded in this process or a server, one collection for each of ours.

Only ids, vectors and the version they belong to are stored, never text. Chroma is a rebuildable
index beside the catalog: a folder it can't read is reported, not repaired.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from rag.adapters.chroma.clients import close_client, embedded_client, server_client
from rag.adapters.chroma.disk import vacuum_folder
from rag.adapters.chroma.read_write_lock import ReadWriteLock
from rag.adapters.index_folders import folder_name, is_full, name_of
from rag.errors import IndexUnavailable, StorageFull
from rag.ports.indexes import Hit, SentenceRow

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors

# HNSW (Malkov and Yashunin 2016, arXiv:1603.09320). Of the 50 nearest among 8,000 random vectors of 384
# dimensions these find 0.994; with 16 neighbours 0.944, and Chroma's own defaults (16, 100, 100) found
# 0.66 among 5,000. Building takes as long, a search 2.1 ms.
_HNSW = {"space": "cosine", "max_neighbors": 32, "ef_construction": 100, "ef_search": 500}
_HOLDS_REMOVED = {"removed": True}  # marks a collection that vacuum must copy
_PAGE = 5_000
_PROBED = 50


class ChromaIndex:
    """Fulfils ``DenseIndex``; safe to use from many threads of one process.

    >>> ChromaIndex(tmp_path).search("default", vector, 100)  # doctest: +SKIP

    Args:
        path: the folder of the embedded Chroma, which no other process may have open.
        url: a Chroma server in its place, as ``http://host:port``.

    Raises:
        IndexUnavailable: the server doesn't answer, or the folder is damaged.
    """

    def __init__(self, path: Path | None = None, *, url: str | None = None) -> None:
        if (path is None) == (url is None):
            raise ValueError("give a path or a url")
        self._path, self._url = path, url
        self._gate = ReadWriteLock()
        self._writing = Lock()
        self._handles: dict[str, Any] = {}
        with self._translated():
            self._client = self._connect()
            try:
                self._batch = min(_PAGE, self._client.get_max_batch_size())
                self._probe()
            except BaseException:
                close_client(self._client)
                raise

    def add(self, collection: str, units: Sequence[SentenceRow], vectors: Vectors) -> None:
        if len(units) != len(vectors):
            raise ValueError("as many vectors as units")
        if not units:
            return
        with self._write():
            handle = self._handle(collection) or self._made(folder_name(collection))
            for start in range(0, len(units), self._batch):
                batch = units[start : start + self._batch]
                handle.upsert(
                    ids=[unit.id for unit in batch],
                    embeddings=vectors[start : start + self._batch],
                    metadatas=[{"document_id": u.document_id, "version": u.version} for u in batch],
                )

    def remove(
        self, collection: str, document_id: str, version: str, *, keep: AbstractSet[str] = frozenset()
    ) -> None:
        with self._write():
            handle = self._handle(collection)
            if handle is None:
                return
            where = {"$and": [{"document_id": document_id}, {"version": version}]}
            stray = sorted(set(handle.get(where=where, include=[])["ids"]) - keep)
            if stray and not handle.metadata:
                handle.modify(metadata=_HOLDS_REMOVED)
            for start in range(0, len(stray), self._batch):
                handle.delete(ids=stray[start : start + self._batch])

    def search(
        self, collection: str, vector: Vectors, k: int, *, within: AbstractSet[tuple[str, str]] | None = None
    ) -> list[Hit]:
        with self._read():
            handle = self._handle(collection)
            if handle is None or k < 1:
                return []
            if within is not None:
                return _within(handle, vector, k, within)
            found = handle.query(query_embeddings=[vector], n_results=k, include=["distances"])
        return [
            _hit(key, 1.0 - distance)
            for key, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        ]

    def versions(self, collection: str) -> set[tuple[str, str]]:
        with self._read():
            handle = self._handle(collection)
            if handle is None:
                return set()
            pages = range(0, handle.count(), _PAGE)
            return {
                (row["document_id"], row["version"])
                for start in pages
                for row in handle.get(include=["metadatas"], limit=_PAGE, offset=start)["metadatas"]
            }

    def count(self, collection: str) -> int:
        with self._read():
            handle = self._handle(collection)
            return 0 if handle is None else int(handle.count())

    def collections(self) -> set[str]:
        with self._read():
            return {name for name, handle in self._all() if handle.count()}

    def drop(self, collection: str) -> None:
        with self._write():
            if self._handle(collection) is not None:
                self._client.delete_collection(folder_name(collection))
                self._handles.pop(collection, None)

    def vacuum(self) -> None:
        """Copies each collection that vectors were removed from, then gives the disk its space back.

        HNSW only marks what is removed. A server's own files are left to whoever runs the server
        (``chroma vacuum``, while it is stopped).
        """
        with self._writing, self._translated():
            for name, handle in list(self._all()):
                if handle.metadata:
                    self._rewrite(name, handle)
            if self._path is None:
                return
            with self._gate.write():
                self._handles.clear()
                close_client(self._client)
                try:
                    vacuum_folder(self._path)
                finally:
                    self._client = self._connect()

    def close(self) -> None:
        """Releases the folder, so that another process or a later index may open it."""
        with self._gate.write():
            self._handles.clear()
            close_client(self._client)

    def _rewrite(self, name: str, old: Any) -> None:
        """Searches go on in the old collection until the copy takes its place.

        Cut short between the two last steps the collection is gone, and recovery indexes it anew.
        """
        passing = f"{folder_name(name)}-new"
        if passing in {handle.name for handle in self._listed()}:
            self._client.delete_collection(passing)
        fresh = self._made(passing)
        for start in range(0, old.count(), self._batch):
            rows = old.get(include=["embeddings", "metadatas"], limit=self._batch, offset=start)
            fresh.upsert(ids=rows["ids"], embeddings=rows["embeddings"], metadatas=rows["metadatas"])
        with self._gate.write():
            self._handles.clear()
            self._client.delete_collection(folder_name(name))
            fresh.modify(name=folder_name(name))

    def _connect(self) -> Any:
        return server_client(self._url) if self._url else embedded_client(self._path or Path())

    def _probe(self) -> None:
        """A folder whose vectors are gone still counts its rows, and searches find nothing."""
        for name, handle in self._all():
            wanted = min(_PROBED, handle.count())
            if not wanted:
                continue
            row = handle.get(limit=1, include=["embeddings"])["embeddings"]
            found = handle.query(query_embeddings=row, n_results=wanted, include=[])["ids"][0]
            if len(found) < wanted:
                raise IndexUnavailable(f"the vector index of collection {name!r} has lost its vectors")

    def _all(self) -> Iterator[tuple[str, Any]]:
        return ((name, h) for h in self._listed() if (name := name_of(h.name)) is not None)

    def _listed(self) -> Iterator[Any]:
        for start in range(0, self._client.count_collections(), 100):
            yield from self._client.list_collections(limit=100, offset=start)

    def _handle(self, collection: str) -> Any | None:
        """Kept where this process owns the folder; a server's collections others may make anew."""
        from chromadb.errors import NotFoundError

        if self._url is None and collection in self._handles:
            return self._handles[collection]
        try:
            handle = self._client.get_collection(folder_name(collection), embedding_function=None)
        except NotFoundError:
            return None
        self._handles[collection] = handle
        return handle

    def _made(self, name: str) -> Any:
        configuration = {"hnsw": _HNSW}
        return self._client.create_collection(name, configuration=configuration, embedding_function=None)

    @contextmanager
    def _read(self) -> Iterator[None]:
        with self._gate.read(), self._translated():
            yield

    @contextmanager
    def _write(self) -> Iterator[None]:
        with self._writing, self._read():
            yield

    @contextmanager
    def _translated(self) -> Iterator[None]:
        from chromadb.errors import ChromaError
        from httpx import HTTPError

        place = self._path or self._url
        try:
            yield
        except (ChromaError, HTTPError, OSError, ValueError) as error:
            if is_full(error, self._path):
                raise StorageFull(f"no space left for {place}; what was stored before stands") from error
            raise IndexUnavailable(f"the vector index at {place} can't be used: {error}") from error


def _within(handle: Any, vector: Vectors, k: int, within: AbstractSet[tuple[str, str]]) -> list[Hit]:
    """The nearest units of these versions; Chroma filters by document and version, but not by pairs."""
    if not within:
        return []
    ids, versions = (sorted(set(part)) for part in zip(*within, strict=True))
    where = {"$and": [{"document_id": {"$in": ids}}, {"version": {"$in": versions}}]}
    wanted = k
    while True:
        found = handle.query(
            query_embeddings=[vector], n_results=wanted, where=where, include=["distances", "metadatas"]
        )
        rows = zip(found["ids"][0], found["distances"][0], found["metadatas"][0], strict=True)
        hits = [_hit(key, 1.0 - d) for key, d, row in rows if (row["document_id"], row["version"]) in within]
        if len(hits) >= k or len(found["ids"][0]) < wanted:
            return hits[:k]
        wanted *= 2


def _hit(key: str, score: float) -> Hit:
    passage_id, _, index = key.rpartition(":")
    return Hit(passage_id=passage_id, score=score, sentence_index=int(index))
