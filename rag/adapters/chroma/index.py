"""The dense index in Chroma, embedded in this process or a server: each collection one of Chroma's.

Only row ids, vectors and the document versions they belong to are stored, never text. The index can be
rebuilt from the catalog: a folder that Chroma can't read is reported, not repaired.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from rag.adapters.chroma.clients import close_client, embedded_client, server_client
from rag.adapters.chroma.disk import check_lengths, vacuum_folder
from rag.adapters.chroma.read_write_lock import ReadWriteLock
from rag.adapters.index_folders import collection_name, folder_name, is_disk_full
from rag.errors import IndexUnavailable, StorageFull
from rag.ports.indexes import Hit, SentenceRow
from rag.url_password import without_password

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors

# HNSW (Malkov and Yashunin 2016, arXiv:1603.09320). Of the 50 nearest among 8,000 random vectors of 384
# dimensions these settings find 0.994, 16 neighbours 0.944; Chroma's own defaults (16, 100, 100) find
# 0.66 among 5,000. Building takes as long; a search takes 2.1 ms.
_HNSW = {"space": "cosine", "max_neighbors": 32, "ef_construction": 100, "ef_search": 500}
_HAS_REMOVED_ROWS = {"removed": True}  # metadata of a collection that vacuum must rewrite
_PAGE_ROWS = 5_000
_PROBED_ROWS = 50
_LISTED_COLLECTIONS = 100


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
        self._client_lock = ReadWriteLock()  # written where the client or a handle is replaced
        self._writer_lock = Lock()  # one writer of rows at a time
        self._handles: dict[str, Any] = {}
        with self._mapped_errors():
            if path is not None:
                check_lengths(path)
            self._client = self._connect()
            try:
                self._batch_rows = min(_PAGE_ROWS, self._client.get_max_batch_size())
                self._probe()
            except BaseException:
                close_client(self._client)
                raise

    def add(self, collection: str, rows: Sequence[SentenceRow], vectors: Vectors) -> None:
        if len(rows) != len(vectors):
            raise ValueError("as many vectors as rows")
        if not rows:
            return
        with self._write():
            handle = self._handle(collection) or self._create(folder_name(collection))
            for start in range(0, len(rows), self._batch_rows):
                batch = rows[start : start + self._batch_rows]
                handle.upsert(
                    ids=[row.id for row in batch],
                    embeddings=vectors[start : start + self._batch_rows],
                    metadatas=[{"document_id": row.document_id, "version": row.version} for row in batch],
                )

    def remove(
        self, collection: str, document_id: str, version: str, *, keep: AbstractSet[str] = frozenset()
    ) -> None:
        with self._write():
            handle = self._handle(collection)
            if handle is None:
                return
            where = {"$and": [{"document_id": document_id}, {"version": version}]}
            row_ids = sorted(set(handle.get(where=where, include=[])["ids"]) - keep)
            if row_ids and not handle.metadata:
                handle.modify(metadata=_HAS_REMOVED_ROWS)
            for start in range(0, len(row_ids), self._batch_rows):
                handle.delete(ids=row_ids[start : start + self._batch_rows])

    def search(
        self, collection: str, vector: Vectors, k: int, *, within: AbstractSet[tuple[str, str]] | None = None
    ) -> list[Hit]:
        with self._read():
            handle = self._handle(collection)
            if handle is None or k < 1:
                return []
            if within is not None:
                return _search_within(handle, vector, k, within)
            results = handle.query(query_embeddings=[vector], n_results=k, include=["distances"])
        return [
            _hit(row_id, 1.0 - distance)
            for row_id, distance in zip(results["ids"][0], results["distances"][0], strict=True)
        ]

    def versions(self, collection: str) -> set[tuple[str, str]]:
        with self._read():
            handle = self._handle(collection)
            if handle is None:
                return set()
            page_starts = range(0, handle.count(), _PAGE_ROWS)
            return {
                (metadata["document_id"], metadata["version"])
                for start in page_starts
                for metadata in handle.get(include=["metadatas"], limit=_PAGE_ROWS, offset=start)["metadatas"]
            }

    def count(self, collection: str) -> int:
        with self._read():
            handle = self._handle(collection)
            return 0 if handle is None else int(handle.count())

    def collections(self) -> set[str]:
        with self._read():
            return {name for name, handle in self._named_handles() if handle.count()}

    def drop(self, collection: str) -> None:
        with self._write():
            if self._handle(collection) is not None:
                self._client.delete_collection(folder_name(collection))
                self._handles.pop(collection, None)

    def vacuum(self) -> None:
        """Rewrites each collection that has removed rows, then shrinks the files.

        HNSW only marks rows as removed. A server's files are not touched: whoever runs the server can
        stop it and run ``chroma vacuum``.
        """
        with self._writer_lock, self._mapped_errors():
            for name, handle in list(self._named_handles()):
                if handle.metadata:
                    self._rewrite(name, handle)
            if self._path is None:
                return
            with self._client_lock.write():
                self._handles.clear()
                close_client(self._client)
                try:
                    vacuum_folder(self._path)
                finally:
                    self._client = self._connect()

    def close(self) -> None:
        """Releases the folder: another process, or this one, can open it again."""
        with self._client_lock.write():
            self._handles.clear()
            close_client(self._client)

    def _rewrite(self, name: str, old: Any) -> None:
        """Copies a collection's rows to a new one, which then takes the old one's name.

        Searches use the old collection meanwhile. If the process dies between deletion and renaming, the
        collection is missing and recovery indexes it again.
        """
        temporary = f"{folder_name(name)}-new"
        if temporary in {handle.name for handle in self._list_handles()}:
            self._client.delete_collection(temporary)
        new = self._create(temporary)
        for start in range(0, old.count(), self._batch_rows):
            rows = old.get(include=["embeddings", "metadatas"], limit=self._batch_rows, offset=start)
            new.upsert(ids=rows["ids"], embeddings=rows["embeddings"], metadatas=rows["metadatas"])
        with self._client_lock.write():
            self._handles.clear()
            self._client.delete_collection(folder_name(name))
            new.modify(name=folder_name(name))

    def _connect(self) -> Any:
        return server_client(self._url) if self._url else embedded_client(self._path or Path())

    def _probe(self) -> None:
        """Raises IndexUnavailable where vectors are lost: Chroma counts their rows, but finds none."""
        for name, handle in self._named_handles():
            expected = min(_PROBED_ROWS, handle.count())
            if not expected:
                continue
            vector = handle.get(limit=1, include=["embeddings"])["embeddings"]
            row_ids = handle.query(query_embeddings=vector, n_results=expected, include=[])["ids"][0]
            if len(row_ids) < expected:
                raise IndexUnavailable(f"the vector index of collection {name!r} has lost its vectors")

    def _named_handles(self) -> Iterator[tuple[str, Any]]:
        """Each collection's name and handle; other collections of a shared server are left out."""
        for handle in self._list_handles():
            if (name := collection_name(handle.name)) is not None:
                yield name, handle

    def _list_handles(self) -> Iterator[Any]:
        for start in range(0, self._client.count_collections(), _LISTED_COLLECTIONS):
            yield from self._client.list_collections(limit=_LISTED_COLLECTIONS, offset=start)

    def _handle(self, collection: str) -> Any | None:
        """A collection's handle, None if there is no such collection.

        Cached only for embedded Chroma: a server's other clients may recreate a collection.
        """
        from chromadb.errors import NotFoundError

        if self._url is None and collection in self._handles:
            return self._handles[collection]
        try:
            handle = self._client.get_collection(folder_name(collection), embedding_function=None)
        except NotFoundError:
            return None
        self._handles[collection] = handle
        return handle

    def _create(self, name: str) -> Any:
        configuration = {"hnsw": _HNSW}
        return self._client.create_collection(name, configuration=configuration, embedding_function=None)

    @contextmanager
    def _read(self) -> Iterator[None]:
        with self._client_lock.read(), self._mapped_errors():
            yield

    @contextmanager
    def _write(self) -> Iterator[None]:
        with self._writer_lock, self._read():
            yield

    @contextmanager
    def _mapped_errors(self) -> Iterator[None]:
        """Turns errors of Chroma and its client into StorageFull or IndexUnavailable."""
        from chromadb.errors import ChromaError
        from httpx import HTTPError

        place = self._path or without_password(self._url or "")
        try:
            yield
        except (ChromaError, HTTPError, OSError, ValueError) as error:
            if is_disk_full(error, self._path):
                raise StorageFull(f"no space left for {place}; what was stored before stands") from error
            raise IndexUnavailable(
                f"the vector index at {place} can't be used: {without_password(str(error))}"
            ) from error


