"""``python -m evals.bench.scaling``: ingest, size, search and recall as a collection grows.

Real words in made-up documents, and made-up vectors, since embedding a million passages takes days on two
cores. A run that was cut off goes on where it ended: the figures are kept in ``--work`` beside the data.

The vectors lie around 2,000 centres, a little as real ones do; recall on independent random vectors is lower,
on a model's mostly higher. Times are of this process asking, without embedding the question.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from evals.bench.ingest import sentence_pool
from evals.bench.postgres_server import PostgresServer
from rag.adapters.index_process.indexes import ProcessDenseIndex, ProcessLexicalIndex
from rag.adapters.index_process.process import IndexProcess
from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.ports.catalog import Catalog, Change
from rag.ports.indexes import DenseIndex, LexicalIndex
from rag.retrieval.retriever import Retriever
from rag.settings import RetrieveSettings, load
from rag.storage.index_rows import sentence_rows
from rag.storage.library import Library
from rag.types import Document, Passage, Question, Span

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors

DIMENSIONS = 384
_CENTRES = 2_000
_SPREAD = 1.2  # of a vector around its centre, relative to the distance of centres
_PASSAGES_PER_DOCUMENT = 10
_PASSAGE_WORDS = 110  # between the splitter's 60 and 150
_DOCUMENTS_PER_WRITE = 200
_QUESTIONS = 200
_RECALL_QUESTIONS = 50
_COLLECTION = "default"
_MIB = 1 << 20
# A quarter of 8 GB as cache; the rest as PostgreSQL's manual advises for bulk writes.
_SERVER = {
    "shared_buffers": "2GB",
    "maintenance_work_mem": "2GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "work_mem": "64MB",
}


class MadeUpEmbedder:
    """Fulfils ``Embedder``: a text has a random vector near one of the centres, the same each time."""

    def __init__(self) -> None:
        centres = np.random.default_rng(0).standard_normal((_CENTRES, DIMENSIONS)).astype(np.float32)
        self._centres = centres / np.linalg.norm(centres, axis=1, keepdims=True)

    @property
    def fingerprint(self) -> str:
        return "made-up"

    @property
    def dimensions(self) -> int:
        return DIMENSIONS

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            seed = crc32(text.encode("utf-8", "replace"))
            noise = np.random.Generator(np.random.PCG64(seed)).standard_normal(DIMENSIONS, dtype=np.float32)
            vectors[row] = self._centres[seed % _CENTRES] + noise * (_SPREAD / DIMENSIONS**0.5)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True) if len(texts) else vectors


def change(number: int, pool: Sequence[str]) -> Change:
    """Document number ``number``: passages of sentences drawn from the pool; the same each time."""
    random = Random(number)  # noqa: S311 (no secret)
    texts: list[str] = []
    passages: list[tuple[Span, tuple[Span, ...]]] = []
    at = 0
    for _ in range(_PASSAGES_PER_DOCUMENT):
        words, spans = 0, []
        while words < _PASSAGE_WORDS:
            sentence = random.choice(pool)
            texts.append(sentence)
            spans.append(Span(at, at + len(sentence)))
            at += len(sentence) + 1  # and a space
            words += sentence.count(" ") + 1
        passages.append((Span(spans[0].start, spans[-1].end), tuple(spans)))
    title = " ".join(random.choice(pool).split()[:6])
    document = Document(
        id=f"{number:08x}", uri=f"made-up/{number:08}.md", title=title, text=" ".join(texts),
        collection=_COLLECTION,
    )  # fmt: skip
    return Change(
        document=document,
        passages=tuple(
            Passage(
                document_id=document.id, version=document.sha256, span=span, sentences=spans,
                collection=_COLLECTION,
            )
            for span, spans in passages
        ),
    )  # fmt: skip


def questions(pool: Sequence[str]) -> list[str]:
    """Questions of three to eight words of a sentence, with words that every passage has."""
    random = Random(11)  # noqa: S311 (no secret)
    asked = []
    for _ in range(_QUESTIONS):
        words = random.choice(pool).split()
        start = random.randrange(max(1, len(words) - 8))
        asked.append(f"what is the {' '.join(words[start : start + random.randint(3, 8)])} of the")
    return asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """The engine under test. ``size`` gives bytes by part, ``memory`` MiB by part."""

    catalog: Catalog
    dense: DenseIndex
    lexical: LexicalIndex
    library: Library
    retriever: Retriever
    size: Callable[[], dict[str, int]]
    memory: Callable[[], dict[str, float]]


def open_embedded(data: Path, embedder: MadeUpEmbedder, stack: ExitStack) -> Stores:
    """SQLite, Chroma and Tantivy in a data folder, the indexes in processes of their own."""
    data.mkdir(parents=True, exist_ok=True)
    processes = {
        "chroma": IndexProcess("rag.adapters.chroma.index:ChromaIndex", data / "chroma"),
        "terms": IndexProcess("rag.adapters.tantivy:TantivyIndex", data / "terms"),
    }
    for process in processes.values():
        stack.callback(process.close)
        process.open()
    catalog = SqliteCatalog(data / "catalog.sqlite3")
    stack.callback(catalog.close)
    dense, lexical = ProcessDenseIndex(processes["chroma"]), ProcessLexicalIndex(processes["terms"])

    def size() -> dict[str, int]:
        parts = {name: _folder_bytes(data / name) for name in processes}
        return parts | {"catalog": sum(path.stat().st_size for path in data.glob("catalog*"))}

    return Stores(
        catalog=catalog,
        dense=dense,
        lexical=lexical,
        library=Library(catalog, dense, lexical, embedder, context=True),
        retriever=Retriever(catalog, dense, lexical, embedder, RetrieveSettings()),
        size=size,
        memory=lambda: {"process": _proportional(os.getpid()), "indexes": _of_children()},
    )


def open_postgres(server: PostgresServer, embedder: MadeUpEmbedder, stack: ExitStack) -> Stores:
    """The database ``postgres`` of a server."""
    from rag.adapters.postgres.stores import open_stores

    opened = open_stores(load(database_url=server.url()))
    stack.callback(opened.close)
    database = opened.database

    def size() -> dict[str, int]:
        query = (
            "SELECT CASE WHEN relname LIKE 'vectors%' THEN 'vectors'"
            " WHEN relname ~ '^(postings|rows|terms)_' THEN 'terms' ELSE 'catalog' END,"
            " sum(pg_total_relation_size(oid))::bigint FROM pg_class"
            " WHERE relnamespace = 'saywhere'::regnamespace AND relkind = 'r' GROUP BY 1"
        )
        with database.reading() as db:
            return {str(part): int(total) for part, total in db.execute(query)}

    return Stores(
        catalog=opened.catalog,
        dense=opened.dense,
        lexical=opened.lexical,
        library=Library(
            opened.catalog,
            opened.dense,
            opened.lexical,
            embedder,
            context=True,
            transaction=database.transaction,
            bulk=opened.dense.bulk,
        ),
        retriever=Retriever(
            opened.catalog,
            opened.dense,
            opened.lexical,
            embedder,
            RetrieveSettings(),
            snapshot=database.snapshot,
        ),
        size=size,
        memory=lambda: {
            "process": _proportional(os.getpid()),
            "server": sum(map(_proportional, server.processes())),
        },
    )


class Progress:
    """What a run has done, in a file: seconds of writing, and the figures at each size."""

    def __init__(self, path: Path) -> None:
        self._path = path
        stored: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        self.seconds: float = stored.get("seconds", 0.0)
        self.points: dict[str, dict[str, Any]] = stored.get("points", {})

    def save(self) -> None:
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps({"seconds": self.seconds, "points": self.points}, indent=1), "utf-8")
        part.replace(self._path)


def grow(stores: Stores, pool: Sequence[str], passages: int, progress: Progress) -> None:
    """Writes documents until the collection has this many passages, as one ingest does."""
    documents = passages // _PASSAGES_PER_DOCUMENT
    done = stores.catalog.count()
    with stores.library.bulk():
        while done < documents:
            numbers = range(done, min(documents, done + _DOCUMENTS_PER_WRITE))
            changes = [change(number, pool) for number in numbers]
            began = time.perf_counter()
            stores.library.write(changes)
            progress.seconds += time.perf_counter() - began
            progress.save()
            done = numbers.stop
            rate = done * _PASSAGES_PER_DOCUMENT / progress.seconds
            print(f"{done * _PASSAGES_PER_DOCUMENT} passages, {rate:.0f}/s", file=sys.stderr, flush=True)
        began = time.perf_counter()
    progress.seconds += time.perf_counter() - began
    print(f"ended after {time.perf_counter() - began:.0f} s more", file=sys.stderr, flush=True)
    progress.save()


def point(stores: Stores, embedder: MadeUpEmbedder, pool: Sequence[str], seconds: float) -> dict[str, Any]:
    """The figures of the collection as it is: times in ms, sizes in MiB."""
    passages, asked = stores.lexical.count(_COLLECTION), questions(pool)
    vectors = embedder.embed(asked)
    k = RetrieveSettings().pool
    timed: dict[str, Callable[[int], object]] = {
        "dense": lambda n: stores.dense.search(_COLLECTION, vectors[n], 2 * k),
        "lexical": lambda n: stores.lexical.search(_COLLECTION, asked[n], k),
        "retrieval": lambda n: stores.retriever.retrieve(Question(text=asked[n]), k),
    }
    return {
        "passages": passages,
        "sentences": stores.dense.count(_COLLECTION),
        "passages_per_second": round(passages / seconds, 1) if seconds else None,
        "size_mib": {part: round(size / _MIB, 1) for part, size in sorted(stores.size().items())},
        "milliseconds": {name: _percentiles(call) for name, call in timed.items()},
        "recall_at_10": recall(stores, embedder, pool, asked[:_RECALL_QUESTIONS]),
        "memory_mib": {part: round(size) for part, size in stores.memory().items()},
    }


def recall(stores: Stores, embedder: MadeUpEmbedder, pool: Sequence[str], asked: Sequence[str]) -> float:
    """Of the ten sentences nearest to each question by exact comparison, the share that a search finds."""
    vectors = embedder.embed(asked)
    best: list[list[tuple[float, str]]] = [[] for _ in asked]
    for ids, chunk in _all_vectors(stores, embedder, pool):
        scores = chunk @ vectors.T
        for question, column in enumerate(scores.T):
            nearest = np.argpartition(-column, min(10, len(column) - 1))[:10]
            merged = best[question] + [(float(column[i]), ids[i]) for i in nearest]
            best[question] = sorted(merged, reverse=True)[:10]
    found = 0
    for question, vector in enumerate(vectors):
        hits = stores.dense.search(_COLLECTION, vector, 2 * RetrieveSettings().pool)
        wanted = {key for _, key in best[question]}
        found += len(wanted & {f"{hit.passage_id}:{hit.sentence_index}" for hit in hits[:10]})
    return round(found / (10 * len(asked)), 4)


def _all_vectors(
    stores: Stores, embedder: MadeUpEmbedder, pool: Sequence[str]
) -> Iterator[tuple[list[str], Vectors]]:
    for start in range(0, stores.catalog.count(), _DOCUMENTS_PER_WRITE):
        stop = min(stores.catalog.count(), start + _DOCUMENTS_PER_WRITE)
        rows = [
            row
            for written in (change(number, pool) for number in range(start, stop))
            for passage in written.passages
            for row in sentence_rows(written.document, passage, context=True)
        ]
        yield [row.id for row in rows], embedder.embed([row.text for row in rows])


def _percentiles(call: Callable[[int], object]) -> dict[str, float]:
    """The median and the 95th percentile of the calls for all questions, after a round to warm up."""
    times = []
    for is_measured in (False, True):
        for number in range(_QUESTIONS if is_measured else _QUESTIONS // 4):
            began = time.perf_counter()
            call(number)
            if is_measured:
                times.append((time.perf_counter() - began) * 1_000)
    return {
        "p50": round(float(np.percentile(times, 50)), 2),
        "p95": round(float(np.percentile(times, 95)), 2),
    }


def _folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _proportional(pid: int) -> float:
    """The memory of a process in MiB, shared pages divided among those that share them; 0 where unknown."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _of_children() -> float:
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return sum(_proportional(int(pid)) for path in tasks for pid in path.read_text("ascii").split())


