"""``python -m evals.bench.ingest``: how fast a folder comes in, in how much memory, how fast nothing does.

Makes a folder of Markdown files out of sentences drawn at random from the open sets (or, where they are
absent, from the seed article), and ingests it as the command line does: into a fresh data folder, then
again with nothing changed, then again with everything moved to another folder.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Event, Thread

from evals.datasets.gzipped import corpus
from ingest.report import Report
from ingest.wiring import ingest
from rag.settings import load
from rag.text import sentences
from rag.types import Span
from rag.wiring import Service, open_service

SETS = ("xquad-en", "qed-dev-nq")
_PASSAGE_WORDS = 110  # between the splitter's 60 and 150
_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One ingest: what it did, seconds by the clock and of all cores, the most memory so far in MiB."""

    report: Report
    seconds: float
    cpu_seconds: float
    peak_mib: float


def drawn(shared: Path, seeds: Path) -> list[str]:
    """The sentences that texts are made of."""
    texts = [text.text for name in SETS if (shared / name).is_dir() for text in corpus(shared / name)]
    texts = texts or [path.read_text("utf-8") for path in sorted(seeds.glob("*.txt"))]
    found = [span.slice(text) for text in texts for span in sentences(text, Span(0, len(text)))]
    return [" ".join(sentence.split()) for sentence in found if 5 <= len(sentence.split()) <= 60]


def fill(folder: Path, pool: list[str], passages: int, per_document: int) -> int:
    """Writes files of about so many passages each, a section a passage; returns how many files."""
    random = Random(7)  # noqa: S311 (no secret)
    files = -(-passages // per_document)
    for number in range(files):
        parts = [f"# Document {number}"]
        parts += [f"## Part {n} of {number}\n\n{_passage(random, pool)}" for n in range(per_document)]
        path = folder / f"{number // 500:03}" / f"{number:06}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n\n".join(parts) + "\n", "utf-8")
    return files


def timed(service: Service, folder: Path, tell: Callable[[str], None]) -> Run:
    """Ingests the folder; tells twice a minute how far it is."""
    began, cpu = time.perf_counter(), time.process_time()
    ended = Event()
    done = 0

    def count(progress: object) -> None:
        nonlocal done
        done = getattr(progress, "passages", 0)

    def watch() -> None:
        while not ended.wait(30):
            seconds = time.perf_counter() - began
            tell(f"{done} passages, {done / seconds:.0f}/s, {resident():.0f} MiB now")

    watching = Thread(target=watch, daemon=True)
    watching.start()
    try:
        report = ingest(service, [folder], progress=count)
    finally:
        ended.set()
        watching.join()
    return Run(
        report=report,
        seconds=time.perf_counter() - began,
        cpu_seconds=time.process_time() - cpu,
        peak_mib=peak(),
    )


def peak() -> float:
    """The most memory this process ever had, in MiB (``ru_maxrss`` is in KiB on Linux)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def resident() -> float:
    """The memory this process has now, in MiB; 0 where the system doesn't tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * resource.getpagesize() / _MIB


def lines(folder: Path, data: Path, files: int, tell: Callable[[str], None]) -> Iterator[str]:
    """The figures of the three runs, one after the other."""
    began = time.perf_counter()
    with open_service(load(data=data)) as service:
        opened = time.perf_counter() - began
        first = timed(service, folder, tell)
        units = service.dense.count("default")
        report = first.report
        yield f"- {files:,} files, {report.passages:,} passages, {units:,} sentences"
        yield (
            f"- first: {first.seconds:.1f} s: {report.passages / first.seconds:.0f} passages/s, "
            f"{units / first.seconds:.0f} sentences/s, {files / first.seconds:.1f} files/s; of it reading "
            f"{report.read_seconds:.1f} s, writing {report.write_seconds:.1f} s; "
            f"all cores together {first.cpu_seconds:.1f} s"
        )
        yield f"- memory: {first.peak_mib:.0f} MiB at most, {resident():.0f} after"
    began = time.perf_counter()
    with open_service(load(data=data)) as service:
        reopened = time.perf_counter() - began
        again = timed(service, folder, tell)
        yield (
            f"- nothing changed: {again.seconds:.2f} s for {len(again.report.unchanged):,} files "
            f"(opening took {reopened:.1f} s, at first {opened:.1f})"
        )
        inner = folder / "moved"
        inner.mkdir()
        for path in sorted(folder.iterdir()):
            if path != inner:
                path.rename(inner / path.name)
        renamed = timed(service, folder, tell)
        done = renamed.report
        yield f"- all moved: {renamed.seconds:.2f} s, {len(done.renamed):,} files, {done.passages} embedded"


def main() -> int:
    """Prints the figures as a Markdown list."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.ingest", description=__doc__)
    parser.add_argument("--passages", type=int, default=2_000)
    parser.add_argument("--per-document", type=int, default=10)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data/open"))
    parser.add_argument("--seeds", type=Path, default=Path("seeds"))
    options = parser.parse_args()
    pool = drawn(options.shared, options.seeds)
    if not pool:
        print("there are no texts to draw from", file=sys.stderr)
        return 2
    with TemporaryDirectory() as scratch:
        folder, data = Path(scratch) / "folder", Path(scratch) / "data"
        folder.mkdir()
        files = fill(folder, pool, options.passages, options.per_document)
        for line in lines(folder, data, files, lambda line: print(line, file=sys.stderr, flush=True)):
            print(line, flush=True)
        size = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
        print(f"- on the disk: {size / _MIB:.0f} MiB")
    return 0


def _passage(random: Random, pool: list[str]) -> str:
    chosen: list[str] = []
    while sum(len(sentence.split()) for sentence in chosen) < _PASSAGE_WORDS:
        chosen.append(random.choice(pool))
    return " ".join(chosen[:-1] or chosen)


if __name__ == "__main__":
    sys.exit(main())