def _search_within(handle: Any, vector: Vectors, k: int, within: AbstractSet[tuple[str, str]]) -> list[Hit]:
    """The ``k`` nearest rows of these versions.

    Chroma filters by document ids and by versions, not by pairs of both: rows of other pairs are dropped
    here, and twice as many results are requested until ``k`` are left.
    """
    if not within:
        return []
    document_ids, versions = (sorted(set(part)) for part in zip(*within, strict=True))
    where = {"$and": [{"document_id": {"$in": document_ids}}, {"version": {"$in": versions}}]}
    requested = k
    while True:
        results = handle.query(
            query_embeddings=[vector], n_results=requested, where=where, include=["distances", "metadatas"]
        )
        rows = zip(results["ids"][0], results["distances"][0], results["metadatas"][0], strict=True)
        hits = [
            _hit(row_id, 1.0 - distance)
            for row_id, distance, metadata in rows
            if (metadata["document_id"], metadata["version"]) in within
        ]
        if len(hits) >= k or len(results["ids"][0]) < requested:
            return hits[:k]
        requested *= 2


def _hit(row_id: str, score: float) -> Hit:
    passage_id, _, sentence_index = row_id.rpartition(":")
    return Hit(passage_id=passage_id, score=score, sentence_index=int(sentence_index))