def main() -> int:
    """Grows the collection to each size and prints the figures there, a JSON object a line."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.scaling", description=__doc__)
    parser.add_argument("engine", choices=["postgres", "embedded"])
    parser.add_argument("sizes", type=int, nargs="+", help="passages, in rising order")
    parser.add_argument("--work", type=Path, required=True, help="folder of the data and the figures so far")
    parser.add_argument("--shared", type=Path, default=Path("../shared/data/open"))
    parser.add_argument("--seeds", type=Path, default=Path("seeds"))
    options = parser.parse_args()
    pool = sentence_pool(options.shared, options.seeds)
    if not pool:
        print("there are no texts to draw from", file=sys.stderr)
        return 2
    work = options.work / options.engine
    work.mkdir(parents=True, exist_ok=True)
    progress, embedder = Progress(work / "progress.json"), MadeUpEmbedder()
    with ExitStack() as stack:
        if options.engine == "postgres":
            server = stack.enter_context(PostgresServer(work / "server", _SERVER))
            stores = open_postgres(server, embedder, stack)
        else:
            stores = open_embedded(work / "data", embedder, stack)
        stores.library.recover()
        for size in sorted(options.sizes):
            if str(size) not in progress.points:
                grow(stores, pool, size, progress)
                progress.points[str(size)] = point(stores, embedder, pool, progress.seconds)
                progress.save()
            print(json.dumps(progress.points[str(size)]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
