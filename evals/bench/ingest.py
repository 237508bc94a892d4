"""``python -m evals.bench.ingest``: speed and memory of ingesting a folder.

Writes a folder of Markdown files with sentences drawn at random from the open sets (or, without those, from
the seed article), and ingests it as the command line does: into a fresh data folder, then again unchanged,
then again with all files moved to another folder.
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
from ingest.report import Progress, Report
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
    """One ingest: its report, seconds by the clock and of all cores, and the peak memory so far in MiB."""

    report: Report
    seconds: float
    cpu_seconds: float
    peak_mib: float


def sentence_pool(shared: Path, seeds: Path) -> list[str]:
    """The sentences to draw from."""
    texts = [text.text for name in SETS if (shared / name).is_dir() for text in corpus(shared / name)]
    texts = texts or [path.read_text("utf-8") for path in sorted(seeds.glob("*.txt"))]
    pool = [span.slice(text) for text in texts for span in sentences(text, Span(0, len(text)))]
    return [" ".join(sentence.split()) for sentence in pool if 5 <= len(sentence.split()) <= 60]


def write_files(folder: Path, pool: list[str], passages: int, per_document: int) -> int:
    """Writes files of about ``per_document`` passages, each a section; returns the number of files."""
    random = Random(7)  # noqa: S311 (no secret)
    files = -(-passages // per_document)
    for number in range(files):
        parts = [f"# Document {number}"]
        parts += [f"## Part {n} of {number}\n\n{_passage(random, pool)}" for n in range(per_document)]
        path = folder / f"{number // 500:03}" / f"{number:06}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n\n".join(parts) + "\n", "utf-8")
    return files


def timed_ingest(service: Service, folder: Path, log: Callable[[str], None]) -> Run:
    """Ingests the folder; logs the progress twice a minute."""
    began, cpu = time.perf_counter(), time.process_time()
    ended = Event()
    passages = 0

    def on_progress(progress: Progress) -> None:
        nonlocal passages
        passages = progress.passages

    def log_progress() -> None:
        while not ended.wait(30):
            seconds = time.perf_counter() - began
            log(f"{passages} passages, {passages / seconds:.0f}/s, {resident():.0f} MiB now")

    thread = Thread(target=log_progress, daemon=True)
    thread.start()
    try:
        report = ingest(service, [folder], progress=on_progress)
    finally:
        ended.set()
        thread.join()
    return Run(
        report=report,
        seconds=time.perf_counter() - began,
        cpu_seconds=time.process_time() - cpu,
        peak_mib=peak(),
    )


def peak() -> float:
    """The peak memory of this process, in MiB (``ru_maxrss`` is in KiB on Linux)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def resident() -> float:
    """The memory of this process now, in MiB; 0 without ``/proc``."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * resource.getpagesize() / _MIB


def figures(folder: Path, data: Path, files: int, log: Callable[[str], None]) -> Iterator[str]:
    """Runs the three ingests, and gives their figures as Markdown list items."""
    began = time.perf_counter()
    with open_service(load(data=data)) as service:
        opened = time.perf_counter() - began
        first = timed_ingest(service, folder, log)
        sentence_count = service.dense.count("default")
        report = first.report
        yield f"- {files:,} files, {report.passages:,} passages, {sentence_count:,} sentences"
        yield (
            f"- first: {first.seconds:.1f} s: {report.passages / first.seconds:.0f} passages/s, "
            f"{sentence_count / first.seconds:.0f} sentences/s, {files / first.seconds:.1f} files/s; "
            f"of it reading {report.read_seconds:.1f} s, writing {report.write_seconds:.1f} s; "
            f"all cores together {first.cpu_seconds:.1f} s"
        )
        yield f"- memory: {first.peak_mib:.0f} MiB at most, {resident():.0f} after"
    began = time.perf_counter()
    with open_service(load(data=data)) as service:
        reopened = time.perf_counter() - began
        unchanged = timed_ingest(service, folder, log)
        yield (
            f"- nothing changed: {unchanged.seconds:.2f} s for {len(unchanged.report.unchanged):,} files "
            f"(opening took {reopened:.1f} s, at first {opened:.1f})"
        )
        inner = folder / "moved"
        inner.mkdir()
        for path in sorted(folder.iterdir()):
            if path != inner:
                path.rename(inner / path.name)
        moved = timed_ingest(service, folder, log)
        report = moved.report
        yield f"- all moved: {moved.seconds:.2f} s, {len(report.renamed):,} files, {report.passages} embedded"


def main() -> int:
    """Prints the figures as a Markdown list."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.ingest", description=__doc__)
    parser.add_argument("--passages", type=int, default=2_000)
    parser.add_argument("--per-document", type=int, default=10)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data/open"))
    parser.add_argument("--seeds", type=Path, default=Path("seeds"))
    options = parser.parse_args()
    pool = sentence_pool(options.shared, options.seeds)
    if not pool:
        print("there are no texts to draw from", file=sys.stderr)
        return 2
    with TemporaryDirectory() as scratch:
        folder, data = Path(scratch) / "folder", Path(scratch) / "data"
        folder.mkdir()
        files = write_files(folder, pool, options.passages, options.per_document)
        for line in figures(folder, data, files, lambda text: print(text, file=sys.stderr, flush=True)):
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
